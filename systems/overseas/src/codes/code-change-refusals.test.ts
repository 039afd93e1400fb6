/** What may not come of a changed code: used-up codes, other persons' codes, and hostile bodies change nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AddressedMessage } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  codeChange,
  DOMICILE,
  HARUKA,
  type House,
  houseWith,
  other,
  sayRaw,
  ticketsOf,
} from '../house-for-test.ts';
import { bytesOf, loadFile } from '../load/load-for-test.ts';
import { recordEntryAct } from '../municipal/record-entry-act.ts';
import { entryFile } from '../testing/index.ts';

const own = `municipal/${KIYOSE}>municipal/${KIYOSE}:overseas`;
const link = `municipal/${KIYOSE}>national:overseas`;
const down = `national>municipal/${KAMAKURA}:overseas`;
const up = `municipal/${KAMAKURA}>prefectural/14:overseas`;
const top = 'prefectural/14>national:overseas';
const FRESH = residentCodeOf('8000000077');
const FRESHER = residentCodeOf('8000000078');
const NOBODY = residentCodeOf('8000000099');

const notice = {
  kind: 'code-changed',
  residentCode: FRESH,
  formerCode: HARUKA,
  residence: KIYOSE,
  sequence: 9,
  eventDate: '2026-11-15',
  since: '2001-04-01',
  name: '石川　遥',
  birthDate: '1980-02-17',
  sex: 2,
  domicile: DOMICILE,
  familyRegisterHead: '石川　太郎',
  address: '東京都清瀬市元町一丁目4番5号',
  addressFixedOn: '2001-04-01',
};

const identity = {
  residentCode: FRESH,
  formerCode: HARUKA,
  municipality: KAMAKURA,
  sequence: 9,
  reason: 'code-changed',
  eventDate: '2026-11-15',
  state: 'current',
  name: '石川　遥',
  address: '東京都清瀬市元町一丁目4番5号',
  isOverseas: false,
  birthDate: '1980-02-17',
  sex: 2,
};

/** All rows of the system as text. */
async function everything({ sql }: House): Promise<readonly string[]> {
  const rows = await sql<{ row: string }[]>`
    SELECT to_jsonb(e)::text AS row FROM overseas.municipal_entry e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.municipal_change e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.prefectural_person e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.prefectural_change e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.national_person e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.national_change e
    UNION ALL SELECT to_jsonb(e)::text FROM overseas.retired_code e ORDER BY 1`;
  return rows.map(({ row }) => row);
}

const codesOfTickets = async (house: House): Promise<readonly string[]> =>
  (await ticketsOf(house)).map((ticket) => ticket.split(' ').at(-1) ?? '').sort();

test('a hostile or mistaken change of a code is parked with its code on every leg, and changes nothing', async (t) => {
  const bystander = other(2, { domicile: DOMICILE });
  const taken = bystander['resident_code'] ?? '';
  const house = await houseWith(t, [bystander], [{ resident_code: taken }]);
  const before = await everything(house);
  const relay = 'entry-notice-to-relay';
  const tell = 'entry-notice';
  const climb = 'overseas-identity-changed';
  const { formerCode: _former, ...withoutFormer } = notice;
  const { formerCode: _before, ...identityWithoutFormer } = identity;
  const hostile: readonly (readonly [string, Omit<AddressedMessage, 'subject'>])[] = [
    ['record-body-invalid', { link: own, topic: 'resident-record-changed', body: { ...notice } }],
    ['notice-body-invalid', { link, topic: relay, body: withoutFormer }],
    ['notice-body-invalid', { link, topic: relay, body: { ...notice, formerCode: FRESH } }],
    ['notice-body-invalid', { link, topic: relay, body: { ...notice, formerCode: '1 OR 1=1' } }],
    ['residence-not-of-site', { link, topic: relay, body: { ...notice, residence: KAMAKURA } }],
    ['notice-body-invalid', { link: down, topic: tell, body: { ...notice, kind: 'overseas' } }],
    ['notice-body-invalid', { link: down, topic: tell, body: { ...notice, formerCode: FRESH } }],
    ['entry-unknown', { link: down, topic: tell, body: { ...notice, formerCode: NOBODY } }],
    ['resident-code-taken', { link: down, topic: tell, body: { ...notice, residentCode: taken } }],
    ['person-differs', { link: down, topic: tell, body: { ...notice, birthDate: '1980-02-18' } }],
    ['person-differs', { link: down, topic: tell, body: { ...notice, name: '鈴木　花子' } }],
    ['identity-body-invalid', { link: up, topic: climb, body: identityWithoutFormer }],
    ['identity-body-invalid', { link: up, topic: climb, body: { ...identity, reason: 'address-changed' } }],
    ['identity-body-invalid', { link: up, topic: climb, body: { ...identity, formerCode: FRESH } }],
    ['municipality-not-of-site', { link: up, topic: climb, body: { ...identity, municipality: KIYOSE } }],
    ['person-unknown', { link: up, topic: climb, body: { ...identity, formerCode: NOBODY } }],
    ['resident-code-taken', { link: top, topic: climb, body: { ...identity, residentCode: taken } }],
    ['person-differs', { link: top, topic: climb, body: { ...identity, sex: 1 } }],
    ['notice-stale', { link: top, topic: climb, body: { ...identity, sequence: 1 } }],
    [
      'entry-elsewhere',
      { link: 'prefectural/13>national:overseas', topic: climb, body: { ...identity, municipality: KIYOSE } },
    ],
  ];
  await sayRaw(
    house,
    hostile.map(([, message], index) => ({ ...message, subject: `hostile ${index}` })),
  );
  assert.deepEqual(await codesOfTickets(house), hostile.map(([code]) => code).sort());
  assert.deepEqual(await everything(house), before);
});

test('two changes of one person in one batch are taken one after the other', async (t) => {
  const house = await houseWith(t);
  const twice = { ...notice, residentCode: FRESHER, formerCode: FRESH, sequence: 10 };
  await sayRaw(house, [
    { link: down, subject: FRESH, follows: HARUKA, topic: 'entry-notice', body: notice },
    { link: down, subject: FRESHER, follows: FRESH, topic: 'entry-notice', body: twice },
  ]);
  assert.deepEqual(await codesOfTickets(house), []);
  const persons = await house.sql`SELECT resident_code, sequence, reason FROM overseas.national_person`;
  assert.deepEqual([...persons], [{ resident_code: FRESHER, sequence: 3, reason: 'code-changed' }]);
});

test('a used-up code is refused in an act, a file, a notice and at a tier, and nothing changes', async (t) => {
  const house = await houseWith(t);
  const { residentCode } = await house.record(KIYOSE, codeChange(HARUKA));
  const before = await everything(house);
  const entryAct = {
    act: 'enter' as const,
    residentCode: HARUKA,
    eventDate: '2026-11-16',
    familyRegister: DOMICILE,
    familyRegisterHead: '石川　太郎',
    name: '石川　遥',
    birthDate: '1980-02-17',
    sex: 2 as const,
    address: '東京都清瀬市元町一丁目4番5号',
    addressFixedOn: '2001-04-01',
  };
  for (const act of [
    entryAct,
    { act: 'correct' as const, residentCode: HARUKA, eventDate: '2026-11-16', name: '石川　陽' },
    { act: 'delete' as const, residentCode: HARUKA, eventDate: '2026-11-16' },
  ]) {
    const refused = await recordEntryAct(house.context, KAMAKURA, testAccess, act);
    assert.equal(refused.ok ? 'ok' : refused.failure.code, 'resident-code-retired', act.act);
  }
  const [onLedger] =
    await house.sql`SELECT count(*) AS count FROM ledger.entry WHERE result = 'resident-code-retired'`;
  assert.equal(onLedger?.['count'], 3);

  const again = await loadFile(t, house, KAMAKURA, bytesOf(entryFile([{}])));
  const { unchanged, loaded } = mustSucceed(again.outcome, 'the same file');
  assert.deepEqual({ unchanged, loaded }, { unchanged: 1, loaded: 0 });
  const another = await loadFile(t, house, KAMAKURA, bytesOf(entryFile([{ name: '鈴木　花子' }])));
  assert.deepEqual(
    another.rejected.map(({ row, code }) => ({ row, code })),
    [{ row: 2, code: 'resident-code-retired' }],
  );

  const { formerCode: _former, ...plain } = { ...notice, kind: 'residence', opens: true };
  const { formerCode: _before, ...climbing } = { ...identity, reason: 'address-changed' };
  const underOld = { residentCode: HARUKA };
  await sayRaw(house, [
    { link: down, subject: 'a', topic: 'entry-notice', body: { ...plain, ...underOld } },
    { link: down, subject: 'b', topic: 'entry-notice', body: notice },
    {
      link: down,
      subject: 'c',
      topic: 'entry-notice',
      body: { ...notice, ...underOld, formerCode: residentCode },
    },
    { link: up, subject: 'a', topic: 'overseas-identity-changed', body: { ...climbing, ...underOld } },
    { link: top, subject: 'b', topic: 'overseas-identity-changed', body: identity },
    {
      link: top,
      subject: 'c',
      topic: 'overseas-identity-changed',
      body: { ...identity, ...underOld, formerCode: residentCode },
    },
  ]);
  assert.deepEqual(await codesOfTickets(house), Array<string>(6).fill('resident-code-retired'));
  assert.deepEqual(await everything(house), before);
});
