/** Requests for certificates (PKCS#10): the counter hands in what a card, or whoever plays one, wrote. */
import { importPublicKey, parseCertificationRequest, verifyPossession } from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, outcomeOf, outcomesOf } from './oracles.ts';
import { requests } from './samples.ts';

function feed(input: Uint8Array): string {
  const request = parseCertificationRequest(input);
  if (!request.ok) return outcomeOf(request);
  demandOneEncoding(input);
  demand(Buffer.compare(request.value.der, input) === 0, 'a request that is not its octets');
  String(request.value.subject);
  const key = importPublicKey(request.value.publicKey);
  return outcomesOf('ok', outcomeOf(key), outcomeOf(verifyPossession(request.value)));
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 8_192,
  guidedBy: ['/platform/x509/src/'],
  seeds: requests,
  mutate: mutateDer,
  feed,
});
