/** The fuzzer finds what is planted, what was found stays mended, and a short slice of every target finds nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draws } from './draws.ts';
import { FuzzLoop, type FuzzReport } from './fuzz-loop.ts';
import { BrokenProperty } from './fuzz-target.ts';
import { copyOf, nodesOf, readTree, writeTree } from './mutate/der-tree.ts';
import { regressedTargets, regressionsOf } from './regressions.ts';
import { superviseTarget } from './supervise-target.ts';
import { targetNamed, targetNames } from './targets.ts';

const INPUT_MS_MAX = 1_000;
/** Of each target in the slice. */
const SLICE = 150;
const SEED = 'npm test';

async function fuzz(name: string, inputs: number, isGuided = true): Promise<FuzzReport> {
  const target = await targetNamed(name)();
  const order = { target, inputs, isGuided, inputMs_max: INPUT_MS_MAX, rssMiB_max: 4_096, findings_max: 1 };
  const report = await new FuzzLoop({ ...order, draws: new Draws(`${SEED} ${name}`) }).run();
  await target.close?.();
  return report;
}

test('a bug behind three conditions is found by guidance, and not without it', async (t) => {
  const inputs = 150_000;
  const guided = await fuzz('planted-bug', inputs);
  assert.match(guided.findings[0]?.detail ?? '', /the planted bug/);
  assert.equal(Buffer.from(guided.findings[0]?.input ?? []).toString('latin1', 0, 3), 'fuz');
  t.diagnostic(`found after ${guided.inputs} inputs`);
  const blind = await fuzz('planted-bug', 2 * guided.inputs, false);
  assert.deepEqual(blind.findings, []);
});

const order = { inputs: 100_000, seed: SEED, isGuided: false, inputMs_max: INPUT_MS_MAX, runMs_max: 60_000 };

test('an input that never comes back is found from outside, and so is one that takes all memory', async () => {
  const [hang, hunger] = await Promise.all([
    superviseTarget({ ...order, name: 'planted-hang', rssMiB_max: 4_096, hangMs: 3_000 }),
    superviseTarget({ ...order, name: 'planted-hunger', rssMiB_max: 4_096, heapMiB_max: 48 }),
  ]);
  for (const [report, kind] of [
    [hang, 'hang'],
    [hunger, 'died'],
  ] as const) {
    const [finding] = report.findings;
    assert.equal(finding?.kind, kind, finding?.detail);
    assert.equal(Buffer.from(finding.input, 'base64')[0], 0xff);
  }
});

test('no slice of any target finds anything', async (t) => {
  for (const name of targetNames) {
    const { findings, inputs, tookMs, functions } = await fuzz(name, SLICE);
    const told = findings.map(({ kind, detail, input }) => ({
      kind,
      detail,
      input: Buffer.from(input).toString('base64'),
    }));
    assert.deepEqual(told, [], name);
    assert.ok(inputs >= SLICE && functions > 0, `${name} ran ${functions} functions`);
    t.diagnostic(`${name}: ${inputs} inputs, ${Math.round(tookMs)} ms`);
  }
});

test('what once broke something breaks nothing any more', async () => {
  for (const name of regressedTargets()) {
    const target = await targetNamed(name)();
    for (const { file, input } of regressionsOf(name)) {
      const began = performance.now();
      try {
        await target.feed(input);
      } catch (error) {
        assert.fail(`${file}: ${error instanceof BrokenProperty ? error.message : String(error)}`);
      }
      assert.ok(performance.now() - began < INPUT_MS_MAX, file);
    }
    await target.close?.();
  }
});

test('a tree of DER is written as it was read, and a lie in a header stands', () => {
  const der = Buffer.from('300d020101310406022a030402050003', 'hex').subarray(0, 15);
  const tree = readTree(der);
  assert.ok(tree);
  assert.deepEqual(writeTree(tree), der);
  assert.deepEqual(writeTree(copyOf(tree)), der);
  const [, first] = nodesOf(tree);
  assert.ok(first);
  first.header = Uint8Array.of(2, 0x80);
  assert.deepEqual(writeTree(tree).subarray(2, 5), Buffer.of(2, 0x80, 1));
  assert.equal(readTree(Buffer.from('300502')), undefined);
});
