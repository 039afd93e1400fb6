/** A duty officer's hour beside a running server: all well, an alarm, acknowledged, mended, cleared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database, startCluster } from '@ishizue/db';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

const LINK = 'municipal/132217>prefectural/13:registry';

test('an alarm is seen by command, metric and log, acknowledged for a purpose, and cleared when its cause is', async (t) => {
  const data = await openedDataForTest(t);
  const { server, origin } = await startServer(t, data);
  const { say } = commandLine(t, data);
  const run = async (...verb: readonly string[]) => {
    const { code, stdout, stderr } = await say(...verb);
    return { code, text: stdout + stderr, told: () => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') };
  };
  const metric = async (name: string): Promise<number | undefined> => {
    const line = (await (await fetch(`${origin}/metrics`)).text())
      .split('\n')
      .find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  };
  const healthy = await run('links');
  assert.equal(healthy.code, 0);
  assert.match(healthy.text, /✓ No alarm stands/);
  assert.equal((await run('alarms', '--json')).code, 0);
  assert.equal(await metric('ishizue_alarms_standing{code="messages-parked"}'), 0);

  await plantUnreadable(data);
  let alarmed = await run('links', '--json');
  for (let tries = 0; alarmed.told().alarms.length === 0 && tries < 10; tries++)
    alarmed = await run('links', '--json');
  assert.equal(alarmed.code, 1);
  const [alarm] = alarmed.told().alarms;
  assert.deepEqual([alarm.code, alarm.about, alarm.value], ['messages-parked', LINK, 1]);
  assert.equal(alarmed.told().tickets[0].code, 'identity-body-invalid');
  assert.ok(!alarmed.text.includes('somebody-in-particular'), 'a subject is shown');
  assert.equal(await metric('ishizue_alarms_unacknowledged{code="messages-parked"}'), 1);
  assert.equal(await metric('ishizue_links_parked_messages'), 1);
  assert.equal(await metric(`ishizue_link_parked_messages{link="${LINK}"}`), 1);

  assert.equal((await run('alarms', '--acknowledge', '1x')).code, 2);
  const without = await run('alarms', '--acknowledge', String(alarm.id), '--json');
  assert.equal(without.told().failure.code, 'purpose-invalid');
  assert.equal((await run('alarms', '--acknowledge', String(alarm.id), '--purpose', '調査中')).code, 0);
  const seen = await run('alarms');
  assert.equal(seen.code, 1);
  assert.match(seen.text, /1 alarm stands, 0 not acknowledged[\s\S]*seen by o-setup: 調査中/);
  assert.equal(await metric('ishizue_alarms_unacknowledged{code="messages-parked"}'), 0);

  // the log is the server's, whoever measured; given 20 s
  const logged = (event: string): number =>
    readFileSync(path.join(data, 'server.log'), 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"${event}"`)).length;
  for (let tries = 0; logged('alarm-raised') === 0 && tries < 200; tries++) await sleep(100);
  assert.equal(logged('alarm-raised'), 1);
  assert.equal(
    (await run('ticket', String(alarmed.told().tickets[0].id), '--drop', 'written by a test')).code,
    0,
  );
  assert.equal((await run('links')).code, 0);
  assert.equal((await run('alarms', '--all', '--json')).told().alarms.length, 1);

  const month = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 7);
  assert.equal((await run('movement', '--month', month, '--json')).told().failure.code, 'month-not-over');
  const before = await run('movement', '--month', '2020-02', '--json');
  assert.deepEqual([before.code, before.told().events], [0, 0]);
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
  assert.equal(logged('alarm-raised'), 1);
});

/** Writes a message that no receiver can read, as a fault of a site's software would. */
async function plantUnreadable(data: string): Promise<void> {
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const superuser = database.superuser();
  await superuser.begin(async (tx) => {
    await tx`
      WITH counted AS (
        UPDATE link.counter c SET last_seq = last_seq + 1 FROM link.link l
        WHERE l.id = c.link_id AND l.name = ${LINK} RETURNING c.link_id, c.last_seq
      )
      INSERT INTO link.outbox (link_id, seq, subject, topic, body)
      SELECT link_id, last_seq, 'somebody-in-particular', 'identity-changed', '{}' FROM counted`;
  });
  await superuser.end();
  cluster.leave();
}
