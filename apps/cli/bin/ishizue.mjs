#!/usr/bin/env node
/** `npx ishizue VERB`, under any Node ≥ 20: the command line, started as the npm scripts start it. */
import { startProgram } from '../../../tools/start-program.mjs';

process.exitCode = await startProgram('apps/cli/src/main.ts', process.argv.slice(2));
