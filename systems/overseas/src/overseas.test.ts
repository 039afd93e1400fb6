/** The story of docs/flows/overseas.md over real links: Kiyose is where people live, Kamakura where their family registers are. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ManualClock } from '@ishizue/clock';
import { inTransaction, type Sql } from '@ishizue/db';
import { type AddressedMessage, openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import {
  type CounterEvent,
  importRegister,
  type MoveIn,
  readHousehold,
  recordEvent,
  residentCodeOf,
} from '@ishizue/registry';
import { KAMAKURA, KIYOSE, registerFile, testAccess } from '@ishizue/registry/testing';
import { bytesOf, loadFile } from './load/load-for-test.ts';
import { takePaperNotices } from './municipal/paper-notices.ts';
import { entryFile, type OverseasCountry, testOverseas } from './testing/index.ts';
import { findOverseasPerson, findOverseasPersonAtPrefecture } from './tiers/find-overseas-person.ts';

const HARUKA = '24727059608';
const DOMICILE = '神奈川県鎌倉市御成町18番';

interface House extends OverseasCountry {
  readonly sql: Sql;
  readonly record: (municipality: string, event: CounterEvent) => Promise<{ readonly residentCode: string }>;
}

/** A country where a resident of Kiyose, and whoever else is given, is entered, with an entry at Kamakura. */
async function houseWith(
  t: TestContext,
  residents: readonly Readonly<Record<string, string>>[] = [],
  entries: readonly Readonly<Record<string, string>>[] = [],
): Promise<House> {
  const overseas = await testOverseas(t);
  const { country } = overseas;
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const session = country.database.session('registry');
  t.after(() => session.end({ timeout: 1 }));
  async function* text(): AsyncGenerator<string> {
    const haruka = { resident_code: HARUKA, domicile: DOMICILE };
    yield registerFile([haruka, ...residents]);
  }
  const imported = await importRegister(country.context, {
    municipality: KIYOSE,
    text: text(),
    access: testAccess,
    session,
    reject: () => Promise.resolve(),
  });
  assert.equal(mustSucceed(imported, 'the register').loaded, residents.length + 1);
  const { outcome } = await loadFile(t, overseas, KAMAKURA, bytesOf(entryFile([{}, ...entries])));
  assert.equal(mustSucceed(outcome, 'the entries').loaded, entries.length + 1);
  await country.settle();
  let requests = 0;
  return {
    ...overseas,
    sql,
    record: async (municipality, event) => {
      const done = await recordEvent(country.context, municipality, testAccess, `r-${++requests}`, event);
      const recorded = mustSucceed(done, event.reason);
      await country.settle();
      return recorded;
    },
  };
}

/** What the three tiers hold of a person. */
async function heldOf(sql: Sql, residentCode: string): Promise<readonly object[]> {
  const rows = await sql`
    SELECT 'municipal' AS tier, state, address, is_overseas AS overseas FROM overseas.municipal_entry
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'prefectural', state, address, is_overseas FROM overseas.prefectural_person
    WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'national', state, address, is_overseas FROM overseas.national_person
    WHERE resident_code = ${residentCode}`;
  return rows.map((row) => ({ ...row }));
}

const atAllTiers = (held: object): readonly object[] =>
  ['municipal', 'prefectural', 'national'].map((tier) => ({ tier, ...held }));

const ticketsOf = async ({ country }: House): Promise<readonly string[]> =>
  (await openTickets(country.database.pool('link'), 100)).map(({ link, code }) => `${link} ${code}`).sort();

const forCards = { ...testAccess, affair: 'overseas-card', article: '住民基本台帳法 第30条の44の6' };

const moveWithin: CounterEvent = {
  reason: 'move-within',
  residentCode: HARUKA,
  eventDate: '2026-11-10',
  address: { wardCode: null, postalCode: null, town: '中里五丁目', lot: '842番地', building: null },
};

const moveIn: MoveIn = {
  reason: 'move-in',
  residentCode: HARUKA,
  individualNumber: null,
  eventDate: '2026-11-19',
  details: {
    name: '石川　遥',
    nameKana: 'イシカワ　ハルカ',
    formerSurname: null,
    formerSurnameKana: null,
    alias: null,
    aliasKana: null,
    birthDate: '1980-02-17',
    sex: 2,
    nationality: 'JPN',
    residenceStatus: null,
    stayExpiresOn: null,
    domicile: DOMICILE,
    familyRegisterHead: '石川　太郎',
  },
  address: { wardCode: null, postalCode: null, town: '御成町', lot: '18番10号', building: null },
  previousAddress: '国外',
};

const leave: CounterEvent = {
  reason: 'move-out',
  residentCode: HARUKA,
  eventDate: '2026-11-18',
  destination: 'カナダ',
  abroad: true,
};

test('a move inside the city of residence corrects the entry at the municipality of domicile, and climbs', async (t) => {
  const house = await houseWith(t);
  await house.record(KIYOSE, moveWithin);
  const address = '東京都清瀬市中里五丁目842番地';
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
  const history = await house.sql`
    SELECT reason, address_fixed_on, residence_code FROM overseas.municipal_change ORDER BY sequence`;
  assert.deepEqual(
    history.map((row) => ({ ...row })),
    [
      { reason: 'initial-load', address_fixed_on: '2001-04-01', residence_code: KIYOSE },
      { reason: 'address-changed', address_fixed_on: '2026-11-10', residence_code: KIYOSE },
    ],
  );
  const entries = await house.sql<{ entry: string }[]>`
    SELECT site || ' ' || affair || ' ' || result AS entry FROM ledger.entry
    WHERE affair IN ('entry-notice', 'supplementary-register')
      OR affair = 'overseas-identity-notice' AND 'address-changed' = ANY (fields)`;
  assert.deepEqual(entries.map(({ entry }) => entry).sort(), [
    'municipal/132217 entry-notice notified',
    'municipal/142042 supplementary-register ok',
    'national overseas-identity-notice ok',
    'prefectural/14 overseas-identity-notice ok',
  ]);
  assert.deepEqual(await ticketsOf(house), []);
});

test('an overseas mover is found after the residence record has died, for affairs of overseas movers alone', async (t) => {
  const house = await houseWith(t);
  const { context, country } = house;
  const early = await findOverseasPerson(context, forCards, HARUKA);
  assert.equal(early.ok ? '' : early.failure.code, 'not-an-overseas-mover');
  await house.record(KIYOSE, leave);
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address: null, overseas: true }),
  );
  const [entry] = await house.sql`SELECT address_fixed_on AS departure FROM overseas.municipal_entry`;
  assert.equal(entry?.['departure'], '2026-11-18');
  const household = await readHousehold(country.context, KIYOSE, testAccess, HARUKA, 'household');
  assert.equal(household.ok, false, 'the residence record is alive');

  const mover = { municipality: KAMAKURA, name: '石川　遥', birthDate: '1980-02-17', sex: 2 };
  const found = await findOverseasPerson(context, forCards, HARUKA);
  assert.deepEqual(found.ok && found.value, { residentCode: HARUKA, ...mover });
  const atPrefecture = await findOverseasPersonAtPrefecture(context, '14', forCards, HARUKA);
  assert.deepEqual(atPrefecture.ok && atPrefecture.value, mover, 'without the resident code');

  const refusalOf = async (...[access, code, prefecture]: [typeof testAccess, string, string?]) => {
    const answer =
      prefecture === undefined
        ? await findOverseasPerson(context, access, code)
        : await findOverseasPersonAtPrefecture(context, prefecture, access, code);
    return answer.ok ? 'found' : answer.failure.code;
  };
  assert.equal(await refusalOf(testAccess, HARUKA), 'affair-not-permitted');
  assert.equal(await refusalOf(testAccess, HARUKA, '14'), 'affair-not-permitted');
  assert.equal(await refusalOf(forCards, HARUKA, '13'), 'person-unknown', 'Tokyo holds no entry');
  assert.equal(await refusalOf(forCards, residentCodeOf('0000000001')), 'person-unknown');
  const before = { ...context, clock: new ManualClock('2024-05-26T01:00:00Z') };
  const premature = await findOverseasPerson(before, forCards, HARUKA);
  assert.equal(premature.ok ? 'found' : premature.failure.code, 'affair-not-permitted', 'not in force yet');

  const looks = await house.sql<{ look: string }[]>`
    SELECT site || ' ' || result || ' ' || cardinality(fields) AS look FROM ledger.entry
    WHERE affair IN ('overseas-card', ${testAccess.affair}) AND article = ${forCards.article}
      OR result = 'affair-not-permitted' ORDER BY tx`;
  assert.deepEqual(
    looks.map(({ look }) => look),
    [
      'national not-an-overseas-mover 0',
      'national ok 4',
      'prefectural/14 ok 3',
      'national affair-not-permitted 0',
      'prefectural/14 affair-not-permitted 0',
      'prefectural/13 person-unknown 0',
      'national person-unknown 0',
      'national affair-not-permitted 0',
    ],
  );
});

test('who comes back is at an address again; who dies has a deleted entry, and is found no more', async (t) => {
  const house = await houseWith(t);
  await house.record(KIYOSE, leave);
  await house.record(KAMAKURA, moveIn);
  const address = '神奈川県鎌倉市御成町18番10号';
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
  await house.record(KAMAKURA, { reason: 'death', residentCode: HARUKA, eventDate: '2026-11-20' });
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'deleted', address, overseas: false }),
  );
  assert.deepEqual(await ticketsOf(house), []);
});

test('what the municipality that was left tells too late is history: the later residence stands', async (t) => {
  const house = await houseWith(t);
  const slow = `municipal/${KIYOSE}>municipal/${KAMAKURA}:overseas`;
  const session = await house.sql.reserve();
  await session`BEGIN`;
  await session`
    SELECT 1 FROM link.inbound i JOIN link.link l ON l.id = i.link_id WHERE l.name = ${slow} FOR UPDATE OF i`;
  const quietly = async (municipality: string, requestId: string, event: CounterEvent): Promise<void> => {
    const done = await recordEvent(house.country.context, municipality, testAccess, requestId, event);
    mustSucceed(done, event.reason);
  };
  await quietly(KIYOSE, 'q-1', moveWithin);
  await quietly(KIYOSE, 'q-2', {
    reason: 'move-out',
    residentCode: HARUKA,
    eventDate: '2026-11-15',
    destination: '神奈川県鎌倉市御成町18番10号',
  });
  await quietly(KAMAKURA, 'q-3', { ...moveIn, eventDate: '2026-11-16' });
  const address = '神奈川県鎌倉市御成町18番10号';
  for (let tries = 0; ; tries++) {
    const [entry] = await house.sql`SELECT address FROM overseas.municipal_entry`;
    if (entry?.['address'] === address) break;
    assert.ok(tries < 400, 'the move-in never arrived');
    await sleep(25);
  }
  await session`COMMIT`;
  session.release();
  await house.country.settle();
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
  const late = await house.sql`
    SELECT address, residence_code FROM overseas.municipal_change WHERE is_late ORDER BY sequence`;
  assert.deepEqual(
    late.map((row) => ({ ...row })),
    [{ address: '東京都清瀬市中里五丁目842番地', residence_code: KIYOSE }],
  );
  assert.deepEqual(await ticketsOf(house), []);
});

test('a newborn’s entry is opened by the notice of the birth', async (t) => {
  const house = await houseWith(t);
  const { residentCode } = await house.record(KIYOSE, {
    reason: 'birth',
    parentResidentCode: HARUKA,
    eventDate: '2026-11-15',
    name: '石川　葵',
    nameKana: 'イシカワ　アオイ',
    sex: 1,
    relationship: '子',
  });
  const address = '東京都清瀬市元町一丁目4番5号';
  assert.deepEqual(
    await heldOf(house.sql, residentCode),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
});

const other = (nth: number, fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> => ({
  resident_number: String(nth),
  household_number: String(nth),
  resident_code: residentCodeOf(String(8_000_000_000 + nth)),
  ...fields,
});

const movesWithin = (resident: Readonly<Record<string, string>>): CounterEvent => ({
  ...moveWithin,
  residentCode: resident['resident_code'] ?? '',
});

test('a foreigner never appears; a domicile without a link goes by paper; an unclear one waits under a ticket', async (t) => {
  const foreigner = other(2, { nationality: 'BRA', residence_status: '永住者', domicile: DOMICILE });
  const osaka = other(3, { domicile: '大阪府大阪市北区梅田一丁目1番' });
  const unclear = other(4, { domicile: '北海道泊村大字茅沼村711番地' });
  const former = other(5, { domicile: '東京都田無市本町一丁目1番' });
  const none = other(6, { domicile: '' });
  const unloaded = other(7, { domicile: DOMICILE });
  const residents = [foreigner, osaka, unclear, former, none, unloaded];
  const house = await houseWith(t, residents);
  for (const resident of residents) await house.record(KIYOSE, movesWithin(resident));
  assert.deepEqual(await ticketsOf(house), [
    'municipal/132217>municipal/132217:overseas domicile-ambiguous',
    'municipal/132217>municipal/132217:overseas domicile-missing',
    'municipal/132217>municipal/132217:overseas domicile-unresolved',
    'municipal/132217>municipal/142042:overseas entry-unknown',
  ]);
  const papers = await house.sql`SELECT domicile_code, resident_code FROM overseas.municipal_paper_notice`;
  assert.deepEqual(
    papers.map((row) => ({ ...row })),
    [{ domicile_code: '271004', resident_code: osaka['resident_code'] }],
  );
  const [entries] = await house.sql`SELECT count(*) AS count FROM overseas.municipal_entry`;
  assert.equal(entries?.['count'], 1, 'only the loaded one');
  const taken = await takePaperNotices(house.context, KIYOSE, testAccess, 10);
  assert.deepEqual(
    taken.map(({ domicile, notice }) => [domicile, notice.kind, notice.residentCode]),
    [['271004', 'residence', osaka['resident_code']]],
  );
  assert.deepEqual(await takePaperNotices(house.context, KIYOSE, testAccess, 10), [], 'taken once');
  assert.deepEqual(await takePaperNotices(house.context, KAMAKURA, testAccess, 10), []);
  const [sent] = await house.sql`SELECT count(*) AS count FROM ledger.entry WHERE result = 'sent-by-paper'`;
  assert.equal(sent?.['count'], 1);
});

test('another person’s code, a sender that is not the residence, and hostile bodies change nothing', async (t) => {
  const namesake = other(2, { domicile: DOMICILE, name: '鈴木　花子' });
  const house = await houseWith(t, [namesake], [{ resident_code: namesake['resident_code'] ?? '' }]);
  await house.record(KIYOSE, movesWithin(namesake));
  const link = `municipal/${KIYOSE}>municipal/${KAMAKURA}:overseas`;
  assert.deepEqual(await ticketsOf(house), [`${link} person-differs`]);
  const before = await house.sql`SELECT to_jsonb(e)::text AS row FROM overseas.municipal_entry e ORDER BY 1`;
  const notice = {
    kind: 'overseas',
    residentCode: HARUKA,
    residence: KIYOSE,
    sequence: 9,
    eventDate: '2026-11-01',
    since: '2026-11-01',
    name: '石川　遥',
    birthDate: '1980-02-17',
    sex: 2,
    domicile: DOMICILE,
    familyRegisterHead: null,
  };
  const identity = {
    residentCode: HARUKA,
    municipality: KAMAKURA,
    sequence: 9,
    reason: 'address-changed',
    eventDate: '2026-11-01',
    state: 'current',
    name: '石川　遥',
    address: null,
    isOverseas: true,
    birthDate: '1980-02-17',
    sex: 2,
  };
  const own = `municipal/${KIYOSE}>municipal/${KIYOSE}:overseas`;
  const up = `municipal/${KIYOSE}>prefectural/13:overseas`;
  const entered = `prefectural/14>national:overseas`;
  const hostile: readonly (readonly [string, Omit<AddressedMessage, 'subject'>])[] = [
    [
      'notice-body-invalid',
      { link, topic: 'entry-notice', body: { ...notice, individualNumber: '123456789018' } },
    ],
    ['notice-body-invalid', { link, topic: 'entry-notice', body: { ...notice, name: '123456789018' } }],
    ['notice-body-invalid', { link, topic: 'entry-notice', body: 'x' }],
    ['residence-not-of-site', { link, topic: 'entry-notice', body: { ...notice, residence: KAMAKURA } }],
    [
      'domicile-elsewhere',
      { link, topic: 'entry-notice', body: { ...notice, domicile: '東京都清瀬市元町' } },
    ],
    ['record-body-invalid', { link: own, topic: 'resident-record-changed', body: notice }],
    ['municipality-not-of-site', { link: up, topic: 'overseas-identity-changed', body: identity }],
    [
      'identity-body-invalid',
      { link: up, topic: 'overseas-identity-changed', body: { ...identity, address: 'x' } },
    ],
    ['person-differs', { link: entered, topic: 'overseas-identity-changed', body: { ...identity, sex: 1 } }],
    [
      'notice-stale',
      { link: entered, topic: 'overseas-identity-changed', body: { ...identity, sequence: 1 } },
    ],
    [
      'entry-elsewhere',
      {
        link: 'prefectural/13>national:overseas',
        topic: 'overseas-identity-changed',
        body: { ...identity, municipality: KIYOSE },
      },
    ],
  ];
  for (const [index, [, message]] of hostile.entries()) {
    const [site = ''] = message.link.split('>');
    await inTransaction(house.context.sql, { site }, (tx) =>
      sendAll(tx, [{ ...message, subject: `hostile ${index}` }]),
    );
  }
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(
    (await ticketsOf(house)).map((ticket) => ticket.split(' ').at(-1) ?? '').sort(),
    ['person-differs', ...hostile.map(([code]) => code)].sort(),
  );
  const after = await house.sql`SELECT to_jsonb(e)::text AS row FROM overseas.municipal_entry e ORDER BY 1`;
  assert.deepEqual([...after], [...before]);
  const address = '東京都清瀬市元町一丁目4番5号';
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
});
