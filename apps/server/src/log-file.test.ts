import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { LogFile } from './log-file.ts';

function temporaryFolder(t: { after(work: () => void): void }): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-log-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Empty where the file is being set aside. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Waits until a line is in the file that is written, or in the one set aside just now. */
async function untilWritten(folder: string, text: string): Promise<void> {
  const files = ['server.log', 'server.log.1'].map((name) => path.join(folder, name));
  for (let left = 10_000; !files.some((file) => textOf(file).includes(text)); left--) {
    assert.ok(left > 0, `${text.trim()} was not written`);
    await setImmediate();
  }
}

const line = (at: number): string => `{"line":${String(at).padStart(6, '0')}}\n`;

test('the log is a bounded number of files of a bounded size, closed to others, the newest lines last', async (t) => {
  const folder = temporaryFolder(t);
  const log = new LogFile(path.join(folder, 'server.log'), { fileBytesMax: 2_000, filesMax: 3 });
  for (let at = 0; at < 1_000; at++) {
    log.write(line(at));
    // lines that wait go together, and a write is never cut: each ten are let out
    if (at % 10 === 9) await untilWritten(folder, line(at));
  }
  await log.close();
  assert.deepEqual(readdirSync(folder).toSorted(), ['server.log', 'server.log.1', 'server.log.2']);
  const files = ['server.log.2', 'server.log.1', 'server.log'].map((name) => path.join(folder, name));
  for (const file of files) {
    const { mode, size } = statSync(file);
    assert.equal(mode & 0o777, 0o600);
    assert.ok(size < 12_000, `${file} has ${size} bytes`);
  }
  const kept = files.map((file) => readFileSync(file, 'utf8')).join('');
  assert.ok(kept.endsWith(line(999)), 'the last line is not there');
  const lines = kept.trimEnd().split('\n');
  const first = Number(/\d+/.exec(lines[0] ?? '')?.[0]);
  assert.ok(first > 0, 'nothing was let go');
  assert.equal(
    `${lines.join('\n')}\n`,
    Array.from({ length: 1_000 - first }, (_, at) => line(first + at)).join(''),
  );
  assert.equal(log.lost, 0);
});

test('nothing is made before the first line, and a file that others could read is closed', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'server.log');
  const log = new LogFile(file);
  assert.deepEqual(readdirSync(folder), []);
  writeFileSync(file, line(1));
  chmodSync(file, 0o644);
  log.write(line(2));
  await log.close();
  assert.equal(readFileSync(file, 'utf8'), line(1) + line(2));
  assert.equal(statSync(file).mode & 0o777, 0o600);
});

test('a place that cannot be written loses lines and throws nothing', async (t) => {
  const folder = temporaryFolder(t);
  const file = path.join(folder, 'server.log');
  mkdirSync(file);
  const log = new LogFile(file);
  log.write(line(1));
  for (let left = 1_000; log.lost === 0 && left > 0; left--) await sleep(5);
  log.write(line(2));
  assert.equal(log.lost, 2);
  await log.close();
});

test('lines that come faster than the disk takes them are bounded in memory', async (t) => {
  const log = new LogFile(path.join(temporaryFolder(t), 'server.log'));
  const large = `${'x'.repeat(99_999)}\n`;
  for (let at = 0; at < 60; at++) log.write(large);
  // the first is under way, 40 wait
  assert.equal(log.lost, 19);
  await log.close();
});
