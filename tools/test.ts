/**
 * `npm test`: checks (types, lint, format, boundaries, dead code), then every test on a PostgreSQL that lives for this
 * run only, then the life. `npm test -- PATH…` runs only the tests below the given paths.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startCluster } from '@ishizue/db';
import { TEST_SERVER_VARIABLE } from '@ishizue/db/testing';

const root = path.resolve(import.meta.dirname, '..');
const FOLDERS = ['platform', 'systems', 'apps', 'tests'];

function run(program: string, arguments_: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, arguments_, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
    });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function runTests(patterns: readonly string[]): Promise<number> {
  const home = mkdtempSync(path.join(tmpdir(), 'ishizue-test-'));
  const cluster = await startCluster({
    home,
    // what a test loses when the machine (not the process) dies is of no use afterwards
    settings: { fsync: 'off', shared_buffers: '128MB', max_connections: '300', autovacuum: 'off' },
  });
  try {
    return await run(process.execPath, ['--test', '--test-concurrency=2', ...patterns], {
      [TEST_SERVER_VARIABLE]: JSON.stringify(cluster.address),
    });
  } finally {
    await cluster.stop();
    rmSync(home, { recursive: true, force: true });
  }
}

const paths = process.argv.slice(2);
const patterns = (paths.length > 0 ? paths : FOLDERS).map((place) =>
  place.endsWith('.ts') ? place : `${place.replace(/\/$/, '')}/**/*.test.ts`,
);
process.exitCode = await runTests(patterns);
