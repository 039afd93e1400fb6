/**
 * `ocsp-cached`: OCSP answers a second to questions without a nonce that come again: signed once a minute, and before each use
 * the database is asked whether anything was revoked meanwhile. The limit is the same HTTP server under the same load,
 * answering a constant of the same size.
 */
import type { Benchmark } from './benchmark.ts';
import { alternate } from './measure.ts';
import { withOcsp } from './ocsp-bench.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;

export const benchmark: Benchmark = (place) =>
  withOcsp(place, 'rsa', async ({ bench, ask, askConstant, sizes }) => {
    await ask({ hasNonces: false }); // the constant is as long as an answer, and both are warm
    place.say(`${ROUNDS} rounds`);
    let last = '';
    let lastLimit = '';
    const { value, limit, rounds } = await alternate(
      ROUNDS,
      async () => {
        const { rate, cpu, cpuOfAnswer_s } = await ask({ hasNonces: false });
        last = `${cpu}, ${Math.round(cpuOfAnswer_s * 1e6)} µs an answer`;
        return rate;
      },
      async () => {
        const constant = await askConstant();
        lastLimit = `${constant.cpu}, ${Math.round(constant.cpuOfAnswer_s * 1e6)} µs an answer`;
        return constant.rate;
      },
    );
    return [
      {
        bench: 'ocsp-cached',
        value,
        unit: '1/s',
        limit,
        limitName: 'the same server answering a constant of the same size',
        peakMiB: peakMiB(),
        note: `POST without nonce over HTTP, ${sizes}; server, PostgreSQL and load share the cores; ${rounds}; last round ${last}; of the constant ${lastLimit}`,
        postgresql: bench.postgresql,
      },
    ];
  });
