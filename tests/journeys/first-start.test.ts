import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { ServerProcess } from './server-process.ts';

/** Into the first start: before and in the making of the cluster, the migrations, the keys, the ceremony. */
const KILLED_AFTER_MS = [250, 700, 1_200, 1_800, 2_500, 3_500, 5_000];

test('a first start that is killed at any moment leaves a directory that starts', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-first-'));
  chmodSync(home, 0o755); // PostgreSQL's own user passes through
  const server = await ServerProcess.prepare(path.join(home, 'data'), ['132217'], 'off');
  t.after(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  for (const after_ms of KILLED_AFTER_MS) await server.startAndKill(after_ms);
  await server.start();
  const health = await fetch(`${server.origin}/healthz`);
  assert.deepEqual(await health.json(), {
    status: 'ok',
    checks: { clock: 'ok', database: 'ok', signer: 'ok' },
  });
  const authorities: unknown = await (await fetch(`${server.origin}/ca`)).json();
  assert.ok(Array.isArray(authorities) && authorities.length === 4, 'the ceremony is not complete');
  assert.equal(await server.stop(), 0);
});
