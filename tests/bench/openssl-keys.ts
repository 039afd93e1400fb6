/** How many RSA-2048 keys OpenSSL itself makes on this machine, each by a process of its own, as many at once as there are cores. */
import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { inParallel, rate } from './measure.ts';

export const KEYS_LIMIT_NAME = `openssl genrsa 2048, ${availableParallelism()} at once`;

/** Keys a second, of so many keys. */
export const opensslKeys = (count: number): Promise<number> =>
  rate(count, () =>
    inParallel(count, availableParallelism(), () =>
      promisify(execFile)('openssl', ['genrsa', '-out', '/dev/null', '2048'], { timeout: 60_000 }),
    ),
  );
