/** A changed resident code through the three tiers, on real links and PostgreSQL. Flow: docs/flows/code-change.md. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inTransaction, type Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { IDENTITY_CHANGED } from '../identity/identity-changed.ts';
import { declareSpecially } from '../moves/moves-for-tests.ts';
import { takeFreeCodes } from '../municipal/free-codes.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { registerAgency } from '../provision/agencies.ts';
import { runBatch } from '../provision/batch-query.ts';
import { ProvisionDesk } from '../provision/provision-desk.ts';
import { PENSION, queryWith } from '../provision/provision-for-tests.ts';
import { provisionHistory } from '../provision/provision-history.ts';
import { addToStandingList, fetchChanges, openStandingList } from '../provision/standing-list.ts';
import { startComparison } from '../reconcile/compare.ts';
import { listDifferences } from '../reconcile/differences.ts';
import { searchStrictly } from '../search/search-strictly.ts';
import { findSupported } from '../support/find-supported.ts';
import { recordSupportStep } from '../support/record-support-step.ts';
import {
  changesAbove,
  giveCodes,
  heldAbove,
  holdLink,
  ledgerEntries,
  sendRaw,
  superuserOf,
  ticketsOf,
  until,
} from '../testing/behind-the-scenes.ts';
import {
  grantSupport,
  KAMAKURA,
  KIYOSE,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { anotherCode, details, moveInWith, noticeWith } from '../testing/samples.ts';
import { findPerson } from '../tiers/find-person.ts';
import { findPersons } from '../tiers/find-persons.ts';
import { codeChangedBody, codeChangedMessage } from './code-changed.ts';

const UP = `municipal/${KIYOSE}>prefectural/13:registry`;
const TODAY = '2026-11-20';

async function stage(t: TestContext) {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  for (const municipality of [KIYOSE, KAMAKURA]) await giveCodes(country, municipality, 60);
  const entered = await recordEvent(country.context, KIYOSE, testAccess, 'enter', moveInWith());
  const other = await recordEvent(
    country.context,
    KIYOSE,
    testAccess,
    'other',
    moveInWith({ details: { ...details, name: '清瀬　太郎', birthDate: '1970-01-01' } }),
  );
  await country.settle();
  const { residentCode: old } = mustSucceed(entered, 'the entry');
  return { country, sql, old, other: mustSucceed(other, 'the other').residentCode };
}

const changeCode = async (country: TestCountry, residentCode: string, request = 'change') =>
  recordEvent(country.context, KIYOSE, testAccess, request, {
    reason: 'resident-code-change',
    residentCode,
    eventDate: TODAY,
  });

const codeOf = (result: Awaited<ReturnType<typeof recordEvent>>): string =>
  result.ok ? 'ok' : result.failure.code;

test('a code changes at all tiers as one message: the person goes on under the new one, everybody else as before', async (t) => {
  const { country, sql, old, other } = await stage(t);
  const before = { person: await heldAbove(sql, null, old), other: await heldAbove(sql, null, other) };
  const entriesBefore = (await ledgerEntries(sql)).length;
  const changed = mustSucceed(await changeCode(country, old), 'the change');
  const { residentCode } = changed;
  assert.notEqual(residentCode, old);
  await country.settle();
  for (const prefecture of ['13', null]) {
    assert.equal(await heldAbove(sql, prefecture, old), undefined);
    assert.deepEqual(await heldAbove(sql, prefecture, residentCode), {
      ...before.person,
      sequence: 2,
      reason: 'resident-code-change',
      eventDate: TODAY,
    });
    assert.deepEqual(await changesAbove(sql, prefecture, residentCode), [
      `${KIYOSE} 1 move-in`,
      `${KIYOSE} 2 resident-code-change`,
    ]);
  }
  assert.deepEqual(await heldAbove(sql, null, other), before.other);
  // each site's ledger names the change under either code, and nobody else
  const entries = (await ledgerEntries(sql, entriesBefore)).filter(({ fields }) =>
    fields.includes('resident-code-change'),
  );
  for (const site of [`municipal/${KIYOSE}`, 'prefectural/13', 'national'])
    assert.deepEqual(
      entries.filter((entry) => entry.site === site).map(({ subject }) => subject),
      [old, residentCode].map((code) => country.pseudonyms.of(site, code).toString('hex')),
    );
  const again = mustSucceed(await changeCode(country, old), 'the same request');
  assert.deepEqual(again, changed);
  assert.equal(codeOf(await changeCode(country, old, 'another')), 'resident-not-found');
  const undone = await recordEvent(country.context, KIYOSE, testAccess, 'undo', {
    reason: 'undo',
    residentCode,
    eventDate: TODAY,
    undoes: changed.sequence,
    basis: '誤り',
  });
  assert.equal(codeOf(undone), 'code-change-final');
  const third = mustSucceed(await changeCode(country, residentCode, 'third'), 'a third code').residentCode;
  await country.settle();
  assert.ok(await heldAbove(sql, null, third));
  assert.deepEqual(await ticketsOf(country), []);
});

test('a used-up code is refused at the counter, by the prefecture, by the nation, and never given out again', async (t) => {
  const { country, sql, old } = await stage(t);
  mustSucceed(await changeCode(country, old), 'the change');
  await country.settle();
  const entry = await recordEvent(
    country.context,
    KIYOSE,
    testAccess,
    'again',
    moveInWith({ residentCode: old }),
  );
  assert.equal(codeOf(entry), 'resident-code-retired');
  // a municipality whose own tables know nothing of it
  const foreign = noticeWith({ residentCode: old, municipality: KAMAKURA, eventDate: TODAY });
  const own = noticeWith({ residentCode: old, sequence: 9, eventDate: TODAY });
  const taking = codeChangedBody.parse({
    ...noticeWith({ residentCode: old, reason: 'resident-code-change', sequence: 9, eventDate: TODAY }),
    formerCode: (
      await sql<{ code: string }[]>`SELECT successor AS code FROM registry.retired_code LIMIT 1`
    )[0]?.code,
  });
  const registers = async () =>
    JSON.stringify([await heldAbove(sql, '13', old), await heldAbove(sql, null, old)]);
  const before = await registers();
  await sendRaw(country, [
    { link: UP, subject: old, topic: IDENTITY_CHANGED, body: own },
    {
      link: `municipal/${KAMAKURA}>prefectural/14:registry`,
      subject: old,
      topic: IDENTITY_CHANGED,
      body: foreign,
    },
    codeChangedMessage(UP, taking),
  ]);
  assert.deepEqual(await ticketsOf(country), [
    `${UP} resident-code-retired +1`,
    'prefectural/14>national:registry resident-code-retired',
  ]);
  assert.equal(await registers(), before);
  await assert.rejects(
    inTransaction(country.context.sql, { site: 'national' }, (tx) => tx`DELETE FROM registry.retired_code`),
    { code: '42501' },
  );
  await sql`UPDATE registry.national_code_counter SET next = 0`; // as if the same positions came again
  await giveCodes(country, KAMAKURA, 200);
  const codes = await inTransaction(country.context.sql, { site: `municipal/${KAMAKURA}` }, (tx) =>
    takeFreeCodes(tx, KAMAKURA, 1_000),
  );
  assert.ok(codes.length > 0 && !codes.includes(old));
});

test('what comes under the new code waits for the change, and the change for what is parked under the old one', async (t) => {
  const { country, sql, old } = await stage(t);
  const poison = { ...noticeWith({ residentCode: old, sequence: 2 }), municipality: KAMAKURA };
  await sendRaw(country, [{ link: UP, subject: old, topic: IDENTITY_CHANGED, body: poison }]);
  const { residentCode } = mustSucceed(await changeCode(country, old), 'the change');
  const death = await recordEvent(country.context, KIYOSE, testAccess, 'death', {
    reason: 'death',
    residentCode,
    eventDate: TODAY,
  });
  mustSucceed(death, 'the death');
  await country.settle();
  assert.equal((await heldAbove(sql, '13', old))?.status, 'resident');
  assert.equal(await heldAbove(sql, '13', residentCode), undefined);
  assert.deepEqual(await ticketsOf(country), [`${UP} municipality-not-of-site`]);
  const [{ held } = { held: 0 }] = await sql<{ held: number }[]>`SELECT count(*) AS held FROM link.held`;
  assert.equal(held, 2);
  const [ticket] = await sql<{ id: number }[]>`SELECT id FROM link.ticket`;
  mustSucceed(await country.receivers.dropTicket(ticket?.id ?? 0, 'sent by mistake'), 'the ticket');
  await country.settle();
  for (const prefecture of ['13', null]) {
    assert.equal(await heldAbove(sql, prefecture, old), undefined);
    assert.equal((await heldAbove(sql, prefecture, residentCode))?.status, 'deceased');
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('the other municipality’s late notice under the old code is history, and its early entry under the new one is joined', async (t) => {
  const { country, sql, old } = await stage(t);
  const release = await holdLink(sql, UP);
  const { residentCode } = mustSucceed(await changeCode(country, old), 'the change');
  const moveOut = await recordEvent(country.context, KIYOSE, testAccess, 'out', {
    reason: 'move-out',
    residentCode,
    eventDate: TODAY,
    destination: '神奈川県鎌倉市',
  });
  mustSucceed(moveOut, 'the move-out');
  const entered = await recordEvent(
    country.context,
    KAMAKURA,
    testAccess,
    'in',
    moveInWith({ residentCode, eventDate: TODAY }),
  );
  mustSucceed(entered, 'the entry');
  for (let tries = 0; tries < 200 && !(await heldAbove(sql, null, residentCode)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 25));
  assert.equal((await heldAbove(sql, null, old))?.municipality, KIYOSE, 'the nation knows two, for a while');
  await release();
  await country.settle();
  assert.equal(await heldAbove(sql, null, old), undefined);
  assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KAMAKURA);
  assert.deepEqual(await changesAbove(sql, null, residentCode), [
    `${KIYOSE} 1 move-in`,
    `${KIYOSE} 2 resident-code-change`,
    `${KIYOSE} 3 move-out`,
    `${KAMAKURA} 1 move-in`,
  ]);
  const late = noticeWith({ residentCode: old, sequence: 7, reason: 'move-out', status: 'moved-out' });
  await sendRaw(country, [
    { link: 'prefectural/13>national:registry', subject: old, topic: IDENTITY_CHANGED, body: late },
  ]);
  assert.ok((await changesAbove(sql, null, residentCode)).includes(`${KIYOSE} 7 move-out`));
  assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KAMAKURA);
  assert.deepEqual(await ticketsOf(country), []);
});

/** Standing lists tell changes and members apart by transactions that have ended: those of other tests are among them. */
const untilPast = (sql: Sql): Promise<void> =>
  until(async () => {
    const [row] = await sql<{ isPast: boolean }[]>`
      SELECT bool_and(tx < pg_snapshot_xmin(pg_current_snapshot())) AS "isPast" FROM registry.national_change`;
    return row?.isPast === true;
  }, 'the changes are the past');

test('who follows, asks or searches by either code finds the one person, and the history is whole under either', async (t) => {
  const { country, sql, old, other } = await stage(t);
  const { context, clock } = country;
  const agency = {
    agency: PENSION,
    name: '日本年金機構',
    rows: ['74', '77'],
    keyId: 'k',
    publicKey: Buffer.alloc(32, 1),
  };
  mustSucceed(await registerAgency(context, testAccess, agency), 'the agency');
  const list = {
    agency: PENSION,
    listId: 'list-1',
    row: '77',
    affair: 'annex-1-77',
    items: ['address'],
  } as const;
  mustSucceed(await openStandingList(context, list), 'the list');
  await untilPast(sql);
  mustSucceed(await addToStandingList(context, PENSION, 'list-1', [old, other]), 'added');
  const desk = new ProvisionDesk(context);
  const ask = (residentCode: string, caseNumber: string) =>
    desk.ask({ agency: PENSION, request: queryWith({ caseNumber, person: { residentCode } }) });
  mustSucceed(await ask(old, 'before'), 'asked before');
  const moved = await recordEvent(context, KIYOSE, testAccess, 'within', {
    reason: 'move-within',
    residentCode: old,
    eventDate: TODAY,
    address: { wardCode: null, postalCode: null, town: '元町一丁目', lot: '1番1号', building: null },
  });
  mustSucceed(moved, 'a move');
  clock.advance(1_000);
  const { residentCode } = mustSucceed(await changeCode(country, old), 'the change');
  await country.settle();
  clock.advance(1_000);
  const answers = [await ask(old, 'by-old'), await ask(residentCode, 'by-new'), await ask(other, 'other')];
  assert.deepEqual(
    answers.map((answer) => mustSucceed(answer, 'asked').name),
    [details.name, details.name, '清瀬　太郎'],
  );
  async function* file(): AsyncGenerator<string> {
    yield `case_key,person_key\r\na,${old}\r\nb,${residentCode}\r\n`;
  }
  const order = { agency: PENSION, jobId: 'job-1', row: '77', affair: 'annex-1-77', items: ['sex'] } as const;
  const job = mustSucceed(await runBatch(context, { ...order, key: 'resident-code' }, file()), 'the job');
  assert.equal(job.given, 2);

  await untilPast(sql);
  const page = mustSucceed(await fetchChanges(context, PENSION, 'list-1'), 'the changes');
  assert.deepEqual(
    page.changes.map(({ residentCode: code, formerCode, changed }) => [code, formerCode, changed.reason]),
    [
      [old, undefined, 'move-within'],
      [residentCode, old, 'resident-code-change'],
    ],
  );
  const ledger = country.database.pool('ledger');
  const history = async (code: string) =>
    (await provisionHistory(context, ledger, testAccess, code, { limit: 50 })).provided.map(
      ({ caseNumber }) => caseNumber,
    );
  const whole = await history(residentCode);
  assert.deepEqual([...whole].sort(), ['before', 'by-new', 'by-old', 'job-1', 'job-1', 'list-1', 'list-1']);
  assert.deepEqual([...(await history(old))].sort(), [...whole].sort());
  assert.deepEqual(await history(other), ['other']);

  const address = '東京都清瀬市元町一丁目1番1号';
  const query = { name: details.name, birthDate: details.birthDate, sex: details.sex, address };
  const found = mustSucceed(await searchStrictly(context, testAccess, query), 'the search');
  assert.equal(found.person.residentCode, residentCode);
  for (const code of [old, residentCode])
    assert.equal((await findPerson(context, testAccess, code))?.residentCode, residentCode);
  const persons = await findPersons(
    context,
    [old, other].map((code) => ({ access: testAccess, residentCode: code })),
  );
  assert.deepEqual([persons.get(old)?.residentCode, persons.get(other)?.residentCode], [residentCode, other]);
  assert.equal((await sql`SELECT 1 FROM registry.national_search_key WHERE resident_code = ${old}`).count, 0);

  for (const municipality of [KIYOSE]) {
    const place = { site: `municipal/${municipality}`, municipality };
    mustSucceed(await startComparison(context, testAccess, place), 'a comparison');
    await country.settle();
    assert.deepEqual(await listDifferences(context, testAccess, place), []);
  }
});

test('a change from the wrong sender, of nobody, of another’s resident or to another’s code is parked and changes nothing', async (t) => {
  const { country, sql, old, other } = await stage(t);
  const before = [await heldAbove(sql, '13', old), await heldAbove(sql, '13', other)];
  const bodyWith = (changes: object) =>
    codeChangedBody.parse({
      ...noticeWith({ residentCode: anotherCode(), reason: 'resident-code-change', sequence: 2 }),
      formerCode: old,
      ...changes,
    });
  const expected: readonly (readonly [object, string])[] = [
    [{ formerCode: anotherCode() }, 'person-unknown'],
    [{ municipality: KAMAKURA }, 'municipality-not-of-site'],
    [{ municipality: '131016' }, 'municipality-not-of-site'],
    [{ residentCode: other }, 'resident-code-taken'],
  ];
  for (const [changes] of expected) await sendRaw(country, [codeChangedMessage(UP, bodyWith(changes))]);
  await sendRaw(country, [{ ...codeChangedMessage(UP, bodyWith({})), body: { ...bodyWith({}), undoes: 1 } }]);
  assert.deepEqual(
    await ticketsOf(country),
    [...expected.map(([, code]) => `${UP} ${code}`), `${UP} code-change-body-invalid`].sort(),
  );
  assert.deepEqual([await heldAbove(sql, '13', old), await heldAbove(sql, '13', other)], before);
  assert.equal((await sql`SELECT 1 FROM registry.retired_code`).count, 0);
});

test('a support measure protects under the new code at once, and where the person lived before under the old one', async (t) => {
  const { country, old } = await stage(t);
  await recordEvent(country.context, KIYOSE, testAccess, 'out', {
    reason: 'move-out',
    residentCode: old,
    eventDate: '2026-11-15',
    destination: '神奈川県鎌倉市',
  });
  const here = moveInWith({ residentCode: old, eventDate: '2026-11-16', individualNumber: null });
  mustSucceed(await recordEvent(country.context, KAMAKURA, testAccess, 'in', here), 'the move');
  await country.settle();
  const measure = await grantSupport(country, KAMAKURA, old);
  const supported = async (municipality: string, code: string): Promise<boolean> =>
    (await findSupported(country.context, municipality, testAccess, [code])).has(code);
  assert.ok(await supported(KIYOSE, old));
  const changed = await recordEvent(country.context, KAMAKURA, testAccess, 'change', {
    reason: 'resident-code-change',
    residentCode: old,
    eventDate: TODAY,
  });
  const { residentCode } = mustSucceed(changed, 'the change');
  assert.ok(await supported(KAMAKURA, residentCode), 'before anything has climbed');
  await country.settle();
  // the measure ends: who is told of it is the person under every code
  const end = { municipality: KAMAKURA, access: testAccess, requestId: 'end' };
  mustSucceed(
    await recordSupportStep(country.context, end, measure, { act: 'end', on: TODAY, reason: 'own-wish' }),
    'end',
  );
  await country.settle();
  country.clock.advance(2 * 86_400_000);
  assert.deepEqual(
    [
      await supported(KAMAKURA, residentCode),
      await supported(KIYOSE, old),
      await supported(KIYOSE, residentCode),
    ],
    [false, false, false],
  );
});

test('who has declared a move-out keeps the code until it is cancelled or has happened', async (t) => {
  const { country, old } = await stage(t);
  await declareSpecially(country, [old]);
  assert.equal(codeOf(await changeCode(country, old)), 'move-planned');
});
