/** OCSP requests by POST: the parser that stands open to everybody. */
import { encodeCertId, encodeOcspRequest, parseOcspRequest, serialNumber } from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, outcomeOf, outcomesOf } from './oracles.ts';
import { certId, hashes, nonce, rich } from './samples.ts';

/** As the responder bounds them. */
const LIMITS = { bytesMax: 8_192, requestsMax: 50 };

export const requestSeeds: readonly Uint8Array[] = [
  encodeOcspRequest([certId]),
  encodeOcspRequest([certId], nonce),
  encodeOcspRequest([certId, encodeCertId('sha256', hashes, rich.serial)], nonce),
  encodeOcspRequest(
    Array.from({ length: 40 }, (_, index) => encodeCertId('sha1', hashes, serialNumber(0x0080_0000 + index))),
  ),
];

/** What was read, written anew, reads as the same: what is answered is what was asked. */
export function feedRequest(input: Uint8Array): string {
  const request = parseOcspRequest(input, LIMITS);
  if (!request.ok) return outcomeOf(request);
  demandOneEncoding(input);
  const { certIds, nonce: asked } = request.value;
  demand(certIds.length > 0 && certIds.length <= LIMITS.requestsMax, `${certIds.length} questions`);
  demand(asked === undefined || (asked.length > 0 && asked.length <= 128), 'a nonce beyond RFC 9654');
  const again = parseOcspRequest(
    encodeOcspRequest(
      certIds.map(({ der }) => der),
      asked,
    ),
    {
      ...LIMITS,
      bytesMax: 2 * LIMITS.bytesMax,
    },
  );
  demand(
    again.ok && again.value.certIds.length === certIds.length,
    'a request that changes when it is written anew',
  );
  return outcomesOf('ok', certIds.length === 1 ? 'one' : 'many', asked === undefined ? 'plain' : 'nonce');
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: LIMITS.bytesMax,
  guidedBy: ['/platform/x509/src/'],
  seeds: requestSeeds,
  mutate: mutateDer,
  feed: feedRequest,
});
