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
const SMALL_PRIMES = Array.from({ length: 750 }, (_, index) => index + 2).filter((number) => {
  for (let factor = 2; factor * factor <= number; factor++) if (number % factor === 0) return false;
  return true;
});

/** Primes whose product a number holds exactly. */
interface PrimeGroup {
  readonly primes: readonly number[];
  readonly product: bigint;
}

/** A long division by a product, then short ones of what is left: not a long one by each prime. */
const PRIME_GROUPS = SMALL_PRIMES.reduce<readonly PrimeGroup[]>((groups, prime) => {
  const last = groups.at(-1);
  const product = (last?.product ?? 1n) * BigInt(prime);
  return last && product <= BigInt(Number.MAX_SAFE_INTEGER)
    ? [...groups.slice(0, -1), { primes: [...last.primes, prime], product }]
    : [...groups, { primes: [prime], product: BigInt(prime) }];
}, []);
const SMALL_PRIME_PRODUCT = PRIME_GROUPS.reduce((all, { product }) => all * product, 1n);

const rsaSmallFactors = rsaRule('rsa-modulus-has-no-small-factor', 'NIST SP 800-89 5.3.3', ({ modulus }) => {
  const rest = toBigInt(modulus) % SMALL_PRIME_PRODUCT;
  return PRIME_GROUPS.every(({ primes, product }) => {
    const ofGroup = Number(rest % product);
    return primes.every((prime) => ofGroup % prime !== 0);
  });
});

export const certificateKeyRules: readonly Rule[] = [
  keyUsable,
  rsaSize,
  rsaWholeOctets,
  rsaExponent,
  rsaSmallFactors,
];
