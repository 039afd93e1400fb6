/** OCSP requests by GET: base64 in an address, with everything that an address may hold instead. */
import { ocspRequestInPath } from '@ishizue/x509';
import type { Draws } from '../draws.ts';
import type { FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { mutateOctets } from '../mutate/octets.ts';
import { feedRequest, requestSeeds } from './ocsp-request.ts';
import { outcomesOf } from './oracles.ts';

const PREFIX = '/ocsp';
const TOKENS = [
  '%',
  '%2B',
  '%2F',
  '%3D',
  '%00',
  '%FF',
  '%E3%81',
  '/',
  '+',
  '=',
  '?',
  '#',
  '..',
  ' ',
  '%25',
].map((token) => Buffer.from(token, 'latin1'));

const targetOf = (der: Uint8Array): Buffer =>
  Buffer.from(`${PREFIX}/${encodeURIComponent(Buffer.from(der).toString('base64'))}`, 'latin1');

/** The address itself is changed, or the DER that it holds. */
function mutate(draws: Draws, input: Uint8Array, other: Uint8Array): Uint8Array {
  if (draws.onceIn(2)) return mutateOctets(draws, input, other, TOKENS);
  const [one, two] = [input, other].map((octets) =>
    ocspRequestInPath(PREFIX, Buffer.from(octets).toString('latin1')),
  );
  return one === undefined
    ? mutateOctets(draws, input, other, TOKENS)
    : targetOf(mutateDer(draws, one, two ?? one));
}

function feed(input: Uint8Array): string {
  const der = ocspRequestInPath(PREFIX, Buffer.from(input).toString('latin1'));
  return der === undefined ? 'no-request-in-path' : outcomesOf('path', feedRequest(der));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 12_000,
  guidedBy: ['/platform/x509/src/'],
  seeds: requestSeeds.map(targetOf),
  mutate,
  feed,
});
