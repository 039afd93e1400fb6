/** What the npm scripts call: `node tools/bootstrap.mjs PROGRAM.ts [ARGUMENT…]`. */
import { startProgram } from './start-program.mjs';

const [program, ...rest] = process.argv.slice(2);
if (program === undefined) throw new Error('usage: bootstrap.mjs PROGRAM [ARGUMENT…]');
process.exitCode = await startProgram(program, rest);
