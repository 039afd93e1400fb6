import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { ManualClock } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { accessesOf } from './accesses.ts';
import { audit } from './audit.ts';
import { recordAlike } from './record-alike.ts';
import {
  entryOf,
  OWNERS,
  pseudonyms,
  record,
  SITE,
  sealed,
  TestSigner,
  tamperer,
} from './testing/test-ledger.ts';
import { leafHash } from './tree/hashes.ts';
import { verifyInclusion } from './tree/verify-proofs.ts';

test('entries of before joint entries are read, sealed, proved and audited beside them', async (t) => {
  const [current, ...others] = OWNERS;
  assert.ok(current);
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-ledger-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['0001-ledger.sql', '0002-entries-of-the-site.sql'])
    copyFileSync(new URL(name, current.migrations), path.join(folder, name));
  const before = { ...current, migrations: pathToFileURL(`${folder}/`) };
  const database = await testDatabase(t, [before, ...others]);
  await record(database, ...Array.from({ length: 300 }, (_, nth) => entryOf(`person ${nth}`)));

  const superuser = tamperer(database, t);
  const migrate = (name: string) =>
    superuser.begin(async (tx) => {
      await tx.unsafe('SET LOCAL ROLE ishizue_ledger_owner; SET LOCAL search_path = ledger, pg_catalog');
      await tx.unsafe(readFileSync(new URL(name, current.migrations), 'utf8'));
    });
  await migrate('0003-joint-entries.sql');
  const { subject: _subject, result, correlation, ...common } = entryOf('anybody');
  const own = Array.from({ length: 300 }, (_, nth) => ({
    subject: pseudonyms.of(SITE, `person ${nth}`),
    result,
    correlation,
  }));
  await inTransaction(database.pool('counter'), { site: SITE }, (tx) => recordAlike(tx, common, own));
  // these are led to by rows of their own, which the next migration replaces by an index
  await migrate('0004-joint-entries-by-index.sql');
  const sql = database.pool('ledger');
  const signer = new TestSigner();
  await sealed(sql, signer, new ManualClock('2026-11-22T00:00:00Z'));
  assert.deepEqual(await audit(sql, SITE, [signer.keyOf(SITE)]), {
    ok: true,
    value: { size: 302, checkpoints: 1 },
  });
  const { accesses, checkpoint } = await accessesOf(sql, SITE, pseudonyms.of(SITE, 'person 9'), {
    limit: 10,
  });
  assert.deepEqual(
    accesses.map((access) => access.joint !== undefined),
    [true, false],
  );
  for (const access of accesses) {
    assert.ok(access.sealed && checkpoint);
    const { index, proof, leaf } = access;
    const { size, root } = checkpoint;
    assert.ok(verifyInclusion({ leafHash: leafHash(leaf), index, size, proof, root }).ok);
  }
});
