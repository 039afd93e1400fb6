/**
 * Verbs one after another in one process, for tests that call many: the program is loaded once. Each line of standard
 * input is the words of a verb as JSON; what it says goes where it always does, and its end with its exit code is told on
 * both outputs. Ends with its standard input.
 */
import { createInterface } from 'node:readline';
import { runMain } from 'citty';
import { ishizue } from './ishizue.ts';

/** What no verb says. */
const END = '␄';

for await (const line of createInterface({ input: process.stdin })) {
  process.exitCode = 0;
  await runMain(ishizue, { rawArgs: JSON.parse(line) as string[] });
  const end = `${END}${process.exitCode}\n`;
  process.stdout.write(end);
  process.stderr.write(end);
}
