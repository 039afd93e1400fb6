/**
 * BER-TLV (ISO/IEC 8825-1, ISO 7816-4 5.2.2) as the card’s files use it: tags of two octets (`DF21`) or, of the class private,
 * `FF20` around them; lengths of one to three octets, always the shortest. Whoever reads refuses every other form.
 */

const LONG = 0x80;
const TAG_BYTES = 2;

/** One object of the file. */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

const lengthOf = (bytes: number): Buffer => {
  if (bytes < LONG) return Buffer.of(bytes);
  return bytes < 0x100 ? Buffer.of(0x81, bytes) : Buffer.of(0x82, bytes >> 8, bytes & 0xff);
};

/** Tag, length and value. @throws where the value has more than 65,535 octets */
export function encodeTlv(tag: number, value: Uint8Array): Buffer {
  if (value.length > 0xffff) throw new Error('a value is too long for a file of the card');
  return Buffer.concat([Buffer.of(tag >> 8, tag & 0xff), lengthOf(value.length), value]);
}

export const encodeTlvs = (objects: readonly Tlv[]): Buffer =>
  Buffer.concat(objects.map(({ tag, value }) => encodeTlv(tag, value)));

/** The objects that fill the octets to their end, or undefined. */
export function parseTlvs(octets: Uint8Array): readonly Tlv[] | undefined {
  const found: Tlv[] = [];
  for (let rest = asBuffer(octets); rest.length > 0; ) {
    const first = parseFirst(rest);
    if (!first) return undefined;
    found.push(first);
    rest = rest.subarray(encodeTlv(first.tag, first.value).length);
  }
  return found;
}

/** The value of the object of this tag that the octets begin with; fillers of `FF` may follow it. */
export function valueOf(octets: Uint8Array, tag: number): Buffer | undefined {
  const buffer = asBuffer(octets);
  const first = parseFirst(buffer);
  if (first?.tag !== tag) return undefined;
  const rest = buffer.subarray(encodeTlv(tag, first.value).length);
  return rest.every((octet) => octet === 0xff) ? first.value : undefined;
}

/** The values of a template, by tag, where exactly these tags stand in it in this order. */
export function fieldsOf(template: Uint8Array, tags: readonly number[]): readonly Buffer[] | undefined {
  const found = parseTlvs(template);
  const isForm = found?.length === tags.length && found.every(({ tag }, at) => tag === tags[at]);
  return isForm ? found.map(({ value }) => value) : undefined;
}

function parseFirst(octets: Buffer): Tlv | undefined {
  const [, , first = LONG, second = 0, third = 0] = octets;
  const width = first < LONG ? 1 : first === 0x81 ? 2 : first === 0x82 ? 3 : 0;
  if (width === 0 || octets.length < TAG_BYTES + width) return undefined;
  const length = width === 1 ? first : width === 2 ? second : (second << 8) | third;
  if (lengthOf(length).length !== width) return undefined;
  const start = TAG_BYTES + width;
  if (octets.length < start + length) return undefined;
  return { tag: octets.readUInt16BE(0), value: octets.subarray(start, start + length) };
}

const asBuffer = (octets: Uint8Array): Buffer =>
  Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
