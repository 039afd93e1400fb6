/**
 * `issue`: holders' certificates from the card's request to the stored certificate, as the counters of a country order them:
 * registry, database, ledger and the signer process with its lints. The limit is what OpenSSL signs on the same cores. A
 * first round is not counted: programs, plans and caches are then as they are on every day but the first.
 */

import { issueCertificate } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { withCountry } from './bench-country.ts';
import type { Benchmark } from './benchmark.ts';
import { enrolHolders, type HolderKey, ISSUE_ACCESS, MUNICIPALITY, ordersFor } from './card-orders.ts';
import { alternate, inParallel, rate } from './measure.ts';
import {
  cpuRatio,
  opensslLimitName,
  opensslSignatureCpu_s,
  opensslSignatures,
  type SpeedKey,
} from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const CERTIFICATES_IN_ROUND = 5_000;
/** 1,741 municipalities have more; with fewer the groups are smaller and each certificate dearer. */
const CLERKS = 512;
const OPENSSL_SECONDS = 3;

/** The benchmark of the name, for authorities and holders with one kind of key. */
export const benchmarkOf =
  (name: string, speedKey: SpeedKey, holderKey: HolderKey): Benchmark =>
  (place) =>
    withCountry(
      place,
      [MUNICIPALITY],
      async (bench) => {
        const holders = await enrolHolders(place, bench, ((ROUNDS + 1) * CERTIFICATES_IN_ROUND) / 2);
        const { jpki } = bench.country.systems;
        const orders = ordersFor(holders, bench.country.clock.now(), holderKey);
        const signature_s = await opensslSignatureCpu_s(OPENSSL_SECONDS, speedKey);
        let cpu = '';
        const issueRound = async (round: number): Promise<number> => {
          const mine = orders.slice(round * CERTIFICATES_IN_ROUND, (round + 1) * CERTIFICATES_IN_ROUND);
          const used = bench.countCpuTime();
          const measured = await rate(mine.length, () =>
            inParallel(mine.length, CLERKS, async (index) => {
              const order = mine[index];
              if (!order) throw new Error('a clerk without an order');
              mustSucceed(await issueCertificate(jpki, ISSUE_ACCESS, order), order.kind);
            }),
          );
          const { text, seconds } = used();
          cpu = `${text}; ${cpuRatio('a certificate', seconds / mine.length, signature_s)}`;
          return measured;
        };
        await issueRound(0);
        place.say(`${ROUNDS} rounds of ${CERTIFICATES_IN_ROUND} certificates`);
        const { value, limit, rounds } = await alternate(
          ROUNDS,
          (round) => issueRound(round + 1),
          () => opensslSignatures(OPENSSL_SECONDS, speedKey),
        );
        const [stored] = await bench.superuser<{ count: number }[]>`
          SELECT count(*) AS count FROM jpki.certificate WHERE signature IS NOT NULL`;
        if (stored?.count !== orders.length) throw new Error(`${stored?.count} certificates are stored`);
        return [
          {
            bench: name,
            value,
            unit: '1/s',
            limit,
            limitName: opensslLimitName(speedKey),
            peakMiB: peakMiB(),
            note: `${CERTIFICATES_IN_ROUND} certificates a round (half of each kind), ${CLERKS} clerks; ${rounds}; last round ${cpu}`,
            postgresql: bench.postgresql,
          },
        ];
      },
      {
        ISHIZUE_HOLDER_KEYS: `${KEYS_SINCE}=${holderKey}`,
        ISHIZUE_AUTHORITY_KEYS: `${KEYS_SINCE}=${holderKey}`,
      },
    );

/** Before any day on which this may run. */
const KEYS_SINCE = '2026-01-01';

export const benchmark = benchmarkOf('issue', 'rsa2048', 'rsa-2048');
