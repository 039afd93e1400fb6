/** The register's support measures at the kiosk, besides the municipality's own stops. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grantSupport, KIYOSE } from '@ishizue/registry/testing';
import { askAndRoute, kioskCountry, stateOf, WISH } from './kiosk-for-tests.ts';
import { liftStop, setStop } from './municipal/stops.ts';

/** A child in the same household. */
const bornOn = (date: string): Readonly<Record<string, string>> => ({
  resident_number: '2',
  name: '石川　光',
  relationship: '子',
  birth_date: date,
  became_resident_on: date,
  address_fixed_on: date,
});

test('nothing is issued of a person whom the register has under a support measure, until it has run out', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ resident_number: '1', name: '石川　遥' }, bornOn('2006-05-05')]);
  const [mother, son] = [await residentCode('石川　遥'), await residentCode('石川　光')];
  await grantSupport(country, KIYOSE, son);
  const asks = async () => {
    const wishes = [WISH, { ...WISH, extent: 'household' as const }];
    const routed = [await askAndRoute(context, son)];
    for (const wish of wishes) routed.push(await askAndRoute(context, mother, wish));
    await country.settle();
    return Promise.all(routed.map(({ requestId }) => stateOf(context, requestId)));
  };
  assert.deepEqual(await asks(), ['refused: issue-stopped', 'rendered', 'refused: issue-stopped']);
  // both are enough, and the one does not lift the other
  await setStop(context, KIYOSE, 'o-1', son, 'own-wish');
  await liftStop(context, KIYOSE, son);
  assert.deepEqual((await asks())[0], 'refused: issue-stopped');
  country.clock.advance(366 * 86_400_000);
  assert.deepEqual(await asks(), ['rendered', 'rendered', 'rendered']);
});

test('a paper that names the head with the relationship is refused where the head is under a measure', async (t) => {
  const { country, context, load, codeOf: residentCode } = await kioskCountry(t);
  await load(KIYOSE, [{ resident_number: '1', name: '石川　遥' }, bornOn('2006-05-05')]);
  const [head, son] = [await residentCode('石川　遥'), await residentCode('石川　光')];
  await grantSupport(country, KIYOSE, head);
  const alone = await askAndRoute(context, son);
  const naming = await askAndRoute(context, son, { ...WISH, withRelationship: true });
  await country.settle();
  assert.equal(await stateOf(context, alone.requestId), 'rendered');
  assert.equal(await stateOf(context, naming.requestId), 'refused: issue-stopped');
});
