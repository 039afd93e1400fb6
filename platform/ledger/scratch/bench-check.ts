import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database, inTransaction, startCluster } from '@ishizue/db';
import { ledgerSchema } from '../src/ledger-schema.ts';

const home = mkdtempSync(path.join(tmpdir(), 'ledger-bench-'));
const cluster = await startCluster({ home, settings: { shared_buffers: '512MB', fsync: 'off' } });
try {
  const db = new Database({
    server: cluster.address,
    name: 'bench',
    owners: [ledgerSchema],
    roleSecret: 'x',
  });
  await db.prepare();
  const su = db.superuser();
  const mk = async (name: string, extra: string) =>
    su.unsafe(
      `CREATE TABLE ledger.${name} (LIKE ledger.entry INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES); ${extra}; GRANT ALL ON ledger.${name} TO ishizue_ledger;GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO ishizue_ledger`,
    );
  await mk('bare', '');
  const defs = Object.fromEntries(
    (
      await su`SELECT conname, pg_get_constraintdef(oid) d FROM pg_constraint WHERE conrelid='ledger.entry'::regclass and contype='c'`
    ).map((r) => [r.conname, r.d]),
  );
  for (const c of Object.keys(defs))
    await mk('c_' + c, `ALTER TABLE ledger.c_${c} ADD CONSTRAINT x ${defs[c]}`);
  await su.unsafe(`CREATE FUNCTION ledger.fits(site text, actor_kind text, actor text, terminal text, article text, affair text, subject bytea, fields text[], result text, correlation text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
  BEGIN
  RETURN octet_length(site) BETWEEN 1 AND 64 AND octet_length(actor) BETWEEN 1 AND 64 AND octet_length(terminal) <= 64
    AND octet_length(article) BETWEEN 1 AND 200 AND octet_length(affair) BETWEEN 1 AND 64
    AND octet_length(result) BETWEEN 1 AND 64 AND octet_length(correlation) BETWEEN 1 AND 64
    AND (subject IS NULL OR octet_length(subject) = 32) AND cardinality(fields) <= 64 AND octet_length(array_to_string(fields, ' ')) <= 2000
    AND array_position(fields, NULL) IS NULL
    AND affair ~ '^[a-z][a-z0-9-]*$' AND result ~ '^[a-z][a-z0-9-]*$'
    AND CASE actor_kind WHEN 'person' THEN actor ~ '^[0-9a-f]{64}$' WHEN 'operator' THEN true WHEN 'site' THEN true WHEN 'system' THEN true ELSE false END
    AND (site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ') !~ '[0-9０-９]{10}'
    OR (site || ' ' || article || ' ' || affair || ' ' || result || ' ' || array_to_string(fields, ' ') !~ '[0-9０-９]{10}'
      AND (actor !~ '[0-9０-９]{10}' OR actor ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
      AND (terminal !~ '[0-9０-９]{10}' OR terminal ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
      AND (correlation !~ '[0-9０-９]{10}' OR correlation ~ '^([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')));
  END $$; GRANT EXECUTE ON FUNCTION ledger.fits TO ishizue_ledger`);
  await mk(
    'fn',
    `ALTER TABLE ledger.fn ADD CONSTRAINT x CHECK (ledger.fits(site, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation))`,
  );
  const sql = db.pool('ledger');
  const entry = () => ({
    site: 'municipal/131016',
    at: Date.now(),
    actorKind: 'operator',
    actor: 'op-' + randomBytes(4).toString('hex'),
    terminal: 'kiosk-131016-03',
    article: '住民基本台帳法 第12条',
    affair: 'resident-record-copy',
    subject: randomBytes(32),
    fields: ['name', 'birth', 'sex', 'address', 'householder'],
    result: 'ok',
    correlation: randomUUID(),
  });
  const cols = 'site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation';
  for (let round = 0; round < 4; round++)
    for (const table of ['bare', 'entry', 'fn'])
      await inTransaction(sql, {}, async (tx) => {
        const one = (e: ReturnType<typeof entry>) =>
          tx.unsafe(
            `INSERT INTO ledger.${table} (${cols}) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
            [
              e.site,
              new Date(e.at),
              e.actorKind,
              e.actor,
              e.terminal,
              e.article,
              e.affair,
              e.subject,
              e.fields,
              e.result,
              e.correlation,
            ] as never,
            { prepare: true },
          );
        const es = Array.from({ length: 6000 }, entry);
        for (const e of es.slice(0, 100)) await one(e);
        const start = performance.now();
        for (const e of es) await one(e);
        const us = (performance.now() - start) / 6;
        const b0 = performance.now();
        await tx.unsafe(`INSERT INTO ledger.${table} (${cols}) SELECT ${cols} FROM ledger.bare LIMIT 40000`);
        const b = (performance.now() - b0) / 40;
        if (round) console.log(table, us.toFixed(1), 'us single;', b.toFixed(1), 'us in bulk');
      });
  await su.end();
  await db.close();
} finally {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
}
