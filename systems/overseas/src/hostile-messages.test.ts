/** What a hostile or mistaken site may send: each sentence is parked with its code, and changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { type AddressedMessage, sendAll } from '@ishizue/link';
import { KAMAKURA, KIYOSE } from '@ishizue/registry/testing';
import {
  atAllTiers,
  DOMICILE,
  HARUKA,
  heldOf,
  houseWith,
  movesWithin,
  other,
  ticketsOf,
} from './house-for-test.ts';

test('another person’s code, a sender that is not the residence, and hostile bodies change nothing', async (t) => {
  const namesake = other(2, { domicile: DOMICILE, name: '鈴木　花子' });
  const house = await houseWith(t, [namesake], [{ resident_code: namesake['resident_code'] ?? '' }]);
  await house.record(KIYOSE, movesWithin(namesake));
  const link = `municipal/${KIYOSE}>national:overseas`;
  const down = `national>municipal/${KAMAKURA}:overseas`;
  assert.deepEqual(await ticketsOf(house), [`${down} person-differs`]);
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
  const relay = 'entry-notice-to-relay';
  const hostile: readonly (readonly [string, Omit<AddressedMessage, 'subject'>])[] = [
    ['notice-body-invalid', { link, topic: relay, body: { ...notice, individualNumber: '123456789018' } }],
    ['notice-body-invalid', { link, topic: relay, body: { ...notice, name: '123456789018' } }],
    ['notice-body-invalid', { link, topic: relay, body: 'x' }],
    ['residence-not-of-site', { link, topic: relay, body: { ...notice, residence: KAMAKURA } }],
    ['domicile-unresolved', { link, topic: relay, body: { ...notice, domicile: '東京都田無市本町' } }],
    ['domicile-not-linked', { link, topic: relay, body: { ...notice, domicile: '大阪府大阪市北区梅田' } }],
    [
      'notice-body-invalid',
      { link: down, topic: 'entry-notice', body: { ...notice, individualNumber: '123456789018' } },
    ],
    ['notice-body-invalid', { link: down, topic: 'entry-notice', body: 'x' }],
    ['residence-not-of-site', { link: own, topic: 'entry-notice', body: { ...notice, residence: KAMAKURA } }],
    [
      'domicile-elsewhere',
      { link: down, topic: 'entry-notice', body: { ...notice, domicile: '東京都清瀬市元町' } },
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
