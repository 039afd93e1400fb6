/**
 * The client certificate of a connection whose TLS ends at a proxy in front (RFC 9440). The proxy has proved that its client
 * holds the key; whose certificate it is, is for whoever asks. A header that no trusted proxy sent says nothing and is taken
 * away at the edge, before any handler sees it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIP } from 'node:net';

const HEADER = 'client-cert';
/** RFC 9440 2.2: a byte sequence of structured fields. */
const BYTE_SEQUENCE = /^:([A-Za-z0-9+/]{4,16384}={0,2}):$/;
const PEM = /^-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{4,24576})-----END CERTIFICATE-----\s*$/;

/** Whether an address is a proxy's. Addresses and networks as in CIDR. */
export function trustedPeers(proxies: readonly string[]): (address: string | undefined) => boolean {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', length] = proxy.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    if (length === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(length), family);
  }
  return (address) =>
    address !== undefined &&
    isIP(address) !== 0 &&
    list.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** Takes away what a client says of itself. */
export function dropClientCertificate(headers: IncomingHttpHeaders): void {
  if (headers[HEADER] !== undefined) delete headers[HEADER];
}

/**
 * The certificate in DER, unparsed, at whatever proxy the connection's TLS ended. Beside the form of RFC 9440 the escaped
 * PEM is understood, which nginx writes.
 * @returns undefined without a certificate, or where the header is in neither form
 */
export function clientCertificateOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Buffer | undefined {
  const header = headers[HEADER];
  if (typeof header !== 'string') return undefined;
  const [, sequence] = BYTE_SEQUENCE.exec(header) ?? [];
  if (sequence !== undefined) return Buffer.from(sequence, 'base64');
  const [, pem] = PEM.exec(unescaped(header)) ?? [];
  return pem === undefined ? undefined : Buffer.from(pem, 'base64');
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
