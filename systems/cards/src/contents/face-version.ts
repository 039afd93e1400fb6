/**
 * 券面事項確認 0003: `FF30{ DF33 version, DF34 municipality code of five digits }`. Real cards have more objects, of which nothing
 * public says what they are: none of them is invented here. The version is ours.
 */
import { encodeTlv, encodeTlvs, fieldsOf, valueOf } from './ber-tlv.ts';

const TEMPLATE = 0xff30;
const VERSION = 0xdf33;
const MUNICIPALITY = 0xdf34;
const OURS = '01';
const CODE_DIGITS = 5;

/** @param municipality six digits, or the five without the check digit */
export const encodeFaceVersion = (municipality: string): Buffer =>
  encodeTlv(
    TEMPLATE,
    encodeTlvs([
      { tag: VERSION, value: Buffer.from(OURS, 'latin1') },
      { tag: MUNICIPALITY, value: Buffer.from(municipality.slice(0, CODE_DIGITS), 'latin1') },
    ]),
  );

/** The five digits. */
export function readFaceVersion(file: Uint8Array): string | undefined {
  const [version, code] = fieldsOf(valueOf(file, TEMPLATE) ?? Buffer.of(0), [VERSION, MUNICIPALITY]) ?? [];
  return version?.toString('latin1') === OURS ? code?.toString('latin1') : undefined;
}
