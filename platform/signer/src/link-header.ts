/**
 * The headers of link messages, as far as the signer must understand them to sign: whose site speaks, at which end of
 * the link `from>to:system`: the sender signs envelopes, the receiver acknowledgements. The text must be what `JSON.stringify` would write again, so that no two
 * parsers can read the signed bytes differently (no key twice, no spaces).
 */
import { isUtf8 } from 'node:buffer';
import { refuse, type SignerResult } from './signer-code.ts';

/** Signed before the header's bytes, so that a link's signature is never one of another protocol. */
export const LINK_SIGNATURE_PREFIX = 'ishizue/link/v1\n';

export type LinkHeaderKind = 'envelope' | 'acknowledgement';

const LINK_MAX_CHARACTERS = 300;

/**
 * The site of a link key: `link/<site>`, and `link/<site>.<n>` for the nth after it. Names of sites have no dot, so that
 * no site's key can be taken for another's.
 */
export function siteOfLinkKey(keyName: string): string | undefined {
  return /^link\/([^.]+?)(?:\.[1-9][0-9]{0,5})?$/.exec(keyName)?.[1];
}

/** The bytes that a link signature covers. */
export const linkSignedBytes = (header: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(LINK_SIGNATURE_PREFIX), Buffer.from(header)]);

/** Why the key of a site may not sign the header; undefined where it may. */
export function findHeaderRefusal(
  keyName: string,
  kind: LinkHeaderKind,
  header: Buffer,
): SignerResult<never> | undefined {
  const fields = parseObject(header);
  if (!fields) return refuse('header-invalid', 'not one JSON object as JSON.stringify writes it');
  if (fields['v'] !== 1) return refuse('header-invalid', 'v is not 1');
  if (fields['kind'] !== kind) return refuse('header-invalid', `kind is not ${kind}`);
  const { link, from } = fields;
  if (typeof link !== 'string' || link.length > LINK_MAX_CHARACTERS)
    return refuse('header-invalid', 'no link');
  const site = siteOfLinkKey(keyName);
  if (site === undefined || from !== site) {
    return refuse('header-of-another-site', 'from is not the site of the key');
  }
  const [sender, receiver] = link.split(/[>:]/); // from>to:system
  if (site !== (kind === 'envelope' ? sender : receiver)) {
    return refuse('header-of-another-site', 'the site is not at that end of the link');
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
