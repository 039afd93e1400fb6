/**
 * Templates that begin with a table of where their fields are (`DF21`): the offset of each field’s tag from the file’s start,
 * two octets each, so that a reader fetches one field without the others (surveyed).
 */
import { encodeTlv, encodeTlvs, fieldsOf, type Tlv, valueOf } from './ber-tlv.ts';

const OFFSETS = 0xdf21;
const OFFSET_BYTES = 2;

/** The template with its table and fields. */
export function encodeWithOffsets(template: number, fields: readonly Tlv[]): Buffer {
  const build = (start: number): Buffer => {
    let at = start;
    const table = Buffer.alloc(fields.length * OFFSET_BYTES);
    for (const [index, { tag, value }] of fields.entries()) {
      table.writeUInt16BE(at, index * OFFSET_BYTES);
      at += encodeTlv(tag, value).length;
    }
    return encodeTlv(template, encodeTlvs([{ tag: OFFSETS, value: table }, ...fields]));
  };
  const blank = build(0); // a table of another content is as long
  return build(blank.length - encodeTlvs(fields).length);
}

/** The fields of these tags, where the table says truly where each of them is. */
export function readWithOffsets(
  file: Uint8Array,
  template: number,
  tags: readonly number[],
): readonly Buffer[] | undefined {
  const value = valueOf(file, template);
  const values = value && fieldsOf(value, [OFFSETS, ...tags])?.slice(1);
  if (!values) return undefined;
  const fields = tags.map((tag, at) => ({ tag, value: values[at] ?? Buffer.alloc(0) }));
  return encodeWithOffsets(template, fields).equals(file) ? values : undefined;
}
