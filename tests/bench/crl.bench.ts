/**
 * `crl`: entries a second of a list of revoked certificates, from the database to the signed file on the disk: read, encoded,
 * linted and hashed by the signer in its own process, written and synced. The limit is the DER of the same entries
 * encoded in memory and written to a file and synced: no database, no lint, no signature. openssl verifies the list.
 * `--residents` says how many entries; the bounds are those of a million.
 */
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { issueCertificate, publishWholeList } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { type CrlEntry, encodeCrlEntryChunks, encodePem, serialNumber } from '@ishizue/x509';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark, Figure, Workplace } from './benchmark.ts';
import { enrolHolders, ISSUE_ACCESS, MUNICIPALITY, ordersFor } from './card-orders.ts';
import { alternate, rate } from './measure.ts';
import { peakMiB, peakOfProcess, resetPeak } from './peak-memory.ts';

const ROUNDS = 3;
const SECONDS_MAX = 5;
const MEMORY_MIB_MAX = 300;
const ENTRIES_OF_THE_BOUND = 1_000_000;
const FIRST_SERIAL = 0x0100_0000;
const ENTRIES_IN_BATCH = 2_000;

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    await issueModel(place, bench);
    const entries = place.options.residents;
    place.say(`planting ${entries} revoked certificates`);
    await plant(bench, entries);
    return [await measure(place, bench, entries)];
  });

async function measure(place: Workplace, bench: BenchCountry, entries: number): Promise<Figure> {
  const { jpki } = bench.country.systems;
  place.say(`${ROUNDS} rounds of ${entries} entries`);
  const signerPid = bench.country.signerPid();
  const watched: readonly (number | 'self')[] = signerPid === undefined ? ['self'] : ['self', signerPid];
  const peaks = new Map<number | 'self', number>();
  const idle = new Map(watched.map((pid) => [pid, currentMiB(pid)]));
  let last = '';
  let slowest_s = 0;
  const { value, limit, rounds } = await alternate(
    ROUNDS,
    async () => {
      const used = bench.countCpuTime();
      for (const pid of watched) resetPeak(pid);
      const began = performance.now();
      const published = await publishWholeList(jpki, 'authentication');
      if (!published) throw new Error('no authority stands');
      const list = mustSucceed(published, 'publishing');
      if (list.entries !== entries) throw new Error(`${list.entries} entries are listed`);
      const took_s = (performance.now() - began) / 1000;
      slowest_s = Math.max(slowest_s, took_s);
      for (const pid of watched)
        peaks.set(pid, Math.max(peaks.get(pid) ?? 0, peakOfProcess(pid) ?? peakMiB()));
      last = `${took_s.toFixed(1)} s, ${used().text}`;
      return entries / took_s;
    },
    () => rate(entries, () => writePlainly(path.join(place.folder, 'plain.der'), entries)),
  );
  await verifyByOpenssl(place, bench);
  const peak = Math.max(...peaks.values());
  const told = watched.map(
    (pid) =>
      `${pid === 'self' ? 'the server, which is the whole house' : 'the signer'} ${Math.round(peaks.get(pid) ?? 0)} MiB, ${Math.round(idle.get(pid) ?? 0)} before the first`,
  );
  const took_s = entries / value;
  // what lists take is what both grow by
  const takenMiB = watched.reduce<number>(
    (sum, pid) => sum + (peaks.get(pid) ?? 0) - (idle.get(pid) ?? 0),
    0,
  );
  const isOver = takenMiB > MEMORY_MIB_MAX || (entries <= ENTRIES_OF_THE_BOUND && took_s > SECONDS_MAX);
  const { postgresql } = bench;
  return {
    bench: 'crl',
    value,
    unit: 'entries/s',
    limit,
    limitName: 'the same entries encoded and written to a file, without database, lint and signature',
    peakMiB: peak,
    note: `${entries} entries in ${took_s.toFixed(1)} s (slowest ${slowest_s.toFixed(1)}); lists take ${Math.round(takenMiB)} MiB (peaks while they were made: ${told.join('; ')}); ${rounds}; last round ${last}`,
    postgresql,
    ...(isOver && { broken: `over ${SECONDS_MAX} s or ${MEMORY_MIB_MAX} MiB` }),
  };
}

function currentMiB(pid: number | 'self'): number {
  resetPeak(pid); // to what it holds now
  return peakOfProcess(pid) ?? 0;
}

/** One real certificate, whose row the planted ones resemble. */
async function issueModel(place: Workplace, bench: BenchCountry): Promise<void> {
  const { country } = bench;
  const [order] = ordersFor(await enrolHolders(place, bench, 1), country.clock.now());
  if (!order) throw new Error('no order was made');
  mustSucceed(await issueCertificate(country.systems.jpki, ISSUE_ACCESS, order), order.kind);
}

/** Rows without the certificates' octets, which no list reads; serial numbers are spread as real ones are. */
async function plant({ superuser }: BenchCountry, entries: number): Promise<void> {
  await superuser`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs, revoked_at, reason)
    SELECT kind, ${FIRST_SERIAL}::int + n * 200, generation, point, 'planted-' || n, request_sha256, resident_code,
      'planted', issued_at, expires_at, '\\x00', issued_at,
      CASE n % 4 WHEN 0 THEN 'unspecified' WHEN 1 THEN 'superseded' ELSE 'affiliationChanged' END
    FROM (SELECT * FROM jpki.certificate WHERE kind = 'authentication' AND revoked_at IS NULL LIMIT 1) AS model,
      generate_series(0, ${entries}::int - 1) AS n`;
  // as autovacuum would: lists are read from the index alone
  await superuser`VACUUM ANALYZE jpki.certificate`;
}

async function writePlainly(file: string, entries: number): Promise<void> {
  const reasons = [undefined, 'superseded', 'affiliationChanged', 'affiliationChanged'] as const;
  const now = Math.floor(Date.now() / 1000) * 1000;
  function* batches(): Generator<CrlEntry[]> {
    for (let n = 0; n < entries; n += ENTRIES_IN_BATCH)
      yield Array.from({ length: Math.min(ENTRIES_IN_BATCH, entries - n) }, (_, index) => ({
        serial: serialNumber(FIRST_SERIAL + (n + index) * 200),
        revokedAt: now,
        reason: reasons[(n + index) % 4],
      }));
  }
  await pipeline(encodeCrlEntryChunks(batches(), 128 * 1024), createWriteStream(file));
  const written = await open(file);
  try {
    await written.sync();
  } finally {
    await written.close();
  }
}

async function verifyByOpenssl(place: Workplace, { country }: BenchCountry): Promise<void> {
  const authority = await country.systems.jpki.authorities.findCurrent('authentication');
  if (!authority) throw new Error('no authority stands');
  const ca = path.join(place.folder, 'ca.pem');
  const written = await open(ca, 'w');
  await written.writeFile(encodePem('CERTIFICATE', authority.certificate.der));
  await written.close();
  const folder = path.join(country.configuration.dataDirectory, 'revocation-lists', 'authentication-1');
  // point 0: the whole generation
  const numbers = (await readdir(folder)).map((name) => Number(/^0-(\d+)\.crl$/.exec(name)?.[1] ?? 0));
  const list = path.join(folder, `0-${Math.max(...numbers)}.crl`);
  const options = ['crl', '-inform', 'DER', '-in', list, '-CAfile', ca, '-noout'];
  const { stderr } = await promisify(execFile)('openssl', options, { timeout: 120_000 });
  if (!stderr.includes('verify OK')) throw new Error(`openssl says: ${stderr}`);
}
