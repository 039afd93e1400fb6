/**
 * The registry's role serves all sites of a process; what a transaction may say is bound to the one that it works for:
 * no message and no ledger entry in another site's name (platform/link and platform/ledger keep the fences).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Scope } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { NATIONAL_SITE } from './registry-context.ts';
import { superuserOf } from './testing/behind-the-scenes.ts';
import { testAccess, testCountry } from './testing/index.ts';

const KIYOSE = 'municipal/132217';
const KAMAKURA = 'municipal/142042';
const denied = '42501';

test('a municipality’s transaction sends no message and writes no entry for another site', async (t) => {
  const country = await testCountry(t);
  const { sql } = country.context;
  const send = (scope: Scope, links: readonly string[]): Promise<void> =>
    inTransaction(sql, scope, (tx) =>
      sendAll(
        tx,
        links.map((link) => ({ link, subject: 'somebody', topic: 'identity-changed', body: {} })),
      ),
    );
  const record = (scope: Scope, sites: readonly string[]): Promise<void> =>
    inTransaction(sql, scope, (tx) => recordEntries(tx, sites.map(entryAt)));
  const own = `${KIYOSE}>prefectural/13:registry`;
  const others = [`${KAMAKURA}>prefectural/14:registry`, `${NATIONAL_SITE}>${KAMAKURA}:registry`];
  const refused = { code: denied, message: /^link-sender-not-scope/ };
  for (const other of others) {
    await assert.rejects(send({ site: KIYOSE }, [other]), refused, other);
    await assert.rejects(send({ site: KIYOSE }, [own, other]), refused, other);
  }
  await assert.rejects(send({}, [own]), refused);
  await assert.rejects(record({ site: KIYOSE }, [KAMAKURA]), { code: denied });
  await assert.rejects(record({ site: KIYOSE }, [KIYOSE, NATIONAL_SITE]), { code: denied });
  await assert.rejects(record({}, [KIYOSE]), { code: denied });
  const left = await superuserOf(
    t,
    country.database,
  )`SELECT FROM link.outbox UNION ALL SELECT FROM ledger.entry`;
  assert.equal(left.count, 0);
});

const entryAt = (site: string): LedgerEntry => ({
  site,
  at: Date.parse('2026-11-22T01:02:03Z'),
  ...testAccess,
  subject: null,
  fields: ['name'],
  result: 'ok',
});
