/**
 * `ocsp-signed`: OCSP answers a second over HTTP, each looked up in the database and signed for its nonce: the server as it is
 * started, the signer in its own process, the load in a third one, all on the same cores. The limit is what OpenSSL signs
 * there with the same kind of key when it has all of them. Beside it `openssl ocsp` about the same certificates, and our
 * responder asked as that is, one question a connection. A sample of the answers is verified as a relying party would.
 */
import type { Benchmark } from './benchmark.ts';
import { alternate, median } from './measure.ts';
import { type OcspRound, withOcsp } from './ocsp-bench.ts';
import { cpuRatio, opensslLimitName, opensslSignatureCpu_s, opensslSignatures } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const OPENSSL_SECONDS = 3;

const SPEED_KEYS = { rsa: 'rsa2048', p256: 'ecdsap256' } as const;

/** The benchmark of the name, for responders with one kind of key. */
export const benchmarkOf =
  (name: string, keyType: keyof typeof SPEED_KEYS): Benchmark =>
  (place) =>
    withOcsp(place, keyType, async ({ bench, ask, askOpenssl, sizes }) => {
      const speedKey = SPEED_KEYS[keyType];
      const signature_s = await opensslSignatureCpu_s(OPENSSL_SECONDS, speedKey);
      const cpuOf = ({ cpu, cpuOfAnswer_s }: OcspRound): string =>
        `${cpu}; ${cpuRatio('an answer', cpuOfAnswer_s, signature_s)}`;
      const onTheCores = 'server, signer, PostgreSQL and load share the cores';
      place.say(`${ROUNDS} rounds`);
      const ours: OcspRound[] = [];
      const kept = await alternate(
        ROUNDS,
        async () => {
          ours.push(await ask({ hasNonces: true }));
          return ours.at(-1)?.rate ?? 0;
        },
        () => opensslSignatures(OPENSSL_SECONDS, speedKey),
      );
      const cores = 1 - median(ours.map(({ loadShare }) => loadShare));
      place.say(`${ROUNDS} rounds beside openssl ocsp`);
      const [single, openssl]: [OcspRound[], OcspRound[]] = [[], []];
      const beside = await alternate(
        ROUNDS,
        async () => {
          single.push(await ask({ hasNonces: true, keepsConnections: false }));
          return single.at(-1)?.rate ?? 0;
        },
        async () => {
          openssl.push(await askOpenssl());
          return openssl.at(-1)?.rate ?? 0;
        },
      );
      const shared = { unit: '1/s', peakMiB: peakMiB(), postgresql: bench.postgresql };
      return [
        {
          ...shared,
          bench: name,
          value: kept.value,
          limit: kept.limit,
          limitName: opensslLimitName(speedKey),
          note: `POST with nonce over HTTP, ${sizes}; ${onTheCores}; ${kept.rounds}; last round ${ours.map(cpuOf).at(-1)}; without the load's share the cores sign ${Math.round(kept.limit * cores)}/s: ${(kept.value / (kept.limit * cores)).toFixed(2)}`,
        },
        {
          ...shared,
          bench: `${name}, kept connections`,
          value: kept.value,
          limit: beside.limit,
          limitName: 'openssl ocsp, the same certificates, one question a connection',
          note: 'the rate above beside the limit below',
        },
        {
          ...shared,
          bench: `${name}, one question a connection`,
          value: beside.value,
          limit: beside.limit,
          limitName: 'openssl ocsp, the same certificates, one question a connection',
          note: `the same load on both; openssl ocsp has a process a core, reads its list from memory and ends each connection; ${beside.rounds}; last round ${single.map(cpuOf).at(-1)}; of openssl ${openssl.map(cpuOf).at(-1)}`,
        },
      ];
    });

export const benchmark = benchmarkOf('ocsp-signed', 'rsa');
