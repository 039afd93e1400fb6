/** Two officers at the command line make a next generation beside a running server; the server has it at once. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { serverForTest } from './verifiers-for-test.ts';

interface Officer {
  readonly words: readonly string[];
}

interface ByTwo {
  readonly kind: string;
  /** Who proposes and who approves. */
  readonly officers: readonly [Officer, Officer];
}

/** What another process decided is seen within a second. */
const SEEN_MS = 1_100;

export async function generationByTwo(
  { data, origin, run }: Awaited<ReturnType<typeof serverForTest>>,
  { kind, officers: [first, second] }: ByTwo,
): Promise<void> {
  const ceremony = (...words: readonly string[]) => run('ceremony', ...words);
  const proposed = await ceremony('propose', 'next-generation', kind, ...first.words);
  assert.equal(proposed.code, 0, JSON.stringify(proposed.told));
  const made = await ceremony('approve', proposed.told.id, ...second.words);
  assert.equal(made.code, 0, JSON.stringify(made.told));
  const file = path.join(data, 'transcript');
  writeFileSync(file, made.told.transcript);
  const checked = await ceremony('verify', file);
  assert.deepEqual([checked.code, checked.told.of], [0, `${kind}-2`]);
  const { ceremonies } = (await ceremony('list')).told as { ceremonies: Record<string, unknown>[] };
  assert.deepEqual(
    ceremonies.map(({ act, finishedAt }) => [act, finishedAt !== null]),
    [['next-generation', true]],
  );
  await sleep(SEEN_MS);
  const all = (await (await fetch(`${origin}/ca`)).json()) as Record<string, unknown>[];
  const [newer] = all.filter((each) => each['kind'] === kind);
  assert.deepEqual([newer?.['generation'], newer?.['issuesFrom']], [2, null], 'made, and not in use');
}
