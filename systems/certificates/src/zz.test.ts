import { test } from 'node:test';
import { openTickets } from '@ishizue/link';
import { KIYOSE } from '@ishizue/registry/testing';
import { askAndRoute, kioskCountry } from './kiosk-for-tests.ts';

test('x', { timeout: 30000 }, async (t) => {
  const { country, context, load, codeOf } = await kioskCountry(t, {
    plant: (topics) =>
      Object.fromEntries(
        Object.entries(topics).map(([k, h]) => [
          k,
          async (tx, l, m) => {
            try {
              return await h(tx, l, m);
            } catch (e) {
              console.log(k, e);
              throw e;
            }
          },
        ]),
      ),
  });
  await load(KIYOSE, [{ name: '石川　遥' }]);
  await askAndRoute(context, await codeOf('石川　遥'));
  await country.settle();
  console.log(await openTickets(country.database.pool('link'), 10));
});
