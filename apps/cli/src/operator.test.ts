/** The verbs of whoever runs an installation, beside a server without the demonstration and then alone. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { openedDataForTest, processesOf, startServer, startVerb } from './started-for-test.ts';

const SITE = 'municipal/132217';

test('without the demonstration: operators by command, no page, no file of secrets; the era is raised when it is stopped', async (t) => {
  const data = await openedDataForTest(t);
  const { server, origin } = await startServer(t, data);
  const run = async (...verb: readonly string[]) => {
    const { code, stdout } = await startVerb(t, data, [...verb, '--json']).ended;
    return { code, told: JSON.parse(stdout) };
  };
  const signIn = async (operator: string, secret: string): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ operator, secret });
    return (await fetch(`${origin}/${SITE}/operator-sessions`, { method: 'POST', headers, body })).status;
  };
  assert.equal((await fetch(origin)).status, 404);
  assert.equal((await fetch(`${origin}/life/steps`, { method: 'POST' })).status, 404);
  assert.equal(existsSync(path.join(data, 'operators.json')), false);

  const added = await run('operator', 'add', '--site', SITE, '--name', '窓口 花子', '--role', 'registrar');
  assert.equal(added.code, 0);
  const { operator, secret } = added.told;
  assert.equal(await signIn(operator, secret), 201);
  for (const [code, ...wrong] of [
    ['role-unknown', '--site', SITE, '--name', 'x', '--role', 'registrar', '--role', 'mayor'],
    ['site-unknown', '--site', 'municipal/131016', '--name', 'x', '--role', 'registrar'],
  ] as const) {
    const refused = await run('operator', 'add', ...wrong);
    assert.deepEqual([refused.code, refused.told.failure.code], [2, code]);
  }
  const listed = await run('operator', 'list', '--site', SITE);
  assert.deepEqual(listed.told.operators, [{ operator, roles: ['registrar'], displayName: '窓口 花子' }]);
  assert.equal((await run('operator', 'close', operator, '--site', SITE)).code, 0);
  assert.equal(await signIn(operator, secret), 401);
  const again = await run('operator', 'close', operator, '--site', SITE);
  assert.deepEqual([again.code, again.told.failure.code], [1, 'operator-unknown']);

  const beside = await run('ledger', 'raise-era');
  assert.deepEqual([beside.code, beside.told.failure.code], [1, 'server-running']);
  const second = await startVerb(t, data, ['start']).ended;
  assert.deepEqual([second.code, /already-running/.test(second.stderr)], [1, true]);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);

  const raised = await run('ledger', 'raise-era');
  assert.deepEqual([raised.code, raised.told.era], [0, 2]);
  const alone = await run('operator', 'list', '--site', SITE);
  assert.deepEqual([alone.code, alone.told.operators], [0, []]);
  assert.deepEqual(processesOf(data), []);
});
