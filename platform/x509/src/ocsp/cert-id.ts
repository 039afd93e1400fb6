/**
 * CertID (RFC 6960 4.1.1): a certificate named by hashes of its issuer's name and key and its serial number. Clients
 * choose SHA-1 or SHA-256; an answer repeats the octets that were asked, so they are kept.
 */
import { hash } from 'node:crypto';
import type { Name } from '../certificate/name.ts';
import type { PublicKeyInfo } from '../certificate/public-key.ts';
import type { DerReader } from '../der/reader.ts';
import { passElement } from '../der/structure.ts';
import { encodeDer } from '../der/writer.ts';

/** The hashes that this package knows. */
export type CertIdHash = 'sha1' | 'sha256';

/** Hashes of an issuer's name and key, both ways: made once for an issuer. */
export interface IssuerHashes {
  readonly sha1: { readonly name: Uint8Array; readonly key: Uint8Array };
  readonly sha256: { readonly name: Uint8Array; readonly key: Uint8Array };
}

/** A CertID that was read. */
export interface CertId {
  readonly der: Uint8Array;
  /** Undefined for a hash that is not known here; such a certificate's status is unknown. */
  readonly hash: CertIdHash | undefined;
  readonly issuerNameHash: Uint8Array;
  readonly issuerKeyHash: Uint8Array;
  readonly serial: Uint8Array;
}

const SHA1_OID = '1.3.14.3.2.26';
const SHA256_OID = '2.16.840.1.101.3.4.2.1';

/** Both hashes of an issuer: over its whole name, and over the octets of its key without the BIT STRING around them. */
export function issuerHashes(issuer: { subject: Name; publicKey: PublicKeyInfo }): IssuerHashes {
  const hashes = (algorithm: CertIdHash): IssuerHashes[CertIdHash] => ({
    name: hash(algorithm, issuer.subject.der, 'buffer'),
    key: hash(algorithm, issuer.publicKey.keyOctets, 'buffer'),
  });
  return { sha1: hashes('sha1'), sha256: hashes('sha256') };
}

/** The CertID of an issuer's certificate. */
export function encodeCertId(algorithm: CertIdHash, issuer: IssuerHashes, serial: Uint8Array): Uint8Array {
  const { name, key } = issuer[algorithm];
  return encodeDer((writer) =>
    writer.sequence(() => {
      writer.sequence(() => {
        writer.oid(algorithm === 'sha1' ? SHA1_OID : SHA256_OID);
        writer.null();
      });
      writer.octetString(name);
      writer.octetString(key);
      writer.integer(serial);
    }),
  );
}

function findHash(oid: string): CertIdHash | undefined {
  if (oid === SHA1_OID) return 'sha1';
  return oid === SHA256_OID ? 'sha256' : undefined;
}

/** Reads a CertID. The hash's parameters may be NULL or absent: clients differ. */
export function readCertId(reader: DerReader): CertId {
  const start = reader.offset;
  reader.enterSequence();
  reader.enterSequence();
  const oid = reader.oid();
  if (reader.more()) passElement(reader);
  reader.leave();
  const issuerNameHash = reader.octetString();
  const issuerKeyHash = reader.octetString();
  const serial = reader.integer();
  reader.leave();
  return { der: reader.since(start), hash: findHash(oid), issuerNameHash, issuerKeyHash, serial };
}

/** Whether a CertID names a certificate of this issuer: both the name and the key must be its own. */
export function isIssuedBy(certId: CertId, issuer: IssuerHashes): boolean {
  if (certId.hash === undefined) return false;
  const { name, key } = issuer[certId.hash];
  return Buffer.compare(name, certId.issuerNameHash) === 0 && Buffer.compare(key, certId.issuerKeyHash) === 0;
}
