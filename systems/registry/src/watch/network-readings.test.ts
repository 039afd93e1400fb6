import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { type LinkState, linkStates } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '../municipal/record-event.ts';
import { giveCodes, holdLink, sendRaw, superuserOf } from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import { planComparisons, plannedComparisons } from './comparison-schedule.ts';
import { countConflicts, type NetworkState, networkReadings } from './network-readings.ts';

const NOW = Date.parse('2026-11-20T01:00:00Z');
const DAY_MS = 86_400_000;

const atRest: LinkState = {
  link: 'municipal/132217>prefectural/13:registry',
  unacknowledged: 0,
  oldest_s: null,
  lastAckAt: new Date(NOW - 90_000_000),
  lastAttemptAt: null,
  attempts: 0,
  lastErrorCode: null,
  receivedThrough: 7,
  lastReceivedAt: null,
  held: 0,
  heldByGap_s: null,
  parked: 0,
};
const healthy: NetworkState = {
  links: [atRest],
  comparisons: [
    {
      site: 'municipal/132217',
      municipality: KIYOSE,
      plannedSince: new Date(NOW - 100 * DAY_MS),
      startedAt: new Date(NOW - DAY_MS),
      isRunning: false,
      doneAt: new Date(NOW - DAY_MS),
      persons: 5,
      differences: 0,
    },
  ],
  conflicts: [],
  keyExpiries: new Map(),
};
const read = (state: Partial<NetworkState>): readonly string[] =>
  networkReadings({ ...healthy, ...state }, 7, NOW).map(
    ({ code, about, value }) => `${code} ${about} ${value}`,
  );

test('a network at rest is nothing to read, however long ago a link was last used', () => {
  assert.deepEqual(read({}), []);
});

test('a link that is slow is not one that is silent', () => {
  const waiting = { ...atRest, unacknowledged: 4, oldest_s: 1_000 };
  assert.deepEqual(read({ links: [{ ...waiting, lastAckAt: new Date(NOW - 2_000) }] }), [
    `link-lag ${atRest.link} 1000`,
    `acknowledgement-overdue ${atRest.link} 2`,
  ]);
  // silent for as long as it waits, not since the link was last used
  assert.equal(read({ links: [waiting] })[1], `acknowledgement-overdue ${atRest.link} 1000`);
  assert.equal(
    read({ links: [{ ...waiting, lastAckAt: null }] })[1],
    `acknowledgement-overdue ${atRest.link} 1000`,
  );
});

test('comparisons are overdue from the end of a period, also where there was none yet; keys run out', () => {
  const [pair] = healthy.comparisons;
  assert.ok(pair);
  const about = `municipal/132217 ${KIYOSE}`;
  assert.deepEqual(read({ comparisons: [{ ...pair, doneAt: new Date(NOW - 10 * DAY_MS) }] }), [
    `comparison-overdue ${about} 3`,
  ]);
  assert.deepEqual(
    read({
      comparisons: [{ ...pair, doneAt: null, plannedSince: new Date(NOW - 8 * DAY_MS), differences: 2 }],
    }),
    [`digest-differs ${about} 2`, `comparison-overdue ${about} 1`],
  );
  assert.deepEqual(read({ keyExpiries: new Map([['national', new Date(NOW + 3 * DAY_MS)]]) }), [
    'key-expires national 3',
  ]);
});

test('what waits is counted across the fences, for the national site alone, and without a person', async (t) => {
  const country = await testCountry(t);
  const { context, clock } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 10);
  const record = async (municipality: string, residentCode: string | null, eventDate: string) => {
    const event = moveInWith({ residentCode, eventDate });
    const id = `r-${municipality}-${residentCode}`;
    const done = mustSucceed(await recordEvent(context, municipality, testAccess, id, event), id);
    await country.settle();
    return done.residentCode;
  };
  const residentCode = await record(KIYOSE, null, '2026-10-01');
  await record(KAMAKURA, residentCode, '2026-11-01');
  clock.advance(30 * 3_600_000);
  const conflicts = await countConflicts(context);
  assert.deepEqual(
    conflicts.map(({ municipality, held, conflicts: open }) => [municipality, held, open]),
    [
      [KIYOSE, 0, 1],
      [KAMAKURA, 1, 1],
    ],
  );
  assert.deepEqual(
    networkReadings({ ...healthy, conflicts }, 7, clock.now()).map(({ code, about, value }) => [
      code,
      about,
      value,
    ]),
    [
      ['conflict-open', `municipal/${KIYOSE}`, 30],
      ['conflict-open', `municipal/${KAMAKURA}`, 30],
      ['notices-held', `municipal/${KAMAKURA}`, 30],
    ],
  );
  assert.ok(!JSON.stringify(conflicts).includes(residentCode));
  await planComparisons(context, [KIYOSE, KAMAKURA]);
  assert.equal((await plannedComparisons(context)).length, 4);
  for (const site of ['municipal/132217', 'prefectural/13'])
    for (const watch of ['watch_conflicts', 'watch_comparisons'])
      await assert.rejects(
        inTransaction(context.sql, { site }, (tx) => tx.unsafe(`SELECT * FROM registry.${watch}()`)),
        { code: '42501' },
      );
  for (const role of ['link', 'ledger'])
    await assert.rejects(
      inTransaction(country.database.pool(role), { site: 'national' }, (tx) =>
        tx.unsafe('SELECT * FROM registry.watch_conflicts()'),
      ),
      { code: '42501' },
    );

  // a parked message, and one behind it that is no gap
  const link = 'municipal/132217>prefectural/13:registry';
  const bad = { link, subject: 'somebody', topic: 'identity-changed', body: {} };
  await sendRaw(country, [bad, bad]);
  const letGo = await holdLink(sql, 'prefectural/13>national:registry');
  try {
    const states = await linkStates(country.database.pool('link'));
    const state = states.find((one) => one.link === link);
    assert.deepEqual([state?.parked, state?.held, state?.heldByGap_s], [1, 1, null]);
    await sql`UPDATE link.held SET reason = 'gap', held_since = now() - interval '400 seconds'`;
    const later = (await linkStates(country.database.pool('link'))).filter((one) => one.link === link);
    assert.deepEqual(
      networkReadings({ ...healthy, links: later, comparisons: [] }, 7, clock.now()).map(
        ({ code, value }) => [code, Math.floor(value / 100)],
      ),
      [
        ['messages-parked', 0],
        ['messages-held', 4],
      ],
    );
  } finally {
    await letGo();
  }
});
