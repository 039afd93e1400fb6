/** A changed resident code from the residence to the nation, over real links and PostgreSQL. Flow: docs/flows/overseas.md step 9. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTickets } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  atAllTiers,
  codeChange,
  DOMICILE,
  forCards,
  HARUKA,
  type House,
  heldOf,
  houseWith,
  leave,
  movesWithin,
  moveWithin,
  other,
  sayRaw,
  ticketsOf,
} from '../house-for-test.ts';
import { bytesOf, loadFile } from '../load/load-for-test.ts';
import { takePaperNotices } from '../municipal/paper-notices.ts';
import { recordEntryAct } from '../municipal/record-entry-act.ts';
import { startTally } from '../tally/start-tally.ts';
import { entryFile } from '../testing/index.ts';
import { findOverseasPerson, findOverseasPersonAtPrefecture } from '../tiers/find-overseas-person.ts';

const MOVED = '東京都清瀬市中里五丁目842番地';

const change = async (house: House, residentCode: string): Promise<string> =>
  (await house.record(KIYOSE, codeChange(residentCode))).residentCode;

const reasonsOf = async ({ sql }: House, table: string, residentCode: string): Promise<readonly string[]> =>
  (
    await sql<{ change: string }[]>`
      SELECT concat_ws(' ', reason, former_code) AS change FROM overseas.${sql(table)}
      WHERE resident_code = ${residentCode} ORDER BY sequence`
  ).map((row) => row.change);

test('a changed code climbs from the residence to the nation: found by either, and nobody else is touched', async (t) => {
  const bystander = other(2, { domicile: DOMICILE });
  const byCode = bystander['resident_code'] ?? '';
  const house = await houseWith(t, [bystander], [{ resident_code: byCode }]);
  const othersBefore = await heldOf(house.sql, byCode);
  await house.record(KIYOSE, moveWithin);
  const residentCode = await change(house, HARUKA);
  assert.notEqual(residentCode, HARUKA);
  assert.deepEqual(
    await heldOf(house.sql, residentCode),
    atAllTiers({ state: 'current', address: MOVED, overseas: false }),
  );
  const history = ['initial-load', 'address-changed', `code-changed ${HARUKA}`];
  for (const table of ['municipal_change', 'prefectural_change', 'national_change'])
    assert.deepEqual(await reasonsOf(house, table, residentCode), history, table);
  // the ledger of every site on the way names the change under either code
  const sites = [`municipal/${KIYOSE}`, `municipal/${KAMAKURA}`, 'prefectural/14', 'national'];
  for (const site of sites) {
    const of = (code: string): string => house.country.pseudonyms.of(site, code).toString('hex');
    const [last] = await house.sql<{ subjects: string[] }[]>`
      SELECT array_agg(encode(subject, 'hex')) AS subjects FROM ledger.entry
      WHERE site = ${site} AND affair <> 'resident-code-change' AND correlation LIKE '%:overseas/%'
      GROUP BY correlation ORDER BY max(id) DESC LIMIT 1`;
    assert.deepEqual([...(last?.subjects ?? [])].sort(), [of(HARUKA), of(residentCode)].sort(), site);
  }

  await house.record(KIYOSE, { ...leave, residentCode });
  const mover = { municipality: KAMAKURA, name: '石川　遥', birthDate: '1980-02-17', sex: 2 };
  for (const code of [residentCode, HARUKA]) {
    const found = await findOverseasPerson(house.context, forCards, code);
    assert.deepEqual(mustSucceed(found, code), { residentCode, ...mover });
    const atPrefecture = await findOverseasPersonAtPrefecture(house.context, '14', forCards, code);
    assert.deepEqual(mustSucceed(atPrefecture, code), mover);
  }
  assert.deepEqual(await heldOf(house.sql, HARUKA), [], 'the old code names nobody');
  assert.deepEqual(await heldOf(house.sql, byCode), othersBefore);
  assert.deepEqual(await reasonsOf(house, 'national_change', byCode), ['initial-load']);
  await startTally(house.context, KAMAKURA, testAccess, 'run-1');
  await house.country.settle();
  const [tally] = await house.sql`
    SELECT told_entries, told_digest = held_digest AS same FROM overseas.national_tally`;
  assert.deepEqual({ ...tally }, { told_entries: 2, same: true });
  assert.deepEqual(await ticketsOf(house), []);
});

test('a second change goes on from the first, and every code before leads to the person', async (t) => {
  const house = await houseWith(t);
  const second = await change(house, HARUKA);
  const third = await change(house, second);
  await house.record(KIYOSE, { ...leave, residentCode: third });
  for (const code of [HARUKA, second, third]) {
    const found = await findOverseasPerson(house.context, forCards, code);
    assert.equal(mustSucceed(found, code).residentCode, third);
  }
  assert.deepEqual(await reasonsOf(house, 'national_change', third), [
    'initial-load',
    `code-changed ${HARUKA}`,
    `code-changed ${second}`,
    'moved-overseas',
  ]);
  assert.deepEqual(await ticketsOf(house), []);
});

test('the change waits behind a ticket of the old code, the new code behind the change; others go on', async (t) => {
  const unloaded = other(2, { domicile: DOMICILE });
  const old = unloaded['resident_code'] ?? '';
  const house = await houseWith(t, [unloaded]);
  await house.record(KIYOSE, movesWithin(unloaded));
  const residentCode = await change(house, old);
  await house.record(KIYOSE, { ...leave, residentCode });
  const link = `national>municipal/${KAMAKURA}:overseas`;
  assert.deepEqual(await ticketsOf(house), [`${link} entry-unknown`]);
  const [held] = await house.sql`SELECT count(*) AS count FROM link.held`;
  assert.equal(held?.['count'], 2);
  assert.deepEqual(await heldOf(house.sql, residentCode), []);
  assert.equal((await heldOf(house.sql, await change(house, HARUKA))).length, 3, 'another person');
  const entered = await recordEntryAct(house.context, KAMAKURA, testAccess, {
    act: 'enter',
    residentCode: old,
    eventDate: '2026-11-01',
    familyRegister: DOMICILE,
    familyRegisterHead: '石川　太郎',
    name: '石川　遥',
    birthDate: '1980-02-17',
    sex: 2,
    address: '東京都清瀬市元町一丁目4番5号',
    addressFixedOn: '2001-04-01',
  });
  mustSucceed(entered, 'the entry');
  const [ticket] = await openTickets(house.country.database.pool('link'), 1);
  mustSucceed(await house.country.receivers.retryTicket(ticket?.id ?? 0), 'tried again');
  await house.country.settle();
  assert.deepEqual(await ticketsOf(house), []);
  for (const table of ['municipal_change', 'prefectural_change', 'national_change'])
    assert.deepEqual(
      await reasonsOf(house, table, residentCode),
      ['entered', 'address-changed', `code-changed ${old}`, 'moved-overseas'],
      table,
    );
});

test('a domicile that takes no part is told on paper, with the code before; at home no relay is told', async (t) => {
  const osaka = other(2, { domicile: '大阪府大阪市北区梅田一丁目1番' });
  const home = '東京都清瀬市元町一丁目1番';
  const local = other(3, { domicile: home });
  const [old = '', localCode = ''] = [osaka, local].map((resident) => resident['resident_code']);
  const house = await houseWith(t, [osaka, local]);
  const file = entryFile([{ resident_code: localCode, family_register: home }]);
  mustSucceed((await loadFile(t, house, KIYOSE, bytesOf(file))).outcome, 'the entry at home');
  await house.country.settle();
  const residentCode = await change(house, old);
  const taken = await takePaperNotices(house.context, KIYOSE, testAccess, 10);
  assert.deepEqual(
    taken.map(({ domicile, notice }) => ({
      domicile,
      kind: notice.kind,
      residentCode: notice.residentCode,
      formerCode: notice.kind === 'code-changed' ? notice.formerCode : undefined,
    })),
    [{ domicile: '271004', kind: 'code-changed', residentCode, formerCode: old }],
  );
  assert.equal((await heldOf(house.sql, await change(house, localCode))).length, 3);
  const [relayed] =
    await house.sql`SELECT count(*) AS count FROM ledger.entry WHERE affair = 'entry-notice-relay'`;
  assert.equal(relayed?.['count'], 0);
  assert.deepEqual(await ticketsOf(house), []);
});

test('on every leg the change is behind what stands still under the old code, and comes when that is decided', async (t) => {
  const legs = [
    [`municipal/${KIYOSE}>municipal/${KIYOSE}:overseas`, 'resident-record-changed'],
    [`municipal/${KIYOSE}>national:overseas`, 'entry-notice-to-relay'],
    [`municipal/${KAMAKURA}>prefectural/14:overseas`, 'overseas-identity-changed'],
    ['prefectural/14>national:overseas', 'overseas-identity-changed'],
  ] as const;
  const house = await houseWith(t);
  let code = HARUKA;
  for (const [link, topic] of legs) {
    await sayRaw(house, [{ link, subject: code, topic, body: 'poison' }]);
    const next = await change(house, code);
    assert.equal((await ticketsOf(house)).length, 1, `${link}: one ticket, the change waits`);
    assert.equal((await reasonsOf(house, 'national_change', next)).length, 0, link);
    const [ticket] = await openTickets(house.country.database.pool('link'), 1);
    mustSucceed(await house.country.receivers.dropTicket(ticket?.id ?? 0, 'poison'), 'dropped');
    await house.country.settle();
    assert.equal((await heldOf(house.sql, next)).length, 3, `${link}: at all tiers`);
    assert.deepEqual(await heldOf(house.sql, code), [], link);
    code = next;
  }
  assert.deepEqual(await ticketsOf(house), []);
});
