/** `issue-p256`: as `issue`, with P-256 keys of cards and authorities: the database, not the signature, is then what binds. */
import { benchmarkOf } from './issue.bench.ts';

export const benchmark = benchmarkOf('issue-p256', 'ecdsap256', 'p-256');
