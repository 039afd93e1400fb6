import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database, inTransaction, type Sql, startCluster, type Tx } from '@ishizue/db';
import { ledgerSchema } from '../src/ledger-schema.ts';

const home = mkdtempSync(path.join(tmpdir(), 'ledger-bench-'));
const cluster = await startCluster({
  home,
  settings: { shared_buffers: '512MB', fsync: process.env.FSYNC ?? 'on' },
});
try {
  const db = new Database({
    server: cluster.address,
    name: 'bench',
    owners: [ledgerSchema],
    roleSecret: 'x',
  });
  await db.prepare();
  const su = db.superuser();
  await su.unsafe(`CREATE TABLE ledger.plain (site text COLLATE "C" NOT NULL, tx xid8 NOT NULL DEFAULT pg_current_xact_id(), id bigint GENERATED ALWAYS AS IDENTITY (CACHE 32), era int not null default 1, at timestamptz NOT NULL, a text, b text, c text, d text, e text, subject bytea, fields text[], f text, g text, salt bytea, PRIMARY KEY (site,era,tx,id));
  CREATE INDEX ON ledger.plain(site,subject,era,tx,id); GRANT ALL ON ledger.plain TO ishizue_ledger; GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO ishizue_ledger`);
  await su.unsafe(
    `CREATE TABLE ledger.bare (LIKE ledger.entry INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES); GRANT ALL ON ledger.bare TO ishizue_ledger;GRANT USAGE ON ALL SEQUENCES IN SCHEMA ledger TO ishizue_ledger`,
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
  type E = ReturnType<typeof entry>;
  const salt = randomBytes(16);
  const json = (es: E[]) =>
    JSON.stringify(
      es.map((e) => ({
        site: e.site,
        at: new Date(e.at).toISOString(),
        actor_kind: e.actorKind,
        actor: e.actor,
        terminal: e.terminal,
        article: e.article,
        affair: e.affair,
        subject: '\\x' + e.subject.toString('hex'),
        fields: e.fields,
        result: e.result,
        correlation: e.correlation,
      })),
    );
  const cols = 'site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation';
  const lit = (f: readonly string[]) =>
    `{${f.map((x) => `"${x.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
  const viaUnnest = (table: string) => (tx: Tx, es: E[]) =>
    tx.unsafe(
      `INSERT INTO ledger.${table} (${cols}) SELECT a, to_timestamp(b), c, d, e, f, g, decode(h,'hex'), i::text[], j, k FROM unnest($1::text[], $2::float8[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[]) AS t(a,b,c,d,e,f,g,h,i,j,k)`,
      [
        es.map((e) => e.site),
        es.map((e) => e.at / 1000),
        es.map((e) => e.actorKind),
        es.map((e) => e.actor),
        es.map((e) => e.terminal),
        es.map((e) => e.article),
        es.map((e) => e.affair),
        es.map((e) => e.subject.toString('hex')),
        es.map((e) => lit(e.fields)),
        es.map((e) => e.result),
        es.map((e) => e.correlation),
      ] as never,
      { prepare: true },
    );
  const viaJson = (kind: string, table: string) => (tx: Tx, es: E[]) =>
    tx.unsafe(
      `INSERT INTO ledger.${table} (${cols}) SELECT ${cols} FROM ${kind}_to_recordset($1::text::${kind}) AS t(site text, at timestamptz, actor_kind text, actor text, terminal text, article text, affair text, subject bytea, fields text[], result text, correlation text)`,
      [json(es)],
      { prepare: true },
    );
  const viaValues = (table: string) => async (tx: Tx, es: E[]) => {
    const params: unknown[] = [];
    const rows = es.map((e) => {
      const at = params.length;
      params.push(
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
      );
      return `(${Array.from({ length: 11 }, (_, i) => `$${at + i + 1}`).join(',')})`;
    });
    await tx.unsafe(`INSERT INTO ledger.${table} (${cols}) VALUES ${rows.join(',')}`, params as never, {
      prepare: true,
    });
  };
  const plain = async (tx: Tx, es: E[]) => {
    const params: unknown[] = [];
    const rows = es.map((e) => {
      const at = params.length;
      params.push(
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
        salt,
      );
      return `(${Array.from({ length: 12 }, (_, i) => `$${at + i + 1}`).join(',')})`;
    });
    await tx.unsafe(
      `INSERT INTO ledger.plain (site, at, a, b, c, d, e, subject, fields, f, g, salt) VALUES ${rows.join(',')}`,
      params as never,
      { prepare: true },
    );
  };
  const methods: Record<string, (tx: Tx, es: E[]) => Promise<unknown>> = {
    plain,
    values: viaValues('entry'),
    'values-bare': viaValues('bare'),
    unnest: viaUnnest('entry'),
    'unnest-bare': viaUnnest('bare'),
    json: viaJson('json', 'entry'),
    jsonb: viaJson('jsonb', 'entry'),
    'json-bare': viaJson('json', 'bare'),
  };
  for (const batch of [1, 100, 1000]) {
    for (let round = 0; round < 2; round++)
      for (const [name, method] of Object.entries(methods)) {
        const count = batch === 1 ? 1500 : batch === 100 ? 100 : 12;
        const batches = Array.from({ length: count }, () => Array.from({ length: batch }, entry));
        // in one transaction: the cost of the statement, not of the commit
        await inTransaction(sql, {}, async (tx) => {
          await method(tx, batches[0]!);
          const start = performance.now();
          for (const es of batches) await method(tx, es);
          const ms = performance.now() - start;
          if (round)
            console.log(
              `${batch}\t${name}\t${Math.round(((count * batch) / ms) * 1000)}/s\t${((ms / count / batch) * 1000).toFixed(1)}us/row`,
            );
        });
      }
  }
  await su.end();
  await db.close();
} finally {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
}
