/**
 * Installs what package-lock.json names, when it has changed or an install was cut off. Plain JavaScript for Node ≥ 20,
 * because it runs before anything is installed.
 * Invariant: the marker stands only beside a node_modules that is whole for the lockfile whose digest it holds. It is
 * taken away before npm touches anything and written after npm is done, so a kill between leaves no marker.
 */
import { createHash } from 'node:crypto';
import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runChild } from './run-child.mjs';

const MARKER = 'node_modules/.ishizue-installed';
const NODE_MAJOR = 24;
const WAIT_MS = 200;
const WAIT_MAX_MS = 600_000;
// whatever npm is set to leave out, tools and pinned Node are needed
const NPM = ['ci', '--include=dev', '--include=optional', '--ignore-scripts'];

/** The Node that the lockfile pins for this machine; this one where there is none and it is new enough. */
export function findNode(root) {
  const pinned = path.join(root, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (existsSync(pinned)) return pinned;
  return Number.parseInt(process.versions.node, 10) >= NODE_MAJOR ? process.execPath : undefined;
}

/**
 * @param {string} root the folder of package-lock.json
 * @returns {Promise<number>} 0 when everything is there, else the exit code of what failed
 */
export async function ensureInstalled(root) {
  if (isInstalled(root)) return 0;
  const release = await lock(root);
  try {
    // whoever held the lock before us may have done it
    return isInstalled(root) ? 0 : await install(root, release.handTo);
  } finally {
    release();
  }
}

function isInstalled(root) {
  const marker = path.join(root, MARKER);
  const lockfile = readLockfile(root);
  if (readIfThere(marker) !== digestOf(lockfile)) return false;
  // a node_modules from another kind of machine has no Node for this one
  return findNode(root) !== undefined || !lockfile.includes(`node-${process.platform}-${process.arch}"`);
}

const readLockfile = (root) => readFileSync(path.join(root, 'package-lock.json'), 'utf8');

const digestOf = (text) => createHash('sha256').update(text).digest('hex');

async function install(root, handLockTo) {
  process.stderr.write('Installing what package-lock.json names (once; about half a minute)…\n');
  const digest = digestOf(readLockfile(root));
  rmSync(path.join(root, MARKER), { force: true });
  // a half install is not to be mended but made anew
  rmSync(path.join(root, 'node_modules'), { recursive: true, force: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const options = { cwd: root, stdio: ['ignore', 2, 2] };
  let code;
  try {
    code = await runChild(npm, [...NPM, '--no-audit', '--no-fund', '--loglevel=error'], options, handLockTo);
  } catch (error) {
    process.stderr.write(
      `npm could not be started (${error.code}): is it on the PATH? Nothing was started.\n`,
    );
    return 127;
  }
  if (code === 0) writeFileSync(path.join(root, MARKER), digest);
  else process.stderr.write(`npm install failed (exit code ${code}); nothing was started.\n`);
  return code;
}

/**
 * Two starts at once must not both run npm: the file holds the process id of who installs. It is handed to npm's, so that
 * an npm that outlives a killed start is waited for. A lock whose process is gone is taken over.
 */
async function lock(root) {
  const file = path.join(tmpdir(), `ishizue-install-${digestOf(root).slice(0, 16)}.pid`);
  const deadline = Date.now() + WAIT_MAX_MS;
  for (let waits = 0; !take(file); waits++) {
    if (waits === 0) process.stderr.write('Another start is installing; waiting for it…\n');
    if (Date.now() > deadline) throw new Error(`still installing after ten minutes? If not, delete ${file}`);
    await sleep(WAIT_MS);
  }
  const release = () => rmSync(file, { force: true });
  release.handTo = (pid) => renameSync(writeAside(file, pid), file);
  return release;
}

function take(file) {
  const aside = writeAside(file, process.pid);
  try {
    linkSync(aside, file); // appears whole, or not at all where another is there
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    clearIfAbandoned(file, aside);
    return false;
  } finally {
    rmSync(aside, { force: true });
  }
}

function writeAside(file, pid) {
  const aside = `${file}.${process.pid}`;
  writeFileSync(aside, String(pid));
  return aside;
}

function clearIfAbandoned(file, aside) {
  const holder = readIfThere(file);
  if (holder === '' || isInstalling(Number.parseInt(holder, 10))) return;
  try {
    // by moving it, for of several that find it abandoned only one can
    renameSync(file, aside);
    if (readIfThere(aside) !== holder) linkSync(aside, file); // taken by another in between: given back
  } catch (error) {
    if (error.code !== 'ENOENT' && error.code !== 'EEXIST') throw error;
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isInstalling(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  // the number may be another program's by now
  const commandLine = readIfThere(`/proc/${pid}/cmdline`);
  return commandLine === '' || /npm|node|ishizue/.test(commandLine);
}
