/** What a relying party fetches from JPKI: the authorities' certificates, lists, OCSP answers. */
import { listPath } from '@ishizue/jpki';
import { mustSucceed } from '@ishizue/outcome';
import { type Certificate, encodePem, type PemLabel, parseCertificate } from '@ishizue/x509';
import { z } from 'zod';
import type { CountryClient } from './country-client.ts';
import { StepFailed } from './step-failed.ts';
import type { Story } from './story.ts';

const authorityList = z.array(
  z.object({ kind: z.string(), keyIdentifier: z.string(), certificate: z.string() }),
);

/** All authorities, parsed from what the country serves. */
export async function fetchAuthorities({ client }: Story): Promise<readonly Certificate[]> {
  const listed = await client.get('/ca', authorityList);
  return Promise.all(
    listed.map(async ({ certificate }) =>
      mustSucceed(parseCertificate((await client.bytes(certificate)).bytes), 'an authority’s certificate'),
    ),
  );
}

/** The authority that a certificate names by its key. */
export function authorityOf(authorities: readonly Certificate[], der: Uint8Array): Certificate {
  const wanted = mustSucceed(parseCertificate(der), 'the certificate').known.authorityKeyIdentifier
    ?.keyIdentifier;
  const found = authorities.find(({ known: { subjectKeyIdentifier } }) => {
    if (!wanted || !subjectKeyIdentifier) return false;
    return Buffer.from(wanted).equals(subjectKeyIdentifier);
  });
  if (!found)
    throw new StepFailed('authority-unknown', 'no authority has the key that the certificate names');
  return found;
}

/** The list of the certificate's area, in DER. */
export async function fetchList(client: CountryClient, der: Uint8Array): Promise<Buffer> {
  const path = listPath(mustSucceed(parseCertificate(der), 'the certificate'));
  if (path === undefined) throw new StepFailed('list-unnamed', 'the certificate names no list');
  return (await client.bytes(path)).bytes;
}

/** The answer to an OCSP request, in DER. */
export async function askOcsp(client: CountryClient, request: Uint8Array): Promise<Buffer> {
  const answered = await client.bytes('/ocsp', {
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request' },
    body: new Uint8Array(request),
  });
  return answered.bytes;
}

export const pemOf = (label: PemLabel, der: Uint8Array): string => encodePem(label, der);
