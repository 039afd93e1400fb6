/**
 * The signature algorithms that Ishizue uses (RFC 4055, RFC 5758, RFC 8410, RFC 9881) and AlgorithmIdentifier as a whole.
 * An algorithm is known by its exact octets: with rsaEncryption's NULL, without any parameters for the others.
 */
import type { DerReader } from '../der/reader.ts';
import { passElement } from '../der/structure.ts';
import { encodeDer } from '../der/writer.ts';

/** Kinds of keys that sign here. */
export type KeyType = 'rsa' | 'p256' | 'p384' | 'ed25519' | 'mldsa44' | 'mldsa65' | 'mldsa87';

/** A signature algorithm: its AlgorithmIdentifier in DER and the digest that node:crypto wants to hear. */
export interface SignatureAlgorithm {
  readonly name:
    | 'sha256WithRSA'
    | 'ecdsaWithSHA256'
    | 'ecdsaWithSHA384'
    | 'ed25519'
    | 'mlDsa44'
    | 'mlDsa65'
    | 'mlDsa87';
  readonly keyType: KeyType;
  readonly digest: 'sha256' | 'sha384' | null;
  readonly oid: string;
  readonly der: Uint8Array;
}

/** An AlgorithmIdentifier as read, of any algorithm. */
export interface AlgorithmIdentifier {
  readonly oid: string;
  readonly der: Uint8Array;
}

const encodeAlgorithm = (oid: string, hasNull: boolean): Uint8Array =>
  encodeDer((writer) =>
    writer.sequence(() => {
      writer.oid(oid);
      if (hasNull) writer.null();
    }),
  );

const define = (
  name: SignatureAlgorithm['name'],
  keyType: KeyType,
  digest: SignatureAlgorithm['digest'],
  oid: string,
): SignatureAlgorithm => ({ name, keyType, digest, oid, der: encodeAlgorithm(oid, keyType === 'rsa') });

const ALGORITHMS: Readonly<Record<KeyType, SignatureAlgorithm>> = {
  rsa: define('sha256WithRSA', 'rsa', 'sha256', '1.2.840.113549.1.1.11'),
  p256: define('ecdsaWithSHA256', 'p256', 'sha256', '1.2.840.10045.4.3.2'),
  p384: define('ecdsaWithSHA384', 'p384', 'sha384', '1.2.840.10045.4.3.3'),
  ed25519: define('ed25519', 'ed25519', null, '1.3.101.112'),
  mldsa44: define('mlDsa44', 'mldsa44', null, '2.16.840.1.101.3.4.3.17'),
  mldsa65: define('mlDsa65', 'mldsa65', null, '2.16.840.1.101.3.4.3.18'),
  mldsa87: define('mlDsa87', 'mldsa87', null, '2.16.840.1.101.3.4.3.19'),
};

/** The algorithm with which a key of this type signs here. */
export const signatureAlgorithm = (keyType: KeyType): SignatureAlgorithm => ALGORITHMS[keyType];

const BY_OID = new Map(Object.values(ALGORITHMS).map((algorithm) => [algorithm.oid, algorithm]));

/** The known algorithm that an AlgorithmIdentifier names octet by octet, if it is one of ours. */
export function findSignatureAlgorithm(identifier: AlgorithmIdentifier): SignatureAlgorithm | undefined {
  const algorithm = BY_OID.get(identifier.oid);
  return algorithm !== undefined && Buffer.compare(algorithm.der, identifier.der) === 0
    ? algorithm
    : undefined;
}

/** Reads an AlgorithmIdentifier of any algorithm. */
export function readAlgorithmIdentifier(reader: DerReader): AlgorithmIdentifier {
  const start = reader.offset;
  reader.enterSequence();
  const oid = reader.oid();
  if (reader.more()) passElement(reader);
  reader.leave();
  return { oid, der: reader.since(start) };
}
