import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, createHttpServer, createLog } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { registerAgency, setAgencyStatus } from '../provision/agencies.ts';
import { transactionsEnded } from '../provision/provision-for-tests.ts';
import { ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import { testAccess, testCountry } from '../testing/index.ts';
import { plantChanges } from './movement-for-tests.ts';
import { movementRoutes, movementStatuses } from './movement-routes.ts';

const STATISTICS = 'agency/statistics-bureau';
const BANKS = 'agency/banks';

test('the agency that is entitled takes a month over HTTP; others are refused, on the ledger', async (t) => {
  const { context, database } = await testCountry(t);
  const sql = superuserOf(t, database);
  for (const [nth, agency] of [STATISTICS, BANKS].entries())
    mustSucceed(
      await registerAgency(context, testAccess, {
        agency,
        name: agency,
        rows: ['1-2'],
        keyId: agency,
        publicKey: Buffer.alloc(32, nth + 1),
      }),
      agency,
    );
  await plantChanges(sql, [
    {
      residentCode: '24727059608',
      municipality: '132217',
      sequence: 1,
      reason: 'death',
      eventDate: '2026-10-30',
      recordedAt: new Date('2026-10-31T14:59:59Z'),
      birthDate: '1912-03-04',
      sex: 2,
      undoes: null,
    },
  ]);
  await transactionsEnded(sql);
  const server = createHttpServer({
    name: 'Test',
    version: '1.0.0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    authenticate: ({ headers }) => {
      const site = String(headers['x-site'] ?? '');
      const actor: Actor = site === '' ? { kind: 'anonymous' } : { kind: 'site', site, keyId: 'k' };
      return ok({ actor });
    },
  });
  server.mount({
    prefix: '/national',
    site: 'national',
    routes: movementRoutes(context),
    statuses: movementStatuses,
  });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const get = async (site: string, month: string): Promise<readonly [number, string]> => {
    const headers = site === '' ? {} : { 'x-site': site };
    const response = await fetch(`${origin}/national/movement/${month}`, { headers });
    const text = await response.text();
    return [response.status, response.ok ? text : JSON.parse(text).code];
  };
  assert.deepEqual(await get(STATISTICS, '2026-10'), [
    200,
    'month,municipality,reason,kind,event_month,sex,age,count\r\n2026-10,132217,death,current,2026-10,female,100,1\r\n',
  ]);
  assert.equal((await get('', '2026-10'))[0], 401);
  assert.deepEqual(await get(BANKS, '2026-10'), [403, 'movement-not-permitted']);
  assert.deepEqual(await get('municipal/132217', '2026-10'), [403, 'agency-unknown']);
  assert.deepEqual(await get(STATISTICS, '2026-11'), [409, 'month-not-over']);
  assert.deepEqual(await get(STATISTICS, 'x'), [422, 'month-invalid']);
  mustSucceed(await setAgencyStatus(context, testAccess, STATISTICS, 'suspended'), 'suspended');
  assert.deepEqual(await get(STATISTICS, '2026-10'), [403, 'agency-suspended']);
  const taken = (await ledgerEntries(sql)).filter(({ fields }) => fields.includes('population-movement'));
  assert.deepEqual(
    taken.map(({ actor, result }) => `${actor} ${result}`),
    [
      `${STATISTICS} ok`,
      `${BANKS} movement-not-permitted`,
      'municipal/132217 agency-unknown',
      `${STATISTICS} month-not-over`,
      `${STATISTICS} month-invalid`,
      `${STATISTICS} agency-suspended`,
    ],
  );
});
