import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  codeChange,
  HARUKA,
  type House,
  houseWith,
  moveWithin,
  sayRaw,
  ticketsOf,
} from '../house-for-test.ts';
import { comparedTallies } from '../tally/compare-tallies.ts';
import { startTally } from '../tally/start-tally.ts';
import { decideResent, type HeldIdentity } from './decide-resent.ts';
import { OVERSEAS_IDENTITY_RESENT } from './entry-resent.ts';
import { resendEntries } from './resend-entries.ts';

const people = Array.from({ length: 20 }, (_, index) => ({
  resident_code: residentCodeOf(String(7_000_000_000 + index)),
  name: `石川　${'一二三四五六七八九十'[index % 10]}`,
}));
let runs = 0;

/** Whether prefecture and nation agree with the site below each. */
async function agree(house: House): Promise<readonly unknown[]> {
  await startTally(house.context, KAMAKURA, testAccess, `resend-${++runs}`);
  await house.country.settle();
  const sites = ['prefectural/14', 'national'];
  const told = await Promise.all(sites.map((site) => comparedTallies(house.context, site)));
  return told.map(([tally]) => tally?.isEqual);
}

const resend = async (house: House): Promise<number> => {
  const told = await resendEntries(house.context, KAMAKURA, testAccess);
  await house.country.settle();
  return told;
};

test('whatever a tier holds otherwise is mended by a resend, told twice it changes nothing, and everyone told is on the ledgers', async (t) => {
  const house = await houseWith(t, [], people);
  const { sql } = house;
  await house.record(KIYOSE, moveWithin);
  const planted = [
    `UPDATE overseas.prefectural_person SET name = '別人' WHERE resident_code = '${HARUKA}'`,
    `UPDATE overseas.national_person SET birth_date = '1900-01-01' WHERE resident_code = '${HARUKA}'`,
    `UPDATE overseas.prefectural_person SET state = 'deleted', retained_until = '2176-01-01' WHERE resident_code = '${HARUKA}'`,
    `DELETE FROM overseas.prefectural_person WHERE resident_code > '5'`,
    `DELETE FROM overseas.national_change; DELETE FROM overseas.national_person`,
  ];
  for (const statement of planted) {
    await sql.unsafe(statement);
    assert.ok((await agree(house)).includes(false), statement);
    assert.equal(await resend(house), 21);
    assert.deepEqual(await agree(house), [true, true], statement);
  }
  const persons = () => sql`SELECT * FROM overseas.national_person ORDER BY resident_code`;
  const before = await persons();
  const entries = async () => {
    const rows = await sql<{ site: string; persons: number }[]>`
      SELECT site, sum(coalesce(octet_length(subjects) / 32, 1))::int AS persons FROM ledger.entry GROUP BY site`;
    return new Map(rows.map(({ site, persons: count }) => [site, count]));
  };
  const first = await entries();
  await resend(house);
  assert.deepEqual([...(await persons())], [...before]);
  const last = await entries();
  for (const site of [`municipal/${KAMAKURA}`, 'national', 'prefectural/14'])
    assert.equal((last.get(site) ?? 0) - (first.get(site) ?? 0), 21, site);
  // who changes afterwards is told as always
  await house.record(KIYOSE, { reason: 'death', residentCode: HARUKA, eventDate: '2026-11-18' });
  assert.deepEqual(await agree(house), [true, true]);
  // and a deletion that a tier has lost is told again
  await sql`UPDATE overseas.national_person SET state = 'current', retained_until = NULL WHERE resident_code = ${HARUKA}`;
  await resend(house);
  assert.deepEqual(await agree(house), [true, true]);
  assert.deepEqual(await ticketsOf(house), []);
});

test('after a change of the code a resend is of the new one, and a tier that has not heard of the change gets no second row', async (t) => {
  const house = await houseWith(t);
  const { sql } = house;
  const { residentCode } = await house.record(KIYOSE, codeChange(HARUKA));
  await sql`UPDATE overseas.prefectural_person SET name = '別人'`;
  await resend(house);
  assert.deepEqual(await agree(house), [true, true]);
  await sql`DELETE FROM overseas.retired_code WHERE site = 'national'`;
  await sql`UPDATE overseas.national_person SET resident_code = ${HARUKA}`;
  await resend(house);
  const rows = await sql`SELECT resident_code AS code FROM overseas.national_person`;
  assert.deepEqual(
    rows.map((row) => row['code']),
    [HARUKA],
  );
  const [refused] = await sql`SELECT count(*) AS n FROM ledger.entry WHERE result = 'code-change-unheard'`;
  assert.equal(refused?.['n'], 1);
  assert.notEqual(residentCode, HARUKA);
});

const identity = {
  residentCode: HARUKA,
  municipality: KAMAKURA,
  sequence: 3,
  reason: 'address-changed',
  eventDate: '2026-11-10',
  state: 'current',
  name: '石川　遥',
  address: '東京都清瀬市元町一丁目4番5号',
  isOverseas: false,
  birthDate: '1980-02-17',
  sex: 2,
} as const;

test('a resend overrides nothing that is later, or kept elsewhere', () => {
  const { reason: _r, eventDate: _d, isOverseas: _o, ...same } = identity;
  const decide = (
    held: Partial<HeldIdentity> | undefined,
    told: object = {},
    retired: readonly string[] = [],
  ) =>
    decideResent(new Map(held ? [[HARUKA, { ...same, ...held }]] : []), new Set(retired), {
      identity: { ...identity, ...told },
      toldSequence: 2,
      codeBefore: null,
    });
  assert.equal(decide(undefined), 'record');
  assert.equal(decide({}), 'nothing');
  assert.equal(decide({ sequence: 1, name: '別人' }), 'record');
  assert.equal(decide({ sequence: 4, name: '別人' }), 'ahead-above');
  assert.equal(decide({ municipality: KIYOSE }), 'held-elsewhere');
  assert.equal(decide({ municipality: KIYOSE, state: 'deleted' }), 'record');
  assert.equal(decide({ municipality: KIYOSE }, { state: 'deleted' }), 'nothing');
  assert.equal(decide(undefined, {}, [HARUKA]), 'resident-code-retired');
});

test('hostile: of another site’s municipality, of another subject or malformed it is parked, and nothing has changed', async (t) => {
  const house = await houseWith(t);
  const { sql } = house;
  const persons = () => sql`SELECT * FROM overseas.prefectural_person`;
  const before = await persons();
  const body = { identity: { ...identity, name: '別人' }, toldSequence: 1, codeBefore: null };
  const link = `municipal/${KAMAKURA}>prefectural/14:overseas`;
  const message = { link, subject: HARUKA, topic: OVERSEAS_IDENTITY_RESENT, body };
  const wrong = [
    { ...message, subject: 'another' },
    { ...message, subject: 'malformed', body: { ...body, toldSequence: 9 } },
    { ...message, link: `municipal/${KIYOSE}>prefectural/13:overseas` },
  ];
  for (const one of wrong) await sayRaw(house, [one]);
  assert.deepEqual(await ticketsOf(house), [
    `municipal/${KIYOSE}>prefectural/13:overseas municipality-not-of-site`,
    `${link} resent-body-invalid`,
    `${link} resent-body-invalid`,
  ]);
  assert.deepEqual([...(await persons())], [...before]);
});
