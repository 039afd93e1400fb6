/** What OCSP says of a certificate at this instant, verified as a relying party does. */
import { randomBytes } from 'node:crypto';
import { mustSucceed } from '@ishizue/outcome';
import {
  encodeCertId,
  encodeOcspRequest,
  issuerHashes,
  parseCertificate,
  verifyOcspResponse,
} from '@ishizue/x509';
import { askOcsp, authorityOf, fetchAuthorities } from './jpki-papers.ts';
import type { Story } from './story.ts';

export type Status = 'good' | 'revoked' | 'unknown';

const NONCE_BYTES = 32;

export async function certificateStatus(story: Story, der: Uint8Array): Promise<Status> {
  const certificate = mustSucceed(parseCertificate(der), 'the certificate');
  const issuer = authorityOf(await fetchAuthorities(story), der);
  const nonce = randomBytes(NONCE_BYTES);
  const certId = encodeCertId('sha256', issuerHashes(issuer), certificate.serial);
  const response = await askOcsp(story.client, encodeOcspRequest([certId], nonce));
  const question = { response, certificate, issuer, at: story.now(), nonce };
  return mustSucceed(verifyOcspResponse(question), 'the OCSP answer').status.status;
}
