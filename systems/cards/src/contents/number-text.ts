/** 券面事項入力補助 0001: the individual number as text, `FF10 0C` and twelve digits, filled with `FF` to 17 octets. Surveyed. */
import { encodeTlv, valueOf } from './ber-tlv.ts';

const NUMBER = 0xff10;
const FILE_BYTES = 17;

export function encodeNumberText(individualNumber: string): Buffer {
  const file = Buffer.alloc(FILE_BYTES, 0xff);
  encodeTlv(NUMBER, Buffer.from(individualNumber, 'latin1')).copy(file);
  return file;
}

/** The twelve digits. */
export function readNumberText(file: Uint8Array): string | undefined {
  const digits = valueOf(file, NUMBER)?.toString('latin1');
  return file.length === FILE_BYTES && digits !== undefined && /^\d{12}$/.test(digits) ? digits : undefined;
}
