/** PEM text (RFC 7468) around one DER message, strict form: what openssl and operators exchange. */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { X509FailureCode } from '../failure.ts';

/** What a PEM block says that it holds. */
export type PemLabel = 'CERTIFICATE' | 'X509 CRL' | 'CERTIFICATE REQUEST' | 'PUBLIC KEY' | 'CMS' | 'PKCS7';

const PEM_CHARACTERS_MAX = 1 << 20;

/** The PEM block of one message. */
export function encodePem(label: PemLabel, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.map((line) => `${line}\n`).join('')}-----END ${label}-----\n`;
}

/** Every block of this label in the text, in order; text around the blocks is passed over. */
export function decodePem(label: PemLabel, text: string): Result<Uint8Array[], X509FailureCode> {
  if (text.length > PEM_CHARACTERS_MAX)
    return fail('too-large', `more than ${PEM_CHARACTERS_MAX} characters`);
  const blocks: Uint8Array[] = [];
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at)) {
    const stop = text.indexOf(end, at);
    if (stop < 0) return fail('pem-invalid', 'a block without its end');
    const base64 = text.slice(at + begin.length, stop).replaceAll(/[\r\n\t ]/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) {
      return fail('pem-invalid', 'a block that is not base64');
    }
    blocks.push(Buffer.from(base64, 'base64'));
    at = stop + end.length;
  }
  return blocks.length > 0 ? ok(blocks) : fail('pem-invalid', `no block ${label}`);
}
