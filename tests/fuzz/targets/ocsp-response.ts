/** OCSP answers: what a verifier is told, and what the signer lints before it signs. */
import { lintOcsp, ocspRules, parseOcspResponse, parseResponseData, verifyOcspResponse } from '@ishizue/x509';
import { demand, type FuzzTarget } from '../fuzz-target.ts';
import { mutateDer } from '../mutate/der.ts';
import { demandOneEncoding, outcomeOf, outcomesOf } from './oracles.ts';
import { NOW, nonce, responseDatas, responses, rich, root } from './samples.ts';

/** The octets that may be believed: those that were signed. */
const SIGNED = new Set(responses.map((octets) => Buffer.from(octets).toString('latin1')));

function feed(input: Uint8Array): string {
  const response = parseOcspResponse(input);
  const data = parseResponseData(input);
  const findings = lintOcsp(ocspRules, input);
  demand(data.ok || findings.length > 0, 'no finding in what cannot be read');
  if (response.ok) demandOneEncoding(input);
  const verified = verifyOcspResponse({
    response: input,
    certificate: rich,
    issuer: root.certificate,
    at: NOW,
    nonce,
  });
  if (verified.ok) demandSigned(input);
  return outcomesOf(outcomeOf(response), findings[0]?.rule ?? 'clean', outcomeOf(verified));
}

/** Only what stands outside the signature may differ from what was signed: the certificates that come along. */
function demandSigned(input: Uint8Array): void {
  const response = parseOcspResponse(input);
  const tbs =
    response.ok && response.value.basic ? Buffer.from(response.value.basic.tbs).toString('latin1') : '';
  demand(
    SIGNED.has(Buffer.from(input).toString('latin1')) ||
      responseDatas.some((each) => Buffer.from(each).toString('latin1') === tbs),
    'an answer is believed that nobody signed',
  );
}

export const makeTarget = (): FuzzTarget => ({
  bytesMax: 8_192,
  guidedBy: ['/platform/x509/src/'],
  seeds: [...responses, ...responseDatas, Uint8Array.of(0x30, 3, 0x0a, 1, 6)],
  mutate: mutateDer,
  feed,
});
