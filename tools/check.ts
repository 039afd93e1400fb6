/**
 * `npm run check`: types, lint, format, boundaries, schemas and dead code; every part runs whatever the others say. One
 * line a part, and the whole of what a failing part says. Exits 1 where one failed.
 */
import { runCaptured, seconds } from './run-captured.ts';

const LIMIT_MS = 180_000;

const PARTS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '--noEmit'],
  lint: ['oxlint', '--type-aware', '--deny-warnings'],
  format: ['biome', 'check', '--max-diagnostics=200'],
  boundaries: [process.execPath, 'tests/boundaries/main.ts'],
  // the migrations' result against its kept text, on a PostgreSQL of its own
  schemas: [process.execPath, 'tools/test.ts', 'tests/boundaries/schemas'],
  'dead code': ['knip', '--no-progress', '--no-config-hints'],
};

const began = performance.now();
// at once: each has a phase that uses one core only
const results = await Promise.all(
  Object.entries(PARTS).map(async ([part, command]) => {
    const { said, code, took_ms } = await runCaptured(command, { limit_ms: LIMIT_MS });
    process.stdout.write(`${code === 0 ? '✔' : '✖'} ${part.padEnd(11)} ${seconds(took_ms).padStart(7)}\n`);
    return { part, said, code };
  }),
);
const failed = results.filter(({ code }) => code !== 0);
for (const { part, said } of failed) process.stdout.write(`\n── ${part} ──\n${said.trim()}\n`);
const names = failed.map(({ part }) => part).join(', ');
process.stdout.write(
  `\ncheck ${failed.length === 0 ? 'ok' : `failed: ${names}`} (${seconds(performance.now() - began)})\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
