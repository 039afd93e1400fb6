/**
 * Where the list of a certificate is served. The certificate names a directory entry and no address; the path is made of
 * what it names: the authority's key and the two lowest levels of the entry.
 */
import { ATTRIBUTE_OIDS, type Certificate } from '@ishizue/x509';

const SUFFIX = ' CRLDP';

/** `/crl/<key identifier in hex>/Kanagawa-ken/Yokohama-shi-Naka-ku`; undefined where the certificate names no area. */
export function listPath({ known }: Certificate): string | undefined {
  const [point] = known.crlDistributionPoints ?? [];
  const [entry] = point?.fullName ?? [];
  const authority = known.authorityKeyIdentifier?.keyIdentifier;
  if (authority === undefined || entry?.kind !== 'directoryName') return undefined;
  const [unit, name] = entry.name.relativeNames.slice(-2).map(([attribute]) => attribute);
  if (unit?.oid !== ATTRIBUTE_OIDS.OU || name?.oid !== ATTRIBUTE_OIDS.CN) return undefined;
  if (!name.value.endsWith(SUFFIX)) return undefined;
  const area = name.value.slice(0, -SUFFIX.length);
  return ['/crl', Buffer.from(authority).toString('hex'), ...[unit.value, area].map(encodeURIComponent)].join(
    '/',
  );
}
