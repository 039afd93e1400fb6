/**
 * What a key may do. The uses of one key are of one family, so that bytes signed for one protocol can never be
 * read as another's: certificates, checkpoints, links, permutation, derivation, tokens, each form of octets.
 */

const KEY_ALGORITHMS = [
  'rsa-2048',
  'rsa-3072',
  'rsa-4096',
  'p-256',
  'p-384',
  'ed25519',
  'ml-dsa-44',
  'ml-dsa-65',
  'ml-dsa-87',
  'secret',
] as const;

/** `secret` is 32 random bytes; the others are private keys. */
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/** The algorithms that have a public key. */
export type KeyPairAlgorithm = Exclude<KeyAlgorithm, 'secret'>;

export const isKeyAlgorithm = (text: string): text is KeyAlgorithm =>
  (KEY_ALGORITHMS as readonly string[]).includes(text);

export const KEYS_MAX = 20_000;
export const USES_MAX = 32;

/** A checkpoint's origin, which is also the name of its key in the note: printable ASCII without space and `+`. */
export const isOrigin = (text: string): boolean => /^[!-*,-~]{1,200}$/.test(text);

/** Names are path-like and lower-case; `signer/` belongs to the signer itself. */
export const isKeyName = (text: string): boolean =>
  text.length <= 128 &&
  /^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*){0,5}$/.test(text) &&
  !isReservedName(text);

const isReservedName = (text: string): boolean => text.startsWith('signer/');

type Family = 'x509' | 'checkpoint' | 'link' | 'permutation' | 'derivation' | 'token' | 'form';

const FAMILIES: Readonly<Record<string, Family>> = {
  crl: 'x509',
  ocsp: 'x509',
  checkpoint: 'checkpoint',
  envelope: 'link',
  acknowledgement: 'link',
  permute: 'permutation',
  'permute-inverse': 'permutation',
  derive: 'derivation',
};

function familyOf(use: string): Family | undefined {
  if (/^(?:certificate|crl):[A-Za-z0-9._/-]{1,64}$/.test(use)) return 'x509';
  if (use.startsWith('checkpoint:'))
    return isOrigin(use.slice('checkpoint:'.length)) ? 'checkpoint' : undefined;
  if (isTokenUse(use)) return 'token';
  if (isFormUse(use)) return 'form';
  return Object.hasOwn(FAMILIES, use) ? FAMILIES[use] : undefined;
}

function suits(family: Family, algorithm: KeyAlgorithm): boolean {
  switch (family) {
    case 'x509':
      return algorithm !== 'secret';
    case 'checkpoint':
    case 'link':
      return algorithm === 'ed25519';
    case 'token':
      return algorithm === 'p-256' || algorithm.startsWith('rsa-');
    case 'form':
      return algorithm.startsWith('rsa-');
    case 'permutation':
    case 'derivation':
      return algorithm === 'secret';
  }
}

/** The use of a key that signs ID tokens of an issuer: `id-token:<issuer>`. */
export const isTokenUse = (use: string): boolean => /^id-token:https?:\/\/[!-~]{1,200}$/.test(use);

/** The use of a key that signs octets of one form: `form:<name>`. A key has one form. */
export const isFormUse = (use: string): boolean => /^form:[a-z][a-z-]{0,40}$/.test(use);

/** The use of a key that signs lists: `crl`, or `crl:x` for lists of the profile x. */
export const isCrlUse = (use: string): boolean => use === 'crl' || use.startsWith('crl:');

/** Why a list of uses cannot be given to a key of the algorithm; undefined where it can. */
export function findUsesFault(uses: readonly string[], algorithm: KeyAlgorithm): string | undefined {
  if (uses.length === 0 || uses.length > USES_MAX) return `${uses.length} uses`;
  if (new Set(uses).size !== uses.length) return 'a use is listed twice';
  if (uses.filter(isCrlUse).length > 1) return 'more than one kind of list';
  if (uses.filter(isFormUse).length > 1) return 'more than one form';
  const families = uses.map(familyOf);
  const [first] = families;
  if (first === undefined || families.includes(undefined)) return 'an unknown use';
  if (families.some((family) => family !== first)) return 'uses of more than one family';
  return suits(first, algorithm) ? undefined : `not for ${algorithm}`;
}

/** The same uses in whatever order. */
export const sameUses = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((use) => b.includes(use));
