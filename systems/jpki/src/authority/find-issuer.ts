/** The authority that signed a certificate: by its key, since all generations share a name (RFC 5280 4.2.1.1). */
import { parseCertificate } from '@ishizue/x509';
import type { JpkiContext } from '../jpki-context.ts';

/** The authority’s own certificate; undefined where none of ours signed it. */
export async function findIssuer(
  { authorities }: Pick<JpkiContext, 'authorities'>,
  der: Uint8Array,
): Promise<Uint8Array | undefined> {
  const certificate = parseCertificate(der);
  const wanted = certificate.ok && certificate.value.known.authorityKeyIdentifier?.keyIdentifier;
  if (!wanted) return undefined;
  const found = (await authorities.all()).find(
    ({ keyIdentifier }) => Buffer.compare(keyIdentifier, wanted) === 0,
  );
  return found?.certificate.der;
}
