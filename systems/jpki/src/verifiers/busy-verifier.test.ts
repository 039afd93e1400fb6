/** A verifier that never pauses cannot put its own suspension off. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { linkSerials } from '../serial-links/link-serials.ts';
import { testJpki } from '../testing/index.ts';
import { liveVerifier, officer } from '../testing/verifiers.ts';
import { changeVerifier } from './verifier-office.ts';

const IN_FLIGHT = 16;
const AT_ONCE_MS = 2_000;

test('a verifier with requests always under way is suspended at once, and answered no more', async (t) => {
  const { context } = await testJpki(t, { isBare: true });
  const verifier = 'verifier/pf';
  await liveVerifier(context, verifier);
  const asked = { kind: 'signature', serials: [0x7fff_fff1], links: ['newer'] } as const;
  const state = { isSuspended: false, isDone: false };
  const counts = { before: 0, late: 0, refused: 0 };
  const keepAsking = async (): Promise<void> => {
    while (!state.isDone) {
      const isLate = state.isSuspended;
      const { ok } = await linkSerials(context, { verifier, correlation: 'c' }, asked);
      if (!ok) counts.refused++;
      else if (isLate) counts.late++;
      else counts.before++;
    }
  };
  const asking = Array.from({ length: IN_FLIGHT }, keepAsking);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const began = performance.now();
  mustSucceed(await changeVerifier(context, officer(), verifier, 'suspend'), 'suspend');
  state.isSuspended = true;
  const took_ms = performance.now() - began;
  await new Promise((resolve) => setTimeout(resolve, 200));
  state.isDone = true;
  await Promise.all(asking);
  assert.ok(took_ms < AT_ONCE_MS, `the suspension took ${took_ms} ms`);
  assert.ok(counts.before > IN_FLIGHT && counts.refused > 0, JSON.stringify(counts));
  assert.equal(counts.late, 0);
});
