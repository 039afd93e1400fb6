/**
 * `ocsp-signed`: OCSP answers a second over HTTP, each looked up in the database and signed for its nonce: the server as it is
 * started, the signer in its own process, the load in a third one, all on the same cores. The limit is what OpenSSL signs
 * there with the same kind of key. A sample of the answers is verified as a relying party would.
 */
import type { Benchmark } from './benchmark.ts';
import { alternate } from './measure.ts';
import { withOcsp } from './ocsp-bench.ts';
import {
  cpuRatio,
  opensslLimitName,
  opensslSignatureCpu_s,
  opensslSignatures,
  type SpeedKey,
} from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const OPENSSL_SECONDS = 3;

/** The benchmark of the name, for responders with one kind of key. */
export const benchmarkOf =
  (name: string, speedKey: SpeedKey, responderKey: string): Benchmark =>
  (place) =>
    withOcsp(place, { ISHIZUE_OCSP_KEY: responderKey }, async ({ bench, ask, sizes }) => {
      place.say(`${ROUNDS} rounds`);
      let last = '';
      const signature_s = await opensslSignatureCpu_s(OPENSSL_SECONDS, speedKey);
      const { value, limit, rounds } = await alternate(
        ROUNDS,
        async () => {
          const { rate, cpu, cpuOfAnswer_s, loadShare } = await ask(true);
          last = `${cpu}; ${cpuRatio('an answer', cpuOfAnswer_s, signature_s)}; the load took ${Math.round(loadShare * 100)} % of the cores`;
          return rate;
        },
        () => opensslSignatures(OPENSSL_SECONDS, speedKey),
      );
      return [
        {
          bench: name,
          value,
          unit: '1/s',
          limit,
          limitName: opensslLimitName(speedKey),
          peakMiB: peakMiB(),
          note: `POST with nonce over HTTP, ${sizes}; server, signer, PostgreSQL and load share the cores; ${rounds}; last round ${last}`,
          postgresql: bench.postgresql,
        },
      ];
    });

export const benchmark = benchmarkOf('ocsp-signed', 'rsa2048', 'rsa-2048');
