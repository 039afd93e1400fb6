/** The first step of every start, in a root of its own with a pretended npm: what it installs, runs, passes and repairs. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const SHELL_FOLDERS = '/usr/bin:/bin';

// what npm does for us: a node_modules with the pinned Node, made anew and not at once
const NPM = `#!/bin/sh
echo start >> npm.log
case "$PRETEND" in
  fail) exit 7 ;;
  slow) mkdir -p node_modules/half; sleep 0.5 ;;
  hang) mkdir -p node_modules/half; echo $$ > npm.pid; exec sleep 30 ;;
esac
mkdir -p node_modules/node-${process.platform}-${process.arch}/bin
ln -sf "${process.execPath}" node_modules/node-${process.platform}-${process.arch}/bin/node
echo end >> npm.log
`;

const PROGRAM = `
import { writeFileSync } from 'node:fs';
const [, , what = '', ...rest] = process.argv;
if (what === 'exit') process.exit(Number(rest[0]));
if (what === 'die') process.kill(process.pid, 'SIGKILL');
if (what === 'tell') process.stdout.write(JSON.stringify(rest));
if (what === 'wait') {
  const end = (code) => { writeFileSync('ended-' + code, ''); process.exit(code); };
  let signals = 0;
  process.on('SIGTERM', () => { signals += 1; setTimeout(() => end(40 + signals), 100); });
  setTimeout(() => process.exit(99), 20_000);
  writeFileSync('waiting', '');
}
`;

class Root {
  readonly folder: string;

  constructor(t: TestContext) {
    this.folder = mkdtempSync(path.join(tmpdir(), 'ishizue-bootstrap-'));
    t.after(() => rmSync(this.folder, { recursive: true, force: true }));
    mkdirSync(this.place('tools'));
    for (const file of globSync('*.mjs', { cwd: import.meta.dirname }))
      cpSync(path.join(import.meta.dirname, file), this.place('tools', file));
    mkdirSync(this.place('bin'));
    writeFileSync(this.place('bin/npm'), NPM);
    chmodSync(this.place('bin/npm'), 0o755);
    writeFileSync(this.place('program.ts'), PROGRAM);
    this.writeLockfile(1);
  }

  place(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  writeLockfile(version: number): void {
    writeFileSync(this.place('package-lock.json'), JSON.stringify({ version }));
  }

  npmLog(): readonly string[] {
    return existsSync(this.place('npm.log'))
      ? readFileSync(this.place('npm.log'), 'utf8').trim().split('\n')
      : [];
  }

  spawn(pretend: string, ...arguments_: readonly string[]): ChildProcess {
    const folders = pretend === 'no npm' ? this.place('nowhere') : `${this.place('bin')}:${SHELL_FOLDERS}`;
    return spawn(process.execPath, [this.place('tools/bootstrap.mjs'), 'program.ts', ...arguments_], {
      cwd: this.folder,
      env: { PATH: folders, PRETEND: pretend },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async start(pretend: string, ...arguments_: readonly string[]): Promise<Ended> {
    return ended(this.spawn(pretend, ...arguments_));
  }

  async until(file: string): Promise<void> {
    for (let waits = 0; !existsSync(this.place(file)); waits++) {
      assert.ok(waits < 1000, `${file} did not appear`);
      await sleep(10);
    }
  }
}

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

function ended(child: ChildProcess): Promise<Ended> {
  let said = '';
  child.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

const ONCE = ['start', 'end'];

test('the first start installs, the second does not, and arguments arrive as they are', async (t) => {
  const root = new Root(t);
  const first = await root.start('', 'tell', 'a b', '$HOME', '');
  assert.deepEqual([first.code, root.npmLog()], [0, ONCE]);
  assert.ok(first.said.endsWith('["a b","$HOME",""]'), first.said);
  assert.deepEqual(await root.start('', 'tell'), { code: 0, said: '[]' });
  assert.deepEqual(root.npmLog(), ONCE);
});

test('a changed lockfile is installed', async (t) => {
  const root = new Root(t);
  await root.start('', 'tell');
  root.writeLockfile(2);
  await root.start('', 'tell');
  assert.deepEqual(root.npmLog(), [...ONCE, ...ONCE]);
});

test('the program’s exit code is passed on, an end by signal as a shell tells it', async (t) => {
  const root = new Root(t);
  assert.equal((await root.start('', 'exit', '7')).code, 7);
  assert.equal((await root.start('', 'die')).code, 128 + 9);
});

test('a start killed with its npm in the middle is repaired by the next', async (t) => {
  const root = new Root(t);
  await root.start('', 'tell');
  root.writeLockfile(2);
  const killed = root.spawn('hang', 'tell');
  const end = ended(killed);
  await root.until('npm.pid');
  killed.kill('SIGKILL');
  process.kill(Number(readFileSync(root.place('npm.pid'), 'utf8')), 'SIGKILL');
  await end;
  // the old lockfile again: what was whole for it is whole no more
  root.writeLockfile(1);
  assert.equal((await root.start('', 'tell')).code, 0);
  assert.deepEqual(root.npmLog(), [...ONCE, 'start', ...ONCE]);
  assert.ok(!existsSync(root.place('node_modules/half')));
});

test('an npm that outlives its killed start is waited for', async (t) => {
  const root = new Root(t);
  const killed = root.spawn('slow', 'tell');
  const end = ended(killed);
  await root.until('node_modules/half');
  killed.kill('SIGKILL');
  const next = await root.start('', 'tell');
  await end;
  assert.match(next.said, /waiting/);
  assert.deepEqual(root.npmLog(), [...ONCE, ...ONCE]);
});

test('of starts at the same time one installs and all run', async (t) => {
  const root = new Root(t);
  const starts = await Promise.all(['exit', 'exit', 'exit'].map((what) => root.start('slow', what, '3')));
  assert.deepEqual([starts.map(({ code }) => code), root.npmLog()], [[3, 3, 3], ONCE]);
});

test('where npm fails or is missing nothing is started, and the next start tries again', async (t) => {
  const root = new Root(t);
  const failed = await root.start('fail', 'tell');
  assert.equal(failed.code, 7);
  assert.match(failed.said, /npm install failed \(exit code 7\); nothing was started/);
  const missing = await root.start('no npm', 'tell');
  assert.equal(missing.code, 127);
  assert.match(missing.said, /is it on the PATH/);
  assert.equal((await root.start('', 'tell')).code, 0);
});

test('a TERM reaches the program once, and its answer is the exit code', async (t) => {
  const root = new Root(t);
  const child = root.spawn('', 'wait');
  const end = ended(child);
  await root.until('waiting');
  // as npm and a process group deliver it: twice
  child.kill('SIGTERM');
  await sleep(20);
  child.kill('SIGTERM');
  assert.equal((await end).code, 41);
});

test('a TERM during the install ends npm, and nothing is started', async (t) => {
  const root = new Root(t);
  const child = root.spawn('hang', 'tell');
  const end = ended(child);
  await root.until('npm.pid');
  child.kill('SIGTERM');
  const { code, said } = await end;
  assert.equal(code, 128 + 15);
  assert.match(said, /nothing was started/);
});

test('a TERM to npm alone reaches the program, as every script of ours is written', async (t) => {
  const root = new Root(t);
  await root.start('', 'tell'); // installed: the npm of this test is the real one
  const house = readFileSync(path.join(import.meta.dirname, '../package.json'), 'utf8');
  const lines = [...house.matchAll(/"((?:exec )?node tools[^"]*)"/g)].map(([, line = '']) => line);
  assert.ok(lines.length >= 6);
  for (const line of lines) assert.match(line, /^exec node tools\/bootstrap\.mjs /);
  const line = (lines[0] ?? '').replace('apps/cli/src/main.ts start', 'program.ts wait');
  writeFileSync(root.place('package.json'), JSON.stringify({ scripts: { wait: line } }));
  const npm = spawn('npm', ['run', '--silent', 'wait'], { cwd: root.folder, stdio: 'ignore' });
  const end = new Promise((resolve) => npm.on('close', resolve));
  await root.until('waiting');
  npm.kill('SIGTERM');
  await end;
  await root.until('ended-41');
});
