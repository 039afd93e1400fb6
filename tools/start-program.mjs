/**
 * The first step of every npm script and of `npx ishizue`, on whatever Node ≥ 20 the machine has and with nothing
 * installed: installs what the lockfile names when it has changed, then runs the program under the Node that the lockfile
 * pins, passing arguments, signals and the exit code.
 */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, findNode } from './install.mjs';
import { runChild } from './run-child.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

// everything is streamed: 60 MB live while a million rows load. Unbounded, Node lets garbage grow with the machine's memory
const HEAP_BOUND = '--max-old-space-size=512';
// what V8 made of our files and the packages': a program is loaded in half the time. It goes with the packages
const COMPILED = path.join(root, 'node_modules/.cache/ishizue-compiled');

/**
 * @param {string} program from the root
 * @param {readonly string[]} arguments_
 * @returns {Promise<number>} its exit code
 */
export async function startProgram(program, arguments_) {
  const failed = await ensureInstalled(root);
  if (failed !== 0) return failed;
  const node = findNode(root);
  if (node === undefined) {
    process.stderr.write(
      `There is no pinned Node 24 for ${process.platform}-${process.arch}, and this is Node ${process.versions.node}.\n` +
        'Install Node 24 or later and try again.\n',
    );
    return 1;
  }
  const places = [path.dirname(node), path.join(root, 'node_modules/.bin'), process.env.PATH ?? ''];
  return runChild(node, [HEAP_BOUND, path.join(root, program), ...arguments_], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, PATH: places.join(path.delimiter) },
  });
}
