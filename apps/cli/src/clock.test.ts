/** A server whose clock is behind its last list: docs/flows/clock.md. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Database, startCluster } from '@ishizue/db';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer, startVerb } from './started-for-test.ts';

test('behind its last list the server is degraded and dates nothing; who begins after it was accepted believes the clock', async (t) => {
  const data = await openedDataForTest(t);
  await plantListAhead(data);
  const { server, origin } = await startServer(t, data);
  const healthOf = async () => {
    const response = await fetch(`${origin}/healthz`);
    return [response.status, JSON.parse(await response.text()).checks.clock];
  };
  const { run } = commandLine(t, data);
  assert.deepEqual(await healthOf(), [503, 'failing']);
  const asked = await run('clock');
  assert.deepEqual([asked.code, asked.told.moved.since], [1, 'last-dated']);
  const purpose = 'set an hour ahead at the last start; checked against the radio clock';
  const officer = async (role: string): Promise<readonly string[]> => {
    const words = ['--site', 'national', '--name', 'somebody', '--role', role];
    const { told } = await run('operator', 'add', ...words);
    const file = path.join(data, `secret-${role}`);
    writeFileSync(file, told.secret);
    return ['--operator', told.operator, '--secret-file', file, '--purpose', purpose];
  };
  const unsigned = await run('clock', '--accept', '--purpose', purpose);
  assert.deepEqual([unsigned.code, unsigned.told.failure.code], [2, 'file-unreadable']);
  const other = await run('clock', '--accept', ...(await officer('verifier-officer')));
  assert.deepEqual([other.code, other.told.failure.code], [1, 'role-missing']);
  assert.equal((await run('clock', '--accept', ...(await officer('ceremony-officer')))).code, 0);
  assert.deepEqual(await healthOf(), [503, 'failing'], 'until it is started anew');
  const anew = await startVerb(t, data, ['clock', '--json']).ended; // a process of its own, which begins now
  assert.deepEqual([anew.code, JSON.parse(anew.stdout).moved], [0, null]);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

/** As a clock that was an hour ahead leaves them. */
async function plantListAhead(data: string): Promise<void> {
  const cluster = await startCluster({ home: path.join(data, 'postgres') });
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const superuser = database.superuser();
  await superuser`UPDATE jpki.crl SET this_update = now() + interval '1 hour', next_update = now() + interval '3 days'`;
  await superuser.end();
  await cluster.stop();
}
