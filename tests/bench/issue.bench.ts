/**
 * `issue`: holders' certificates from the card's request to the stored certificate, as the counter orders them: registry,
 * database, ledger and the signer process with its lints. The limit is what OpenSSL signs on the same cores.
 */

import { issueCertificate } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { withCountry } from './bench-country.ts';
import type { Benchmark } from './benchmark.ts';
import { enrolHolders, ISSUE_ACCESS, MUNICIPALITY, ordersFor } from './card-orders.ts';
import { alternate, inParallel, rate } from './measure.ts';
import { opensslLimitName, opensslSignatures } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const CERTIFICATES_IN_ROUND = 500;
const CLERKS = 16;
const OPENSSL_SECONDS = 3;

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const holders = await enrolHolders(place, bench, (ROUNDS * CERTIFICATES_IN_ROUND) / 2);
    const { jpki } = bench.country.systems;
    const orders = ordersFor(holders, bench.country.clock.now());
    place.say(`${ROUNDS} rounds of ${CERTIFICATES_IN_ROUND} certificates`);
    let cpu = '';
    const { value, limit, rounds } = await alternate(
      ROUNDS,
      async (round) => {
        const mine = orders.slice(round * CERTIFICATES_IN_ROUND, (round + 1) * CERTIFICATES_IN_ROUND);
        const used = bench.countCpuTime();
        const measured = await rate(mine.length, () =>
          inParallel(mine.length, CLERKS, async (index) => {
            const order = mine[index];
            if (!order) throw new Error('a clerk without an order');
            mustSucceed(await issueCertificate(jpki, ISSUE_ACCESS, order), order.kind);
          }),
        );
        cpu = used();
        return measured;
      },
      () => opensslSignatures(OPENSSL_SECONDS),
    );
    const [stored] = await bench.superuser<{ count: number }[]>`
      SELECT count(*) AS count FROM jpki.certificate WHERE signature IS NOT NULL`;
    if (stored?.count !== orders.length) throw new Error(`${stored?.count} certificates are stored`);
    return [
      {
        bench: 'issue',
        value,
        unit: '1/s',
        limit,
        limitName: opensslLimitName('rsa2048'),
        peakMiB: peakMiB(),
        note: `${CERTIFICATES_IN_ROUND} certificates a round (half of each kind), ${CLERKS} clerks; ${rounds}; last round ${cpu}`,
        postgresql: bench.postgresql,
      },
    ];
  });
