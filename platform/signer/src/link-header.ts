/**
 * The headers of link messages, as far as the signer must understand them to sign: whose site speaks, and whether it
 * is an envelope or an acknowledgement. The text must be what `JSON.stringify` would write again, so that no two
 * parsers can read the signed bytes differently (no key twice, no spaces).
 */
import { isUtf8 } from 'node:buffer';
import { refuse, type SignerResult } from './signer-code.ts';

/** Signed before the header's bytes, so that a link's signature is never one of another protocol. */
export const LINK_SIGNATURE_PREFIX = 'ishizue/link/v1\n';

export type LinkHeaderKind = 'envelope' | 'acknowledgement';

const LINK_MAX_CHARACTERS = 300;
const KEY_PREFIX = 'link/';

/** The bytes that a link signature covers. */
export const linkSignedBytes = (header: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(LINK_SIGNATURE_PREFIX), Buffer.from(header)]);

/** Why the key `link/<site>` may not sign the header; undefined where it may. */
export function findHeaderRefusal(
  keyName: string,
  kind: LinkHeaderKind,
  header: Buffer,
): SignerResult<never> | undefined {
  const fields = parseObject(header);
  if (!fields) return refuse('header-invalid', 'not one JSON object as JSON.stringify writes it');
  if (fields['v'] !== 1) return refuse('header-invalid', 'v is not 1');
  if (fields['kind'] !== kind) return refuse('header-invalid', `kind is not ${kind}`);
  const link = fields['link'];
  if (typeof link !== 'string' || link.length === 0 || link.length > LINK_MAX_CHARACTERS) {
    return refuse('header-invalid', 'no link');
  }
  if (!keyName.startsWith(KEY_PREFIX) || fields['from'] !== keyName.slice(KEY_PREFIX.length)) {
    return refuse('header-of-another-site', 'from is not the site of the key');
  }
  return undefined;
}

function parseObject(header: Buffer): Record<string, unknown> | undefined {
  if (!isUtf8(header)) return undefined;
  const source = header.toString('utf8');
  try {
    const value: unknown = JSON.parse(source);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return JSON.stringify(value) === source ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
