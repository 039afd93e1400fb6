/**
 * What is registered of a client (RFC 9700 2.1): addresses to the letter, on one host, over TLS but for loopback, where
 * programs are developed. Parsed at the door, pure.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';

export const clientTerms = z.strictObject({
  verifier: z.string().max(64).meta({ description: 'By whose connection: verifier/…' }),
  onBehalfOf: z.string().max(64).nullable().meta({ description: 'The delegating firm whose program it is' }),
  redirectUris: z.array(z.string().max(500)).min(1).max(10),
  signedOutUris: z.array(z.string().max(500)).max(10),
  tokenAlg: z.enum(['ES256', 'RS256']),
  keepsSecret: z.boolean().meta({ description: 'Whether the program runs where it can keep a secret' }),
});

export type ClientTerms = z.infer<typeof clientTerms>;

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** Why terms cannot be registered. */
export function checkClientTerms(terms: ClientTerms): Result<ClientTerms, 'address-unsuitable'> {
  const addresses = [...terms.redirectUris, ...terms.signedOutUris];
  const wrong = addresses.find((address) => !isSuitable(address));
  if (wrong !== undefined)
    return fail('address-unsuitable', `${wrong} is no https address without a fragment`);
  if (new Set(terms.redirectUris).size < terms.redirectUris.length)
    return fail('address-unsuitable', 'an address is named twice');
  const hosts = new Set(terms.redirectUris.map((address) => new URL(address).host));
  return hosts.size === 1
    ? ok(terms)
    : fail('address-unsuitable', 'a client has one host: its subjects are of it');
}

function isSuitable(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.hash !== '' || address.includes('#') || url.username !== '' || url.password !== '')
    return false;
  // as it is compared: to the letter
  if (url.href !== address || address.includes('*')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}
