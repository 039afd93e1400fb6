/**
 * Writing TBSCertList (RFC 5280 5.1.2). DER wants the length of the entries before them, so a list of a million is
 * written in two walks: entries to chunks, spooled wherever the caller likes, then head + chunks + tail, which is what
 * is hashed for the signature and what is published. A small list is one call.
 */

import type { AlgorithmIdentifier, SignatureAlgorithm } from '../certificate/algorithm.ts';
import { type Extension, writeExtensions } from '../certificate/extension.ts';
import type { Name } from '../certificate/name.ts';
import { contextConstructed, SEQUENCE } from '../der/tag.ts';
import { encodeDer, lengthOctets } from '../der/writer.ts';
import { type CrlEntry, encodeCrlEntries } from './crl-entry.ts';

const VERSION_2 = 1;

/** What to write beside the entries. Instants are milliseconds since the epoch. */
export interface TbsCertListSpec {
  readonly signatureAlgorithm: Pick<AlgorithmIdentifier, 'der'>;
  readonly issuer: Name;
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  readonly extensions: readonly Extension[];
}

/** What stands before and after a content of known length, tags and lengths included. */
export interface Frame {
  readonly head: Uint8Array;
  readonly tail: Uint8Array;
}

const elementLength = (contentLength: number): number => 1 + lengthOctets(contentLength) + contentLength;

/** Head and tail of a TBSCertList around `entriesBytes` octets of entries; without entries there is no empty list. */
export function tbsCertListFrame(spec: TbsCertListSpec, entriesBytes: number): Frame {
  const fields = encodeDer((writer) => {
    writer.smallInteger(VERSION_2);
    writer.raw(spec.signatureAlgorithm.der);
    writer.raw(spec.issuer.der);
    writer.time(spec.thisUpdate);
    writer.time(spec.nextUpdate);
  });
  const tail = encodeDer((writer) => {
    if (spec.extensions.length === 0) return;
    writer.wrap(contextConstructed(0), () => writeExtensions(writer, spec.extensions));
  });
  const listBytes = entriesBytes === 0 ? 0 : elementLength(entriesBytes);
  const head = encodeDer((writer) => {
    writer.header(SEQUENCE, fields.length + listBytes + tail.length);
    writer.raw(fields);
    if (entriesBytes > 0) writer.header(SEQUENCE, entriesBytes);
  });
  return { head, tail };
}

/** Head and tail of the signed CertificateList around a TBSCertList of `tbsBytes` octets. */
export function certificateListFrame(
  tbsBytes: number,
  algorithm: SignatureAlgorithm,
  signature: Uint8Array,
): Frame {
  const tail = encodeDer((writer) => {
    writer.raw(algorithm.der);
    writer.bitString(signature);
  });
  return { head: encodeDer((writer) => writer.header(SEQUENCE, tbsBytes + tail.length)), tail };
}

/** A whole TBSCertList in one buffer. */
export function encodeTbsCertList(spec: TbsCertListSpec, entries: Iterable<CrlEntry>): Uint8Array {
  const body = encodeCrlEntries(entries);
  const { head, tail } = tbsCertListFrame(spec, body.length);
  return Buffer.concat([head, body, tail]);
}
