/**
 * 券面事項確認 0005: the individual number as a picture (PNG), for whoever knows the number. That it is in `FF40` is surveyed; the
 * objects in it (DF41 picture, DF42 key, DF43 signature over both) are ours, after 0001.
 */
import { encodeTlv, encodeTlvs, fieldsOf, valueOf } from './ber-tlv.ts';

const TEMPLATE = 0xff40;
const PICTURE = 0xdf41;
const KEY = 0xdf42;
const SIGNATURE = 0xdf43;

export interface FaceNumber {
  readonly picture: Buffer;
  readonly modulus: Buffer;
}

/** What is signed. */
export const encodeFaceNumberBody = ({ picture, modulus }: FaceNumber): Buffer =>
  encodeTlvs([
    { tag: PICTURE, value: picture },
    { tag: KEY, value: modulus },
  ]);

export const encodeFaceNumber = (number: FaceNumber, signature: Buffer): Buffer =>
  encodeTlv(TEMPLATE, Buffer.concat([encodeFaceNumberBody(number), encodeTlv(SIGNATURE, signature)]));

export function readFaceNumber(file: Uint8Array): (FaceNumber & { readonly signature: Buffer }) | undefined {
  const [picture, modulus, signature] =
    fieldsOf(valueOf(file, TEMPLATE) ?? Buffer.of(0), [PICTURE, KEY, SIGNATURE]) ?? [];
  return picture && modulus && signature && { picture, modulus, signature };
}
