import { mkdtempSync, chmodSync, rmSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { withCountry } from './bench-country.ts';
import { loadWhole, writeRegisterFile } from './register-file.ts';
const residents = Number(process.argv[2]);
const folder = mkdtempSync('/tmp/ishizue-bench-'); chmodSync(folder, 0o755); process.env['TMPDIR'] = folder;
const place = { folder, options: { residents }, say: (s: string) => console.error(s) };
const file = path.join(folder, 'r.csv');
await writeRegisterFile(file, '131121', residents);
try {
await withCountry(place, ['131121'], async (b) => {
  await b.superuser.unsafe(`ALTER SYSTEM SET shared_preload_libraries='pg_stat_statements','auto_explain'`);
  for (const s of [`auto_explain.log_min_duration=${process.argv[3] ?? 100}`, `auto_explain.log_analyze=on`, `auto_explain.log_timing=off`, `auto_explain.log_nested_statements=on`, `auto_explain.log_buffers=on`,`pg_stat_statements.track='all'`]) await b.superuser.unsafe(`ALTER SYSTEM SET ${s}`);
  await b.superuser.unsafe('DROP SCHEMA bench');
});
await withCountry(place, ['131121'], async (b) => {
  await b.superuser.unsafe('CREATE EXTENSION pg_stat_statements');
  let last = 0;
  const t = performance.now();
  await loadWhole(b.country, file, '131121', residents);
  console.log('imported', (performance.now() - t) / 1000);
  const show = async (title: string) => { console.log('====', title); 
    for (const r of await b.superuser`select calls, round(total_exec_time::numeric/1000,2) s, round(mean_exec_time::numeric,2) ms, round(max_exec_time::numeric,1) maxms, rows, toplevel, shared_blks_hit+shared_blks_read+local_blks_hit+local_blks_read blks, regexp_replace(left(query,150),'\\s+',' ','g') q from pg_stat_statements order by total_exec_time desc limit 28`) console.log([r['s']+'s', r['calls']+'x', r['ms']+'ms', 'max '+r['maxms'], r['rows']+' rows', r['blks']+' blks', r['toplevel']?'':'nested', r['q']].join(' '));
    for (const r of await b.superuser`select relname, n_live_tup, n_dead_tup, autovacuum_count av, autoanalyze_count aa, pg_size_pretty(pg_total_relation_size(relid)) size from pg_stat_user_tables where n_tup_ins>0 order by pg_total_relation_size(relid) desc limit 12`) console.log(JSON.stringify(r));
  };
  await show('import'); await b.superuser`select pg_stat_statements_reset()`;
  await b.country.settle(3_000_000);
  console.log('settled', (performance.now() - t) / 1000);
  await show('settle');
  await b.superuser.unsafe('DROP SCHEMA bench');
});
const log = readFileSync(path.join(folder, 'country/postgres/postgres.log'), 'utf8');
(await import('node:fs')).writeFileSync('/tmp/benchprof/pg.log', log);
} finally { rmSync(folder, { recursive: true, force: true }); }
