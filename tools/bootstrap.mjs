/**
 * The first step of every npm script, on whatever Node ≥ 20 the machine has and with nothing installed: installs what
 * the lockfile names when it has changed, then runs the program under the Node that the lockfile pins.
 * Usage: node tools/bootstrap.mjs PROGRAM.ts [ARGUMENT…]
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const modules = path.join(root, 'node_modules');
const marker = path.join(modules, '.ishizue-installed');

function lockDigest() {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

function installed() {
  return existsSync(marker) && readFileSync(marker, 'utf8') === lockDigest();
}

function install() {
  process.stderr.write('Installing what package-lock.json names (once; about half a minute)…\n');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write('npm ci failed; nothing was started.\n');
    process.exit(1);
  }
  writeFileSync(marker, lockDigest());
}

function pinnedNode() {
  const pinned = path.join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(pinned)) return pinned;
  const major = Number.parseInt(process.versions.node, 10);
  if (major >= 24) return process.execPath;
  process.stderr.write(
    `There is no pinned Node 24 for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}.\n` +
      'Install Node 24 or later and try again.\n',
  );
  process.exit(1);
}

if (!installed()) install();
const [program, ...rest] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: bootstrap.mjs PROGRAM [ARGUMENT…]');
const node = pinnedNode();
const child = spawn(node, [path.join(root, program), ...rest], {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${path.dirname(node)}${path.delimiter}${path.join(modules, '.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
  },
});
// the terminal signals the child itself; others signal us, and we pass it on
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1);
});
