/**
 * 券面事項入力補助 0002: the four items as text, `FF20{ DF21 offsets, DF22 name, DF23 address, DF24 birth date, DF25 sex }`, UTF-8.
 * Surveyed; the hash that 0003 signs is over the value without DF21.
 */
import { hash } from 'node:crypto';
import { encodeTlvs, type Tlv } from './ber-tlv.ts';
import { eightDigits, type PersonOnCard } from './person-on-card.ts';
import { encodeWithOffsets, readWithOffsets } from './with-offsets.ts';

const TEMPLATE = 0xff20;
const TAGS = [0xdf22, 0xdf23, 0xdf24, 0xdf25] as const;

export interface AttributesText {
  readonly name: string;
  readonly address: string;
  /** Eight digits. */
  readonly birthDate: string;
  /** One digit (ISO/IEC 5218). */
  readonly sex: string;
}

export const attributesOf = ({ name, address, birthDate, sex }: PersonOnCard): AttributesText => ({
  name,
  address,
  birthDate: eightDigits(birthDate),
  sex: String(sex),
});

const fieldsFor = ({ name, address, birthDate, sex }: AttributesText): readonly Tlv[] =>
  [name, address, birthDate, sex].map((text, at) => ({
    tag: TAGS[at] ?? 0,
    value: Buffer.from(text, 'utf8'),
  }));

export const encodeAttributesText = (attributes: AttributesText): Buffer =>
  encodeWithOffsets(TEMPLATE, fieldsFor(attributes));

export function readAttributesText(file: Uint8Array): AttributesText | undefined {
  const texts = readWithOffsets(file, TEMPLATE, TAGS)?.map((value) => value.toString('utf8'));
  if (!texts) return undefined;
  const [name = '', address = '', birthDate = '', sex = ''] = texts;
  return { name, address, birthDate, sex };
}

/** SHA-256 of what the attributes are without their table. */
export const attributesDigest = (attributes: AttributesText): Buffer =>
  hash('sha256', encodeTlvs(fieldsFor(attributes)), 'buffer');
