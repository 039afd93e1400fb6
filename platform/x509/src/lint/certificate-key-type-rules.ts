/**
 * Lint rules on what goes with a kind of key: the parameters of its identifier, and what its keyUsage may say. RSA has NULL
 * (RFC 3279), a curve its name (RFC 5480), Ed25519 and ML-DSA nothing at all (RFC 8410, RFC 9881).
 */
import type { AlgorithmIdentifier } from '../certificate/algorithm.ts';
import type { KeyUsage } from '../certificate/standard-extension.ts';
import type { TbsCertificate } from '../certificate/tbs-certificate.ts';
import { DerReader } from '../der/reader.ts';
import { NULL, OBJECT_IDENTIFIER } from '../der/tag.ts';
import { type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertificate>;

const EC_OID = '1.2.840.10045.2.1';

/** The tag that the parameters have, by the key's algorithm; undefined where there must be none. */
const PARAMETERS = new Map<string, number | undefined>([
  ['1.2.840.113549.1.1.1', NULL],
  [EC_OID, OBJECT_IDENTIFIER],
  ['1.3.101.112', undefined],
  ['2.16.840.1.101.3.4.3.17', undefined],
  ['2.16.840.1.101.3.4.3.18', undefined],
  ['2.16.840.1.101.3.4.3.19', undefined],
]);

/** The tag of what follows the object identifier, if anything does. */
function parametersTag({ der }: AlgorithmIdentifier): number | undefined {
  const reader = new DerReader(der, der.length);
  reader.enterSequence();
  reader.oid();
  return reader.more() ? reader.peek() : undefined;
}

const parameters: Rule = {
  name: 'public-key-parameters-are-those-of-its-kind',
  citation: 'RFC 3279 2.3.1; RFC 5480 2.1.1; RFC 8410 3; RFC 9881 4',
  applies: ({ publicKey }) => PARAMETERS.has(publicKey.algorithm.oid),
  check: ({ publicKey: { algorithm } }) =>
    parametersTag(algorithm) === PARAMETERS.get(algorithm.oid) ? undefined : `parameters of ${algorithm.oid}`,
};

const encipherment: ReadonlySet<KeyUsage> = new Set(['keyEncipherment', 'dataEncipherment']);

const ecUsage: Rule = {
  name: 'key-usage-of-an-ec-key-does-not-encipher',
  citation: 'RFC 5480 3; RFC 8813 3',
  applies: ({ publicKey, known }) => publicKey.algorithm.oid === EC_OID && known.keyUsage !== undefined,
  check: ({ known }) => known.keyUsage?.find((usage) => encipherment.has(usage)),
};

const signing: ReadonlySet<KeyUsage> = new Set([
  'digitalSignature',
  'nonRepudiation',
  'keyCertSign',
  'cRLSign',
]);
const SIGNS_ONLY: ReadonlySet<string | undefined> = new Set(['ed25519', 'mldsa44', 'mldsa65', 'mldsa87']);

const signatureUsage: Rule = {
  name: 'key-usage-of-a-signing-key-signs-and-nothing-else',
  citation: 'RFC 8410 5; RFC 9881 5',
  applies: ({ publicKey, known }) => SIGNS_ONLY.has(publicKey.type) && known.keyUsage !== undefined,
  check: ({ known }) => known.keyUsage?.find((usage) => !signing.has(usage)),
};

export const certificateKeyTypeRules: readonly Rule[] = [parameters, ecUsage, signatureUsage];
