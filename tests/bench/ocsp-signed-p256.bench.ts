/** `ocsp-signed-p256`: as `ocsp-signed`, by responders with P-256 keys: HTTP, not the signature, is then what takes the time. */
import { benchmarkOf } from './ocsp-signed.bench.ts';

export const benchmark = benchmarkOf('ocsp-signed-p256', 'p256');
