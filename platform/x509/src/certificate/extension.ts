/**
 * The Extension structure (RFC 5280 4.2), the same in certificates, CRLs, their entries, requests and OCSP messages.
 * Order is the caller's. Reading decodes what the caller knows in the same pass and keeps the octets of everything.
 */
import type { DerReader } from '../der/reader.ts';
import { BOOLEAN, OCTET_STRING } from '../der/tag.ts';
import { type DerWriter, encodeDer } from '../der/writer.ts';

/** More than this many in one message is refused. */
const EXTENSIONS_MAX = 64;

/** One extension; `value` is the DER inside its OCTET STRING. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** An extension whose value `fill` writes. */
export function encodeExtension(
  oid: string,
  critical: boolean,
  fill: (writer: DerWriter) => void,
): Extension {
  return { oid, critical, value: encodeDer(fill) };
}

/** The Extensions SEQUENCE, in the order given. */
export function writeExtensions(writer: DerWriter, extensions: readonly Extension[]): void {
  writer.sequence(() => {
    for (const { oid, critical, value } of extensions) {
      writer.sequence(() => {
        writer.oid(oid);
        if (critical) writer.boolean(true);
        writer.octetString(value);
      });
    }
  });
}

/**
 * Decodes the value of an extension, in which the reader stands, and answers true; or answers false and leaves the
 * reader where it was.
 */
export type ExtensionDecoder = (oid: string, reader: DerReader, critical: boolean) => boolean;

function readExtension(reader: DerReader, decode: ExtensionDecoder): Extension {
  reader.enterSequence();
  const oid = reader.oid();
  const hasCritical = reader.peek() === BOOLEAN;
  const critical = hasCritical && reader.boolean();
  if (hasCritical && !critical) reader.reject('default-encoded', 'critical FALSE');
  reader.enter(OCTET_STRING);
  const value = reader.rest();
  if (!reader.failed && !decode(oid, reader, critical)) reader.skipRest();
  reader.leave();
  reader.leave();
  return { oid, critical, value };
}

/** Reads an Extensions SEQUENCE. Duplicates are the caller's to refuse, with `hasDuplicate`. */
export function readExtensions(reader: DerReader, decode: ExtensionDecoder): Extension[] {
  const extensions: Extension[] = [];
  reader.enterSequence();
  if (!reader.more()) reader.reject('empty', 'Extensions');
  while (reader.more()) {
    if (extensions.length >= EXTENSIONS_MAX)
      reader.reject('too-large', `more than ${EXTENSIONS_MAX} extensions`);
    extensions.push(readExtension(reader, decode));
  }
  reader.leave();
  return extensions;
}

/** Whether two extensions have the same type. */
export function hasDuplicate(extensions: readonly Extension[]): boolean {
  return extensions.some((extension, at) => {
    for (let next = at + 1; next < extensions.length; next++) {
      if (extensions[next]?.oid === extension.oid) return true;
    }
    return false;
  });
}
