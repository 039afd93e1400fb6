/**
 * An OCSP request in an address (RFC 6960 appendix A.1): DER in base64, then percent-encoded where an address wants it, as
 * the last part of the path. Whatever follows a `?` is not of it.
 */

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The octets that an address names behind the responder's own path (`/ocsp`); undefined where it names none. */
export function ocspRequestInPath(responderPath: string, target: string): Uint8Array | undefined {
  if (!target.startsWith(`${responderPath}/`)) return undefined;
  const query = target.indexOf('?');
  const encoded = target.slice(responderPath.length + 1, query < 0 ? target.length : query);
  const base64 = decodePercent(encoded);
  return base64 !== undefined && BASE64.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
