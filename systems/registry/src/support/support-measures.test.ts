/** Support measures over three tiers and several municipalities: who is told, who gets what, when it is over. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { municipalSite } from '../registry-context.ts';
import { searchWeakly, type WeakSearchPermission } from '../search/search-weakly.ts';
import {
  everything,
  giveCodes,
  ledgerEntries,
  sendRaw,
  superuserOf,
  ticketsOf,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { birthWith, details, moveInWith } from '../testing/samples.ts';
import { findSupported } from './find-supported.ts';
import { judgeCopyRequest, type Requester } from './judge-copy-request.ts';
import { applyForSupport, recordSupportStep } from './record-support-step.ts';
import { supportOf, supportReminders } from './support-lists.ts';
import type { SupportApplication, SupportStep } from './support-measure.ts';
import { SUPPORT_FLAG } from './support-message.ts';

const CHIYODA = '131016';
const TODAY = '2026-11-20';
const ABUSER = { name: '髙橋　一郎', birthDate: '1988-01-02' };
const needed = { act: 'opinion', body: 'police', givenOn: TODAY, finding: 'needed' } as const;

let requests = 0;
const request = (municipality: string, requestId = `support-request-${++requests}`) => ({
  municipality,
  access: testAccess,
  requestId,
});

async function opened(t: Parameters<typeof testCountry>[0]): Promise<{ country: TestCountry; sql: Sql }> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  for (const municipality of [KIYOSE, CHIYODA, KAMAKURA]) await giveCodes(country, municipality, 60);
  return { country, sql: superuserOf(t, country.database) };
}

async function record(country: TestCountry, municipality: string, event: CounterEvent): Promise<string> {
  const recorded = await recordEvent(
    country.context,
    municipality,
    testAccess,
    `event-request-${++requests}`,
    event,
  );
  await country.settle();
  return mustSucceed(recorded, event.reason).residentCode;
}

/** A mother who has fled from Kamakura to Kiyose, and her child who was born there. */
async function fled(country: TestCountry): Promise<{ readonly mother: string; readonly child: string }> {
  const mother = await record(country, KAMAKURA, moveInWith({ eventDate: '2026-08-01' }));
  await record(country, KAMAKURA, {
    reason: 'move-out',
    residentCode: mother,
    eventDate: '2026-09-01',
    destination: '東京都清瀬市',
  });
  await record(country, KIYOSE, moveInWith({ residentCode: mother, eventDate: '2026-09-01' }));
  const child = await record(
    country,
    KIYOSE,
    birthWith({ parentResidentCode: mother, eventDate: '2026-10-01' }),
  );
  return { mother, child };
}

const application = (
  residentCode: string,
  changes: Partial<SupportApplication> = {},
): SupportApplication => ({
  act: 'apply',
  on: TODAY,
  residentCode,
  included: [],
  kind: 'domestic-violence',
  abusers: [ABUSER],
  tell: [],
  ...changes,
});

const step = (country: TestCountry, measureId: string, wish: SupportStep) =>
  recordSupportStep(country.context, request(KIYOSE), measureId, wish);

async function grantedTo(
  country: TestCountry,
  residentCode: string,
  changes: Partial<SupportApplication> = {},
): Promise<string> {
  const asked = application(residentCode, changes);
  const { measureId } = mustSucceed(
    await applyForSupport(country.context, request(KIYOSE), asked),
    'application',
  );
  mustSucceed(await step(country, measureId, needed), 'opinion');
  mustSucceed(await step(country, measureId, { act: 'grant', on: TODAY }), 'grant');
  await country.settle();
  return measureId;
}

const supportedAt = async (country: TestCountry, municipality: string, ...codes: readonly string[]) => {
  const found = await findSupported(country.context, municipality, testAccess, codes);
  return codes.map((code) => found.has(code));
};

test('a granted measure reaches every municipality that holds something of the persons, and no other', async (t) => {
  const { country, sql } = await opened(t);
  const { mother, child } = await fled(country);
  const asked = application(mother, { included: [child] });
  const applied = mustSucceed(await applyForSupport(country.context, request(KIYOSE), asked), 'application');
  assert.deepEqual(await supportedAt(country, KIYOSE, mother, child), [false, false]);
  mustSucceed(await step(country, applied.measureId, needed), 'opinion');
  const skip = (await ledgerEntries(sql)).length;
  mustSucceed(await step(country, applied.measureId, { act: 'grant', on: TODAY }), 'grant');
  await country.settle();

  assert.deepEqual(await supportedAt(country, KIYOSE, mother, child), [true, true]);
  // the child never lived in Kamakura: it is told of the mother only
  assert.deepEqual(await supportedAt(country, KAMAKURA, mother, child), [true, false]);
  assert.deepEqual(await supportedAt(country, CHIYODA, mother, child), [false, false]);
  const [measure] = (await supportOf(country.context, KIYOSE, testAccess, child)).measures;
  assert.deepEqual([measure?.told, measure?.notReached], [[KAMAKURA], []]);
  const { flags } = await supportOf(country.context, KAMAKURA, testAccess, mother);
  assert.deepEqual(
    flags.map(({ origin, validUntil, abusers }) => [origin, validUntil, abusers]),
    [[KIYOSE, '2027-11-19', [ABUSER]]],
  );

  const entries = (await ledgerEntries(sql, skip)).filter(({ fields }) => fields.includes('support-measure'));
  const told = entries.filter(({ fields }) =>
    ['grant', 'pass-on', 'note'].some((act) => fields.includes(act)),
  );
  const pseudonym = (site: string, code: string) => country.pseudonyms.of(site, code).toString('hex');
  const expected = [
    ...[mother, child].map((code) => `municipal/${KIYOSE} ${pseudonym(`municipal/${KIYOSE}`, code)}`),
    ...[mother, child].map((code) => `national ${pseudonym('national', code)}`),
    `municipal/${KAMAKURA} ${pseudonym(`municipal/${KAMAKURA}`, mother)}`,
  ];
  assert.deepEqual(told.map(({ site, subject }) => `${site} ${subject}`).toSorted(), expected.toSorted());
  assert.deepEqual(await ticketsOf(country), []);
  // the national site keeps no name of anybody who is feared
  const kept = Object.entries(await everything(sql)).filter(([table]) =>
    table.startsWith('registry.national'),
  );
  assert.ok(!JSON.stringify(kept).includes(ABUSER.name));
});

test('municipalities that the application names are told too; those without a site are named for a letter', async (t) => {
  const { country } = await opened(t);
  const { mother } = await fled(country);
  const SAPPORO = '011002';
  const measureId = await grantedTo(country, mother, { tell: [CHIYODA, SAPPORO] });
  const stateOf = async () => (await supportOf(country.context, KIYOSE, testAccess, mother)).measures[0];
  assert.deepEqual(
    [(await stateOf())?.told, (await stateOf())?.notReached],
    [[CHIYODA, KAMAKURA], [SAPPORO]],
  );
  assert.deepEqual(await supportedAt(country, CHIYODA, mother), [true]);
  const unknown = await step(country, measureId, { act: 'tell', on: TODAY, municipalities: ['999999'] });
  assert.equal(unknown.ok || unknown.failure.code, 'municipality-unknown');
});

test('it is over by the date alone, extended on a new opinion, and an end is told to all', async (t) => {
  const { country } = await opened(t);
  const { mother } = await fled(country);
  const measureId = await grantedTo(country, mother);
  const due = async () => (await supportReminders(country.context, KIYOSE, testAccess)).map((one) => one.due);
  assert.deepEqual(await due(), []);
  country.clock.advance(Date.parse('2027-10-25T01:00:00Z') - country.clock.now());
  assert.deepEqual(await due(), ['ends-soon']);
  const on = '2027-10-25';
  mustSucceed(await step(country, measureId, { ...needed, givenOn: on }), 'opinion');
  mustSucceed(await step(country, measureId, { act: 'extend', on }), 'extension');
  await country.settle();
  assert.deepEqual(await due(), []);
  country.clock.advance(Date.parse('2027-11-25T01:00:00Z') - country.clock.now());
  for (const place of [KIYOSE, KAMAKURA]) assert.deepEqual(await supportedAt(country, place, mother), [true]);
  country.clock.advance(Date.parse('2028-11-19T14:59:00Z') - country.clock.now()); // the last minute of the last day in Tokyo
  assert.deepEqual(await supportedAt(country, KAMAKURA, mother), [true]);
  country.clock.advance(Date.parse('2028-11-19T15:00:00Z') - country.clock.now());
  for (const place of [KIYOSE, KAMAKURA])
    assert.deepEqual(await supportedAt(country, place, mother), [false]);
  assert.deepEqual(await due(), ['has-lapsed']);

  const again = await grantedAfter(country, mother, '2028-11-20');
  assert.deepEqual(await supportedAt(country, KAMAKURA, mother), [true]);
  mustSucceed(await step(country, again, { act: 'end', on: '2028-11-20', reason: 'own-wish' }), 'end');
  await country.settle();
  country.clock.advance(Date.parse('2028-11-21T01:00:00Z') - country.clock.now());
  for (const place of [KIYOSE, KAMAKURA])
    assert.deepEqual(await supportedAt(country, place, mother), [false]);
});

async function grantedAfter(country: TestCountry, residentCode: string, on: string): Promise<string> {
  const asked = application(residentCode, { on });
  const { measureId } = mustSucceed(
    await applyForSupport(country.context, request(KIYOSE), asked),
    'application',
  );
  mustSucceed(await step(country, measureId, { ...needed, givenOn: on }), 'opinion');
  mustSucceed(await step(country, measureId, { act: 'grant', on }), 'grant');
  await country.settle();
  return measureId;
}

test('copies of current and deleted records go to the person and to verified bodies, to nobody else', async (t) => {
  const { country, sql } = await opened(t);
  const { mother, child } = await fled(country);
  await grantedTo(country, mother, { included: [child] });
  const judge = async (
    place: string,
    residentCode: string,
    requester: Requester,
    extent: 'person' | 'household' = 'person',
  ) => {
    const judged = await judgeCopyRequest(country.context, place, testAccess, {
      residentCode,
      extent,
      requester,
    });
    return judged.ok ? judged.value.persons : judged.failure.code;
  };
  const self = { kind: 'self', isProvedByPhotograph: true } as const;
  const stranger = { kind: 'other', name: '山田　太郎', birthDate: null } as const;
  const abuser = { kind: 'other', ...ABUSER } as const;
  const skip = (await ledgerEntries(sql)).length;
  // Kiyose has the current record, Kamakura the deleted one that says where she went
  for (const place of [KIYOSE, KAMAKURA]) {
    assert.equal(await judge(place, mother, self), 1);
    assert.equal(
      await judge(place, mother, { ...self, isProvedByPhotograph: false }),
      'requester-not-proved',
    );
    assert.equal(await judge(place, mother, { kind: 'public-body', isVerified: true }), 1);
    assert.equal(await judge(place, mother, { kind: 'public-body', isVerified: false }), 'body-not-verified');
    assert.equal(await judge(place, mother, stranger), 'support-measure-in-force');
    assert.equal(await judge(place, mother, abuser), 'requester-is-abuser');
    assert.equal(
      await judge(place, mother, { ...abuser, name: '高橋　一郎', birthDate: null }),
      'requester-is-abuser',
    );
  }
  assert.equal((await ledgerEntries(sql, skip)).length, 14, 'each judgement, refusals too');
  assert.equal(await judge(KIYOSE, mother, self, 'household'), 2, 'her child is under the same measure');
  assert.equal(await judge(KIYOSE, '10000000001', self), 'resident-not-found');

  const home = await homeOf(sql, mother);
  const tenant = await record(
    country,
    KIYOSE,
    moveInWith({ joins: { householdNumber: home, relationship: '同居人' } }),
  );
  assert.equal(await judge(KIYOSE, tenant, self), 1, 'one who is not protected, alone');
  assert.equal(await judge(KIYOSE, tenant, self, 'household'), 'support-measure-in-force');
});

async function homeOf(sql: Sql, code: string): Promise<string> {
  const [row] = await sql<{ home: string }[]>`
    SELECT household_number AS home FROM registry.municipal_resident
    WHERE resident_code = ${code} AND status = 'resident'`;
  return row?.home ?? '';
}

test('a weaker search never shows who is under a measure, nor a namesake as the only one; the look is on the ledger', async (t) => {
  const { country, sql } = await opened(t);
  const { mother } = await fled(country);
  const permission: WeakSearchPermission = {
    article: '住民基本台帳法 別表第一',
    affair: 'annex',
    keys: 'name-and-birth-date',
    items: ['resident-code', 'address'],
    persons_max: 5,
  };
  const { name, birthDate } = details;
  const look = async () => {
    const found = await searchWeakly(country.context, testAccess, permission, { name, birthDate });
    return found.ok ? found.value.length : found.failure.code;
  };
  assert.equal(await look(), 1);
  await record(country, CHIYODA, moveInWith());
  assert.equal(await look(), 2, 'and a namesake');
  await grantedTo(country, mother);
  const skip = (await ledgerEntries(sql)).length;
  assert.equal(await look(), 'no-match');
  const [entry] = await ledgerEntries(sql, skip);
  const subject = country.pseudonyms.of('national', mother).toString('hex');
  assert.deepEqual([entry?.subject, entry?.result], [subject, 'support-measure-in-force']);
  country.clock.advance(Date.parse('2027-11-20T01:00:00Z') - country.clock.now());
  assert.equal(await look(), 2, 'the measure has run out');
});

test('what is refused changes nothing and is on the ledger; the same request is recorded once', async (t) => {
  const { country, sql } = await opened(t);
  const { mother, child } = await fled(country);
  const before = await everything(sql);
  const skip = (await ledgerEntries(sql)).length;
  const attempt = async (asked: SupportApplication, place = KIYOSE) => {
    const applied = await applyForSupport(country.context, request(place), asked);
    return applied.ok ? 'ok' : applied.failure.code;
  };
  assert.equal(await attempt(application('10000000001')), 'resident-not-found');
  assert.equal(await attempt(application(mother, { included: ['10000000001'] })), 'resident-not-found');
  assert.equal(await attempt(application(mother), KAMAKURA), 'resident-not-current');
  assert.equal(await attempt(application(mother, { on: '2026-11-21' })), 'event-in-the-future');
  assert.equal(await attempt(application(mother, { tell: ['999999'] })), 'municipality-unknown');
  assert.equal(
    await attempt(application(mother, { abusers: [{ name: 'x\u0000', birthDate: null }] })),
    'text-refused',
  );
  const missing = await step(country, randomUUID(), needed);
  assert.equal(missing.ok || missing.failure.code, 'measure-not-found');
  assert.deepEqual(await everything(sql), before);
  const refusals = (await ledgerEntries(sql, skip)).map(({ result }) => result);
  assert.equal(refusals.length, 8, 'for each person named');
  assert.ok(!refusals.includes('ok'));

  const order = request(KIYOSE);
  const first = mustSucceed(
    await applyForSupport(country.context, order, application(mother)),
    'application',
  );
  const again = mustSucceed(await applyForSupport(country.context, order, application(mother)), 'again');
  assert.equal(again.measureId, first.measureId);
  const other = await applyForSupport(country.context, order, application(child));
  assert.equal(other.ok || other.failure.code, 'request-id-reused');
});

test('a forged flag is parked: another’s measure, a measure of one’s own back, a body not in the form', async (t) => {
  const { country, sql } = await opened(t);
  const { mother } = await fled(country);
  const flag = (origin: string) => ({
    origin,
    measureId: randomUUID(),
    version: 1,
    persons: [mother],
    validFrom: TODAY,
    validUntil: '2027-11-19',
    abusers: [],
    tell: [],
  });
  const up = (body: { measureId: string }, from = KIYOSE) => ({
    link: `${municipalSite(from)}>national:registry`,
    subject: body.measureId,
    topic: SUPPORT_FLAG,
    body,
  });
  const foreign = flag(KAMAKURA);
  const malformed = { ...flag(KIYOSE), validUntil: 'never' };
  const own = flag(KIYOSE);
  await sendRaw(country, [
    up(foreign),
    up(malformed),
    { ...up(own), link: `national>${municipalSite(KIYOSE)}:registry` },
  ]);
  assert.deepEqual(await ticketsOf(country), [
    'municipal/132217>national:registry support-flag-invalid',
    'municipal/132217>national:registry support-flag-invalid',
    'national>municipal/132217:registry support-flag-invalid',
  ]);
  const [count] = await sql`
    SELECT (SELECT count(*) FROM registry.municipal_support_flag)
      + (SELECT count(*) FROM registry.national_support_flag) AS n`;
  assert.equal(Number(count?.['n']), 0);
});

test('an old announcement that comes late does not bring back what was ended', async (t) => {
  const { country, sql } = await opened(t);
  const { mother } = await fled(country);
  const measureId = await grantedTo(country, mother);
  mustSucceed(await step(country, measureId, { act: 'end', on: TODAY, reason: 'own-wish' }), 'end');
  await country.settle();
  const late = {
    origin: KIYOSE,
    measureId,
    version: 1,
    persons: [mother],
    validFrom: TODAY,
    validUntil: '2027-11-19',
    abusers: [ABUSER],
    tell: [],
  };
  const link = `national>${municipalSite(KAMAKURA)}:registry`;
  await sendRaw(country, [{ link, subject: measureId, topic: SUPPORT_FLAG, body: late }]);
  const [row] = await sql<{ version: number; until: string }[]>`
    SELECT version, valid_until AS until FROM registry.municipal_support_flag WHERE municipality_code = ${KAMAKURA}`;
  assert.deepEqual({ ...row }, { version: 2, until: TODAY });
});

test('the history of steps cannot be rewritten, nor a measure taken away', async (t) => {
  const { country } = await opened(t);
  const { mother } = await fled(country);
  await grantedTo(country, mother);
  for (const statement of [
    'UPDATE registry.municipal_support_step SET operator = $$o-other$$',
    'DELETE FROM registry.municipal_support_step',
    'DELETE FROM registry.municipal_support_measure',
    'DELETE FROM registry.municipal_support_flag',
    'DELETE FROM registry.national_support_flag',
    'DELETE FROM registry.municipal_household_act',
  ])
    await assert.rejects(country.context.sql.unsafe(statement), /permission denied/, statement);
});
