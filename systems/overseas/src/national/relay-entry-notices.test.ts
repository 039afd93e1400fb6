import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { openTickets, sendAll } from '@ishizue/link';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { mustSucceed } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  atAllTiers,
  DOMICILE,
  HARUKA,
  type House,
  heldOf,
  houseWith,
  leave,
  movesWithin,
  other,
  ticketsOf,
} from '../house-for-test.ts';
import { recordEntryAct } from '../municipal/record-entry-act.ts';
import { overseasLinks } from '../overseas-links.ts';

test('a country of n municipalities needs four links each and one a prefecture, not n²', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  const codes = directory.municipalities.map(({ code }) => code);
  assert.ok(codes.length > 1_700);
  assert.equal(overseasLinks(directory, codes).length, 4 * codes.length + 47);
});

const openTicket = async ({ country }: House): Promise<number> => {
  const [ticket] = await openTickets(country.database.pool('link'), 1);
  assert.ok(ticket);
  return ticket.id;
};

const heldNow = async ({ sql }: House): Promise<unknown> =>
  (await sql`SELECT count(*) AS count FROM link.held`)[0]?.['count'];

const outboxNow = async ({ sql }: House): Promise<unknown> =>
  (await sql`SELECT count(*) AS count FROM link.outbox`)[0]?.['count'];

test('what the relay cannot pass on waits there, the person’s next notice behind it; the relay keeps no text', async (t) => {
  const house = await houseWith(t);
  const notice = {
    kind: 'overseas',
    residentCode: HARUKA,
    residence: KIYOSE,
    sequence: 2,
    eventDate: '2026-11-01',
    since: '2026-11-01',
    name: '石川　遥',
    birthDate: '1980-02-17',
    sex: 2,
    domicile: DOMICILE,
    familyRegisterHead: null,
  };
  const link = `municipal/${KIYOSE}>national:overseas`;
  const told = [{ ...notice, domicile: '東京都田無市本町' }, notice];
  await inTransaction(house.context.sql, { site: `municipal/${KIYOSE}` }, (tx) =>
    sendAll(
      tx,
      told.map((body) => ({ link, subject: HARUKA, topic: 'entry-notice-to-relay', body })),
    ),
  );
  house.country.wake();
  await house.country.settle();
  assert.deepEqual(await ticketsOf(house), [`${link} domicile-unresolved`]);
  assert.equal(await heldNow(house), 1);
  const address = '東京都清瀬市元町一丁目4番5号';
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address, overseas: false }),
  );
  mustSucceed(await house.country.receivers.dropTicket(await openTicket(house), 'told anew'), 'dropped');
  await house.country.settle();
  assert.deepEqual(
    await heldOf(house.sql, HARUKA),
    atAllTiers({ state: 'current', address: null, overseas: true }),
  );
  assert.equal(await outboxNow(house), 0);
});

test('what the domicile refuses waits there with all that follows, and arrives in order when it can', async (t) => {
  const unloaded = other(2, { domicile: DOMICILE });
  const house = await houseWith(t, [unloaded]);
  const residentCode = unloaded['resident_code'] ?? '';
  await house.record(KIYOSE, movesWithin(unloaded));
  await house.record(KIYOSE, { ...leave, residentCode });
  assert.deepEqual(await ticketsOf(house), [`national>municipal/${KAMAKURA}:overseas entry-unknown`]);
  assert.equal(await heldNow(house), 1);
  const entered = await recordEntryAct(house.context, KAMAKURA, testAccess, {
    act: 'enter',
    residentCode,
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
  mustSucceed(await house.country.receivers.retryTicket(await openTicket(house)), 'tried again');
  await house.country.settle();
  assert.deepEqual(await ticketsOf(house), []);
  const history = await house.sql`
    SELECT reason FROM overseas.municipal_change WHERE resident_code = ${residentCode} ORDER BY sequence`;
  assert.deepEqual(
    history.map((row) => row['reason']),
    ['entered', 'address-changed', 'moved-overseas'],
  );
  assert.deepEqual(
    await heldOf(house.sql, residentCode),
    atAllTiers({ state: 'current', address: null, overseas: true }),
  );
  assert.equal(await outboxNow(house), 0);
});
