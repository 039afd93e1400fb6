/** Lint rules on the subject's public key (RFC 5280 4.1.2.7, RFC 5480, NIST SP 800-89 5.3.3, SP 800-131A). */
import { importPublicKey, type RsaNumbers } from '../certificate/public-key.ts';
import type { TbsCertificate } from '../certificate/tbs-certificate.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertificate>;

const RSA_BITS_MIN = 2048;
const RSA_EXPONENT_MIN = 65_537n;

const isRsa = ({ publicKey }: TbsCertificate): boolean => publicKey.rsa !== undefined;

const toBigInt = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex') || '0'}`);

/** A rule on the numbers of an RSA key. */
function rsaRule(name: string, citation: string, isRight: (numbers: RsaNumbers) => boolean): Rule {
  return {
    name,
    citation,
    applies: isRsa,
    check: ({ publicKey }) =>
      publicKey.rsa !== undefined && isRight(publicKey.rsa) ? undefined : 'the RSA key',
  };
}

const keyUsable: Rule = {
  name: 'public-key-is-of-a-kind-in-use',
  citation: 'RFC 3279 2.3.1; RFC 5480 2; RFC 8410 4; RFC 9881 4',
  applies: always,
  check: ({ publicKey }) =>
    importPublicKey(publicKey).ok ? undefined : `a key of ${publicKey.algorithm.oid}`,
};

const rsaSize: Rule = {
  name: 'rsa-modulus-has-2048-bits-or-more',
  citation: 'NIST SP 800-131A rev. 2 section 3',
  applies: isRsa,
  check: ({ publicKey }) => (publicKey.sizeBits >= RSA_BITS_MIN ? undefined : `${publicKey.sizeBits} bits`),
};

const rsaWholeOctets: Rule = {
  name: 'rsa-modulus-fills-its-octets',
  citation: 'RFC 8017 3.1 (the size that was asked for)',
  applies: isRsa,
  check: ({ publicKey }) => (publicKey.sizeBits % 8 === 0 ? undefined : `${publicKey.sizeBits} bits`),
};

const rsaExponent = rsaRule('rsa-exponent-is-odd-and-from-65537', 'NIST SP 800-89 5.3.3', ({ exponent }) => {
  const value = toBigInt(exponent);
  return value >= RSA_EXPONENT_MIN && value % 2n === 1n;
});

/** The primes below 752. */
const SMALL_PRIMES = Array.from({ length: 750 }, (_, index) => index + 2)
  .filter((number) => {
    for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
    return true;
  })
  .map(BigInt);
/** Reducing a modulus by this first makes the divisions by each of them short. */
const SMALL_PRIME_PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * prime, 1n);

const rsaSmallFactors = rsaRule('rsa-modulus-has-no-small-factor', 'NIST SP 800-89 5.3.3', ({ modulus }) => {
  const rest = toBigInt(modulus) % SMALL_PRIME_PRODUCT;
  return SMALL_PRIMES.every((prime) => rest % prime !== 0n);
});

export const certificateKeyRules: readonly Rule[] = [
  keyUsable,
  rsaSize,
  rsaWholeOctets,
  rsaExponent,
  rsaSmallFactors,
];
