/**
 * SubjectPublicKeyInfo (RFC 5280 4.1.2.7; RFC 3279, RFC 5480, RFC 8410, RFC 9881): what kind of key it is, its size, its
 * identifiers, and the node:crypto key that verifies with it. A key of an unknown kind reads, and verifies nothing.
 */
import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { encodeOid } from '../der/oid.ts';
import { encodePem } from '../der/pem.ts';
import { DerReader } from '../der/reader.ts';
import { NULL, OBJECT_IDENTIFIER } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';
import type { X509FailureCode } from '../failure.ts';
import { type AlgorithmIdentifier, type KeyType, readAlgorithmIdentifier } from './algorithm.ts';

const PUBLIC_KEY_BYTES_MAX = 16_384;
/** A larger modulus makes a verification slow enough to be an attack. */
const RSA_MODULUS_BITS_MAX = 8192;
const RSA_EXPONENT_OCTETS_MAX = 8;

/** The two integers of an RSA key, as content octets of INTEGER. */
export interface RsaNumbers {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

/** A public key as it stands in certificates and requests. */
export interface PublicKeyInfo {
  readonly der: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  /** The octets of the subjectPublicKey BIT STRING. */
  readonly keyOctets: Uint8Array;
  /** Undefined for a kind, curve or size that this package does not use. */
  readonly type: KeyType | undefined;
  /** Bits of the modulus or of the curve's field, for ML-DSA of the whole key; 0 where the type is unknown. */
  readonly sizeBits: number;
  readonly rsa: RsaNumbers | undefined;
}

const RSA_OID = '1.2.840.113549.1.1.1';
const EC_OID = '1.2.840.10045.2.1';

/** ML-DSA's keys as RFC 9881 4 has them: no parameters, and the octets of FIPS 204 as they are. */
const ML_DSA_KINDS = [
  { type: 'mldsa44', oid: '2.16.840.1.101.3.4.3.17', octets: 1312 },
  { type: 'mldsa65', oid: '2.16.840.1.101.3.4.3.18', octets: 1952 },
  { type: 'mldsa87', oid: '2.16.840.1.101.3.4.3.19', octets: 2592 },
] as const;

const encodeIdentifier = (
  oid: string,
  tag: number | undefined,
  content: Uint8Array = new Uint8Array(0),
): Uint8Array =>
  encodeDer((writer) =>
    writer.sequence(() => {
      writer.oid(oid);
      if (tag !== undefined) writer.element(tag, content);
    }),
  );

interface KeyKind {
  readonly type: KeyType;
  readonly identifier: Uint8Array;
  readonly octets: number;
  readonly sizeBits: number;
}

/** The kinds of keys that are told by their AlgorithmIdentifier and have one length (an EC point is uncompressed). */
const FIXED_KINDS: readonly KeyKind[] = [
  {
    type: 'p256',
    identifier: encodeIdentifier(EC_OID, OBJECT_IDENTIFIER, encodeOid('1.2.840.10045.3.1.7')),
    octets: 65,
    sizeBits: 256,
  },
  {
    type: 'p384',
    identifier: encodeIdentifier(EC_OID, OBJECT_IDENTIFIER, encodeOid('1.3.132.0.34')),
    octets: 97,
    sizeBits: 384,
  },
  { type: 'ed25519', identifier: encodeIdentifier('1.3.101.112', undefined), octets: 32, sizeBits: 256 },
  ...ML_DSA_KINDS.map(
    ({ type, oid, octets }): KeyKind => ({
      type,
      identifier: encodeIdentifier(oid, undefined),
      octets,
      sizeBits: octets * 8,
    }),
  ),
];
/** The first octet of a point of which both coordinates follow (RFC 5480 2.2). */
const UNCOMPRESSED = 4;
const RSA_IDENTIFIER = encodeIdentifier(RSA_OID, NULL);

function bitLength(integer: Uint8Array): number {
  const lead = integer[0] === 0 ? 1 : 0;
  return integer.length <= lead ? 0 : (integer.length - lead) * 8 - (Math.clz32(integer[lead] ?? 0) - 24);
}

function readRsaNumbers(keyOctets: Uint8Array, outer: DerReader): RsaNumbers | undefined {
  const reader = new DerReader(keyOctets, PUBLIC_KEY_BYTES_MAX);
  reader.enterSequence();
  const modulus = reader.integer();
  const exponent = reader.integer();
  reader.leave();
  const numbers = reader.finish({ modulus, exponent });
  if (numbers.ok) return numbers.value;
  outer.reject(numbers.failure.code, 'an RSA key');
  return undefined;
}

const isPositive = (integer: Uint8Array): boolean => (integer[0] ?? 0x80) < 0x80;

/** Reads a SubjectPublicKeyInfo. */
export function readPublicKeyInfo(reader: DerReader): PublicKeyInfo {
  const start = reader.offset;
  reader.enterSequence();
  const algorithm = readAlgorithmIdentifier(reader);
  const keyOctets = reader.bitString();
  reader.leave();
  const der = reader.since(start);
  if (Buffer.compare(algorithm.der, RSA_IDENTIFIER) === 0) {
    const rsa = readRsaNumbers(keyOctets, reader);
    const sizeBits = rsa === undefined ? 0 : bitLength(rsa.modulus);
    const isUsable =
      rsa !== undefined &&
      isPositive(rsa.modulus) &&
      isPositive(rsa.exponent) &&
      sizeBits <= RSA_MODULUS_BITS_MAX &&
      rsa.exponent.length <= RSA_EXPONENT_OCTETS_MAX;
    return { der, algorithm, keyOctets, type: isUsable ? 'rsa' : undefined, sizeBits, rsa };
  }
  const kind = FIXED_KINDS.find(
    (each) => each.octets === keyOctets.length && Buffer.compare(each.identifier, algorithm.der) === 0,
  );
  const isPoint = kind?.type === 'p256' || kind?.type === 'p384';
  const isKnown = kind !== undefined && (!isPoint || keyOctets[0] === UNCOMPRESSED);
  return {
    der,
    algorithm,
    keyOctets,
    type: isKnown ? kind.type : undefined,
    sizeBits: isKnown ? kind.sizeBits : 0,
    rsa: undefined,
  };
}

/** A SubjectPublicKeyInfo from DER. */
export function parsePublicKeyInfo(der: Uint8Array): Result<PublicKeyInfo, X509FailureCode> {
  const reader = new DerReader(der, PUBLIC_KEY_BYTES_MAX);
  return reader.finish(readPublicKeyInfo(reader));
}

/** The key identifier of RFC 5280 4.2.1.2 method 1: SHA-1 over the key's octets. 20 octets. */
export const keyIdentifier = (key: PublicKeyInfo): Uint8Array => hash('sha1', key.keyOctets, 'buffer');

/** SHA-256 over the whole SubjectPublicKeyInfo: the pin of a key. 32 octets. */
export const publicKeyHash = (key: PublicKeyInfo): Uint8Array => hash('sha256', key.der, 'buffer');

/** Keys made for OpenSSL, kept as long as the key that was read: making one costs half a verification. */
const imported = new WeakMap<PublicKeyInfo, KeyObject>();

/** The node:crypto key. Refuses kinds and sizes that are not used, and points that are not on their curve. */
export function importPublicKey(key: PublicKeyInfo): Result<KeyObject, X509FailureCode> {
  const known = imported.get(key);
  if (known !== undefined) return ok(known);
  if (key.type === undefined) return fail('key-unsupported', `a key of algorithm ${key.algorithm.oid}`);
  try {
    // as text: given octets, Node 24 asks by two or four exceptions whether they are a key object, which costs twice the import
    const made = createPublicKey(encodePem('PUBLIC KEY', key.der));
    imported.set(key, made);
    return ok(made);
  } catch {
    return fail('key-unsupported', 'OpenSSL does not take the key');
  }
}
