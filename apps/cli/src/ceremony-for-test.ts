/** Two officers at the command line bring a next generation into use beside a running server; the server has it at once. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { serverForTest } from './verifiers-for-test.ts';

interface Officer {
  readonly id: string;
  readonly words: readonly string[];
}

interface ByTwo {
  readonly kind: string;
  /** Who proposes and who approves. */
  readonly officers: readonly [Officer, Officer];
}

/** What another process decided is seen within a second. */
const SEEN_MS = 1_100;
const LEAD_MS_MAX = 60_000;

/** As soon as two officers can decide it on this machine: what is past when they approve is refused, and proposed again. */
async function switchSoon(
  decide: (
    from: string,
  ) => Promise<{ readonly code: number | null; readonly told: { failure?: { code: string } } }>,
): Promise<string> {
  for (let lead_ms = 4_000; ; lead_ms *= 2) {
    const from = new Date(Date.now() + lead_ms).toISOString();
    const { code, told } = await decide(from);
    if (code === 0) return from;
    assert.equal(told.failure?.code, 'switch-day-invalid', JSON.stringify(told));
    assert.ok(lead_ms < LEAD_MS_MAX, 'this machine is too slow');
  }
}

export async function generationByTwo(
  { data, origin, run }: Awaited<ReturnType<typeof serverForTest>>,
  { kind, officers: [first, second] }: ByTwo,
): Promise<void> {
  const ceremony = (...words: readonly string[]) => run('ceremony', ...words);
  const generations = async () => {
    const all = (await (await fetch(`${origin}/ca`)).json()) as Record<string, unknown>[];
    return all.filter((each) => each['kind'] === kind);
  };
  const proposed = await ceremony('propose', 'next-generation', kind, ...first.words);
  assert.equal(proposed.code, 0, JSON.stringify(proposed.told));
  const alone = await ceremony('approve', proposed.told.id, ...first.words);
  assert.deepEqual([alone.code, alone.told.failure.code], [1, 'second-person-needed']);
  const made = await ceremony('approve', proposed.told.id, ...second.words);
  assert.equal(made.code, 0, JSON.stringify(made.told));
  const file = path.join(data, 'transcript');
  writeFileSync(file, made.told.transcript);
  const checked = await ceremony('verify', file);
  assert.deepEqual([checked.code, checked.told.of], [0, `${kind}-2`]);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(second.id, 'o-another'));
  const altered = await ceremony('verify', file);
  assert.deepEqual([altered.code, altered.told.failure.code], [1, 'transcript-altered']);
  await sleep(SEEN_MS);
  const [newer] = await generations();
  assert.deepEqual([newer?.['generation'], newer?.['issuesFrom']], [2, null], 'made, and not in use');

  const switching = (day: string) =>
    ceremony('propose', 'switch-issuing', kind, '--generation', '2', '--from', day, ...second.words);
  const past = new Date(Date.now() - 1_000).toISOString();
  assert.equal((await switching(past)).told.failure.code, 'switch-day-invalid');
  const from = await switchSoon(async (day) => {
    const decided = await switching(day);
    return decided.code === 0 ? ceremony('approve', decided.told.id, ...first.words) : decided;
  });
  const { ceremonies } = (await ceremony('list')).told as {
    ceremonies: { act: string; finishedAt: string | null }[];
  };
  const finished = ceremonies.filter(({ finishedAt }) => finishedAt !== null);
  assert.deepEqual(
    finished.map(({ act }) => act),
    ['switch-issuing', 'next-generation'],
  );
  await sleep(Math.max(SEEN_MS, Date.parse(from) - Date.now()));
  assert.equal((await generations())[0]?.['issuesFrom'], from);
}
