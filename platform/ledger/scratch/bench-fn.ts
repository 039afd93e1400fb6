import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Database, startCluster } from '@ishizue/db';
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
  await su.unsafe(
    `CREATE TABLE ledger.sample AS SELECT 'municipal/131016'::text site, 'operator'::text actor_kind, 'op-' || substr(md5(i::text),1,8) actor, 'kiosk-131016-03'::text terminal, '住民基本台帳法 第12条'::text article, 'resident-record-copy'::text affair, uuid_send(gen_random_uuid())||uuid_send(gen_random_uuid()) subject, ARRAY['name','birth','sex','address','householder'] fields, 'ok'::text result, gen_random_uuid()::text correlation FROM generate_series(1,200000) i`,
  );
  const D = "'[0-9０-９]{10}'";
  const parts: Record<string, string> = {
    nothing: 'true',
    lengths: `octet_length(site) BETWEEN 1 AND 64 AND octet_length(actor) BETWEEN 1 AND 64 AND octet_length(terminal) <= 64 AND octet_length(article) BETWEEN 1 AND 200 AND octet_length(affair) BETWEEN 1 AND 64 AND octet_length(result) BETWEEN 1 AND 64 AND octet_length(correlation) BETWEEN 1 AND 64 AND octet_length(subject) = 32 AND cardinality(fields) <= 64`,
    arrtext: `octet_length(array_to_string(fields, ' ')) <= 2000`,
    arrcast: `octet_length(fields::text) <= 2000`,
    shapes: `affair ~ '^[a-z][a-z0-9-]*$' AND result ~ '^[a-z][a-z0-9-]*$'`,
    pos: `array_position(fields, NULL) IS NULL`,
    pipes: `octet_length(site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ')) > 0`,
    concatws: `octet_length(concat_ws(' ', site, actor, terminal, article, affair, result, correlation, array_to_string(fields, ' '))) > 0`,
    numbers: `site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ') !~ ${D}`,
    numbersC: `(site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ')) COLLATE "C" !~ ${D}`,
    ascii: `(site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ')) COLLATE "C" !~ '[0-9]{10}'`,
    dots: `(site || ' ' || actor || ' ' || terminal || ' ' || article || ' ' || affair || ' ' || result || ' ' || correlation || ' ' || array_to_string(fields, ' ')) COLLATE "C" !~ '\\d{10}'`,
    translate: `translate(site || actor || terminal || article ||  correlation, '0123456789', '~~~~~~~~~~') NOT LIKE '%~~~~~~~~~~%'`,
    replaceRegex: `article ~ '[0-9]' `,
  };
  for (let round = 0; round < 2; round++)
    for (const [name, part] of Object.entries(parts)) {
      const start = performance.now();
      await su.unsafe(`SELECT count(*) FROM ledger.sample WHERE ${part}`);
      if (round) console.log(name, ((performance.now() - start) / 200).toFixed(2), 'us');
    }
  await su.end();
  await db.close();
} finally {
  await cluster.stop();
  rmSync(home, { recursive: true, force: true });
}
