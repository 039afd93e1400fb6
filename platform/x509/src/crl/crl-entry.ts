/**
 * One revoked certificate in a CRL (RFC 5280 5.1.2.6, 5.3): written by the million in chunks, read one at a time.
 * Entries hold serial number, revocation time, and at most a reason and an invalidity date.
 */

import {
  type Extension,
  encodeExtension,
  readExtensions,
  writeExtensions,
} from '../certificate/extension.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import type { DerReader } from '../der/reader.ts';
import { GENERALIZED_TIME } from '../der/tag.ts';
import { isUtcTimeRange } from '../der/time.ts';
import { DerWriter, encodeDer } from '../der/writer.ts';
import {
  findRevocationReason,
  REASON_CODE_MAX,
  REVOCATION_REASONS,
  type RevocationReason,
} from './revocation-reason.ts';

/** A revoked certificate. Instants are milliseconds since the epoch. */
export interface CrlEntry {
  readonly serial: Uint8Array;
  readonly revokedAt: number;
  /** Undefined and `unspecified` are both written as no reason (RFC 5280 5.3.1). */
  readonly reason?: RevocationReason | undefined;
  /** When the key is thought to have become unsafe. */
  readonly invalidityDate?: number | undefined;
}

/** An entry that was read, with what its reader must mind. */
export interface ReadCrlEntry extends CrlEntry {
  readonly extensions: readonly Extension[];
  /** A critical extension that is none of the above: the whole CRL must not be used (RFC 5280 5.3). */
  readonly hasUnknownCritical: boolean;
  /** The revocation time is in the form that RFC 5280 4.1.2.5 wants for its year. */
  readonly hasRightTimeForm: boolean;
}

const reasonExtension = (code: number): Extension =>
  encodeExtension(EXTENSION_OIDS.reasonCode, false, (writer) => writer.enumerated(code));

/** The whole entry extensions of each reason alone, which nearly all entries have. */
const REASON_EXTENSIONS = new Map(
  Object.entries(REVOCATION_REASONS).map(([reason, code]) => [
    reason,
    encodeDer((writer) => writeExtensions(writer, [reasonExtension(code)])),
  ]),
);

function writeEntryExtensions(writer: DerWriter, { reason, invalidityDate }: CrlEntry): void {
  const hasReason = reason !== undefined && reason !== 'unspecified';
  if (invalidityDate === undefined) {
    const der = hasReason ? REASON_EXTENSIONS.get(reason) : undefined;
    if (der !== undefined) writer.raw(der);
    return;
  }
  const date = encodeExtension(EXTENSION_OIDS.invalidityDate, false, (value) =>
    value.generalizedTime(invalidityDate),
  );
  writeExtensions(writer, hasReason ? [reasonExtension(REVOCATION_REASONS[reason]), date] : [date]);
}

function writeCrlEntry(writer: DerWriter, entry: CrlEntry): void {
  writer.sequence(() => {
    writer.integer(entry.serial);
    writer.time(entry.revokedAt);
    writeEntryExtensions(writer, entry);
  });
}

/** Entries one after another, without a container: a part of revokedCertificates. */
export function encodeCrlEntries(entries: Iterable<CrlEntry>): Uint8Array {
  return encodeDer((writer) => {
    for (const entry of entries) writeCrlEntry(writer, entry);
  });
}

const CHUNK_BYTES = 65_536;

/**
 * Entries from batches (rows of a cursor, say) as chunks of about `chunkBytes` octets, each a buffer of its own: what
 * is held at any time is one batch and one chunk. The sum of their lengths goes into `tbsCertListFrame`.
 */
export async function* encodeCrlEntryChunks(
  batches: AsyncIterable<Iterable<CrlEntry>> | Iterable<Iterable<CrlEntry>>,
  chunkBytes: number = CHUNK_BYTES,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new DerWriter(chunkBytes + 1024);
  for await (const batch of batches) {
    for (const entry of batch) {
      writeCrlEntry(writer, entry);
      if (writer.length >= chunkBytes) yield writer.take();
    }
  }
  if (writer.length > 0) yield writer.take();
}

/** Reads one entry. */
export function readCrlEntry(reader: DerReader): ReadCrlEntry {
  let reason: RevocationReason | undefined;
  let invalidityDate: number | undefined;
  let hasUnknownCritical = false;
  reader.enterSequence();
  const serial = reader.integer();
  const isGeneralized = reader.peek() === GENERALIZED_TIME;
  const revokedAt = reader.time();
  const extensions = !reader.more()
    ? []
    : readExtensions(reader, (oid, value, critical) => {
        if (oid === EXTENSION_OIDS.reasonCode) {
          reason = findRevocationReason(value.enumerated(REASON_CODE_MAX));
          if (reason === undefined) value.reject('reason-invalid', 'a reason code');
          return true;
        }
        if (oid === EXTENSION_OIDS.invalidityDate) {
          invalidityDate = value.generalizedTime();
          return true;
        }
        hasUnknownCritical ||= critical;
        return false;
      });
  reader.leave();
  const hasRightTimeForm = isGeneralized !== isUtcTimeRange(revokedAt);
  return { serial, revokedAt, reason, invalidityDate, extensions, hasUnknownCritical, hasRightTimeForm };
}
