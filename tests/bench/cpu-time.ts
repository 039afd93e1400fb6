/**
 * CPU seconds of what works together: our process, the signer, PostgreSQL with all its sessions. On a machine that others use
 * too they tell more than the clock does. All zero where the machine has no /proc.
 */
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100; // USER_HZ, which Linux fixes for programs

export interface Watched {
  readonly postmaster: number;
  readonly signer: number | undefined;
}

/** What was used since the counting began. */
export interface UsedCpuTime {
  /** For people. */
  readonly text: string;
  /** Of all together. */
  readonly seconds: number;
}

/** Starts counting. */
export function countCpuTime(watched: Watched): () => UsedCpuTime {
  const before = usedBy(watched);
  return () => {
    const used = Object.entries(usedBy(watched)).map(
      ([name, seconds]) => [name, seconds - (before[name] ?? 0)] as const,
    );
    return {
      text: `CPU: ${used.map(([name, seconds]) => `${name} ${seconds.toFixed(1)} s`).join(', ')}`,
      seconds: used.reduce((sum, [, seconds]) => sum + seconds, 0),
    };
  };
}

function usedBy({ postmaster, signer }: Watched): Readonly<Record<string, number>> {
  const { user, system } = process.cpuUsage();
  const all = processes();
  const secondsOf = (isOne: (one: Process) => boolean): number =>
    all.filter(isOne).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS_A_SECOND;
  return {
    Node: (user + system) / 1_000_000,
    signer: secondsOf(({ pid }) => pid === signer),
    PostgreSQL: secondsOf(({ pid, parent }) => pid === postmaster || parent === postmaster),
  };
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
