/** The benchmarks by name, and how long each may take before it is ended. */
import type { Benchmark } from './benchmark.ts';

interface Listed {
  readonly minutes_max: number;
  readonly load: () => Promise<{ readonly benchmark: Benchmark }>;
}

export const benchmarks: ReadonlyMap<string, Listed> = new Map([
  ['import', { minutes_max: 60, load: () => import('./import.bench.ts') }],
  ['event', { minutes_max: 60, load: () => import('./event.bench.ts') }],
  ['issue', { minutes_max: 15, load: () => import('./issue.bench.ts') }],
  ['issue-p256', { minutes_max: 15, load: () => import('./issue-p256.bench.ts') }],
  ['ocsp-signed', { minutes_max: 15, load: () => import('./ocsp-signed.bench.ts') }],
  ['ocsp-signed-p256', { minutes_max: 15, load: () => import('./ocsp-signed-p256.bench.ts') }],
  ['ocsp-cached', { minutes_max: 15, load: () => import('./ocsp-cached.bench.ts') }],
  ['crl', { minutes_max: 60, load: () => import('./crl.bench.ts') }],
  ['search-strict', { minutes_max: 150, load: () => import('./search-strict.bench.ts') }],
  ['verify', { minutes_max: 15, load: () => import('./verify.bench.ts') }],
  ['provision-immediate', { minutes_max: 30, load: () => import('./provision-immediate.bench.ts') }],
  ['provision-batch', { minutes_max: 60, load: () => import('./provision-batch.bench.ts') }],
  ['reconcile', { minutes_max: 90, load: () => import('./reconcile.bench.ts') }],
  ['ledger', { minutes_max: 15, load: () => import('./ledger.bench.ts') }],
  ['watch', { minutes_max: 15, load: () => import('./watch.bench.ts') }],
  ['apdu', { minutes_max: 15, load: () => import('./apdu.bench.ts') }],
  ['procedure-year', { minutes_max: 360, load: () => import('./procedure-year.bench.ts') }],
  ['personalise', { minutes_max: 15, load: () => import('./personalise.bench.ts') }],
  ['numbering', { minutes_max: 15, load: () => import('./numbering.bench.ts') }],
]);
