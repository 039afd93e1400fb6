import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withCountry } from './bench-country.ts';
import { loadWhole, writeRegisterFile } from './register-file.ts';
const residents = Number(process.argv[2]);
const folder = mkdtempSync('/tmp/ishizue-bench-'); chmodSync(folder, 0o755); process.env['TMPDIR'] = folder;
const place = { folder, options: { residents }, say: (s: string) => console.error(s) };
const file = path.join(folder, 'r.csv');
await writeRegisterFile(file, '131121', residents);
try {
await withCountry(place, ['131121'], async (bench) => {
  let stop = false; const counts = new Map<string, number>(); let samples = 0; let phase='import';
  const sampling = (async () => { while (!stop) {
    const rows = await bench.superuser`select usename, state, wait_event_type w, wait_event e, regexp_replace(left(query, 160), '\s+', ' ', 'g') q from pg_stat_activity where backend_type='client backend' and pid<>pg_backend_pid() and state <> 'idle'`;
    samples++;
    for (const r of rows) { const k = phase+' | '+[r['usename'], r['state'], r['w'], r['e'], r['q']].join(' | '); counts.set(k, (counts.get(k) ?? 0) + 1); }
    await sleep(15);
  } })();
  const t = performance.now();
  await loadWhole(bench.country, file, '131121', residents);
  console.log('imported', (performance.now() - t) / 1000); phase='settle';
  await bench.country.settle(3_000_000);
  console.log('settled', (performance.now() - t) / 1000);
  stop = true; await sampling;
  console.log('samples', samples);
  for (const [k, v] of [...counts].sort((a, b) => b[1] - a[1]).slice(0, 45)) console.log(v, k);
});
} finally { rmSync(folder, { recursive: true, force: true }); }
