/** Notices of art. 19 over real links, and what becomes of the entry at all tiers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import {
  atAllTiers,
  HARUKA,
  heldOf,
  houseWith,
  leave,
  moveIn,
  moveWithin,
  ticketsOf,
} from '../house-for-test.ts';

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
    WHERE affair IN ('entry-notice', 'entry-notice-relay', 'supplementary-register')
      OR affair = 'overseas-identity-notice' AND 'address-changed' = ANY (fields)`;
  assert.deepEqual(entries.map(({ entry }) => entry).sort(), [
    'municipal/132217 entry-notice notified',
    'municipal/142042 supplementary-register ok',
    'national entry-notice-relay relayed',
    'national overseas-identity-notice ok',
    'prefectural/14 overseas-identity-notice ok',
  ]);
  assert.deepEqual(await ticketsOf(house), []);
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
  const slow = `municipal/${KIYOSE}>national:overseas`;
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
