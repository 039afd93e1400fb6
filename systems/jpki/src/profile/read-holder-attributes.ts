/**
 * Reads the four items out of a signature certificate: for relying parties, who must go by the identifiers and never by
 * the position, and for the lint, which is told the order as well.
 */
import { DerReader, derTag, type GeneralName } from '@ishizue/x509';
import { ATTRIBUTE_ARC, ATTRIBUTE_OF, type HolderAttributes } from './holder-attributes.ts';

const ATTRIBUTE_BYTES_MAX = 4096;

/** One otherName under the arc. */
export interface ReadAttribute {
  readonly oid: string;
  /** Undefined where the value is no UTF8String. */
  readonly text: string | undefined;
}

/** The attributes among the names, in their order. */
export function readAttributes(names: readonly GeneralName[]): readonly ReadAttribute[] {
  return names.flatMap((name) =>
    name.kind === 'otherName' && name.oid.startsWith(`${ATTRIBUTE_ARC}.`)
      ? [{ oid: name.oid, text: readUtf8String(name.value) }]
      : [],
  );
}

function readUtf8String(der: Uint8Array): string | undefined {
  const reader = new DerReader(der, ATTRIBUTE_BYTES_MAX);
  const content = reader.finish(reader.content(derTag.UTF8_STRING));
  if (!content.ok) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content.value);
  } catch {
    return undefined;
  }
}

/** The four items; undefined where one is missing, occurs twice or is no text. */
export function readHolderAttributes(names: readonly GeneralName[]): HolderAttributes | undefined {
  const texts = new Map<string, string>();
  for (const { oid, text } of readAttributes(names)) {
    if (text === undefined || texts.has(oid)) return undefined;
    texts.set(oid, text);
  }
  const [name, nameFlags, sex, birthDate, address, addressFlags] = Object.values(ATTRIBUTE_OF).map((oid) =>
    texts.get(oid),
  );
  if (name === undefined || nameFlags === undefined || sex === undefined) return undefined;
  if (birthDate === undefined || address === undefined || addressFlags === undefined) return undefined;
  return {
    name: { text: name, flags: nameFlags },
    birthDate,
    sex,
    address: { text: address, flags: addressFlags },
  };
}
