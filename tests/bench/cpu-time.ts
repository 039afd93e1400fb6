/**
 * CPU seconds of what works together: our process, and others with all that they started. On a machine that others use too
 * they tell more than the clock does. All zero where the machine has no /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100; // USER_HZ, which Linux fixes for programs

/** Process ids by the names that people read; with each go its descendants. */
export type Watched = Readonly<Record<string, number | undefined>>;

/** What was used since the counting began. */
export interface UsedCpuTime {
  /** For people. */
  readonly text: string;
  /** Of all together. */
  readonly seconds: number;
  /** Of each, by name. */
  readonly by: Readonly<Record<string, number>>;
}

/** Starts counting what this process (`Node`) and the others use. */
export function countCpuTime(watched: Watched): () => UsedCpuTime {
  const before = usedBy(watched);
  return () => {
    const by = Object.fromEntries(
      Object.entries(usedBy(watched)).map(([name, seconds]) => [name, seconds - (before[name] ?? 0)]),
    );
    return {
      text: `CPU: ${Object.entries(by)
        .map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`)
        .join(', ')}`,
      seconds: sumOf(Object.values(by)),
      by,
    };
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);

function usedBy(watched: Watched): Readonly<Record<string, number>> {
  const { user, system } = process.cpuUsage();
  const all = processes();
  const others = Object.entries(watched).map(([name, pid]) => [name, secondsOf(familyOf(pid, all))] as const);
  return { Node: (user + system) / 1_000_000, ...Object.fromEntries(others) };
}

const secondsOf = (family: readonly Process[]): number =>
  sumOf(family.map(({ ticks }) => ticks)) / TICKS_A_SECOND;

function familyOf(pid: number | undefined, all: readonly Process[]): readonly Process[] {
  const family = all.filter((one) => one.pid === pid);
  // it grows while it is walked: children of children come too
  for (const { pid: parent } of family) family.push(...all.filter((one) => one.parent === parent));
  return family;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Its own, and its ended children's. */
  readonly ticks: number;
}

function processes(): readonly Process[] {
  return processIds().flatMap((pid) => {
    try {
      // behind the name, which may hold anything, come state and parent, and as 12th to 15th the times
      const fields =
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').map(Number) ?? [];
      const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
      return [{ pid, parent: fields[1] ?? 0, ticks }];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function processIds(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
