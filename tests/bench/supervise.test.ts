import assert from 'node:assert/strict';
import { chmodSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervise } from './supervise.ts';

const OPTIONS = { residents: 100, cases: 100 };

/** A temporary folder of the test's own: what a benchmark leaves behind would be in it. */
function ownTemporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'b-'));
  chmodSync(folder, 0o755); // PostgreSQL may run as another user, and must pass
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  t.after(() => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Command lines of running processes that name the folder. */
function processesIn(folder: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8')];
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(folder));
}

const never = new AbortController().signal;

test('a benchmark that fails is an error and leaves nothing behind', async (t) => {
  const folder = ownTemporaryFolder(t);
  const order = { name: 'nothing', minutes_max: 1, options: OPTIONS, signal: never };
  await assert.rejects(supervise(order), /nothing ended with 1/);
  assert.deepEqual(readdirSync(folder), []);
});

test('a benchmark that takes too long is ended', async (t) => {
  const folder = ownTemporaryFolder(t);
  const order = { name: 'ledger', minutes_max: 0.002, options: OPTIONS, signal: never };
  await assert.rejects(supervise(order), /ledger ended with SIGKILL/);
  assert.deepEqual(readdirSync(folder), []);
});

test('an interrupted benchmark leaves no PostgreSQL, no signer and no files', async (t) => {
  const folder = ownTemporaryFolder(t);
  const interrupted = new AbortController();
  const order = { name: 'ledger', minutes_max: 5, options: OPTIONS, signal: interrupted.signal };
  const ended = assert.rejects(supervise(order), /ledger ended with SIGKILL/);
  // the signer has keys when the database is open
  const keys = path.join(folder, '*', 'country', 'signer', 'keys.sealed');
  for (let left = 600; globSync(keys).length === 0; left--) {
    assert.ok(left > 0, 'the country was not opened');
    await sleep(100);
  }
  interrupted.abort();
  await ended;
  for (let left = 100; processesIn(folder).length > 0 && left > 0; left--) await sleep(100);
  assert.deepEqual(processesIn(folder), []);
  assert.deepEqual(readdirSync(folder), []);
});
