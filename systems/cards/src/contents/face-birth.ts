/**
 * 券面事項確認 0001: `FF10{ DF11 birth date, DF12 key, DF13 signature }`, for whoever judges an age. Tags surveyed; that the key is
 * the modulus of the key of contents, and the signature over DF11 and DF12 as they stand, is ours.
 */
import { encodeTlv, encodeTlvs, fieldsOf, valueOf } from './ber-tlv.ts';

const TEMPLATE = 0xff10;
const BIRTH_DATE = 0xdf11;
const KEY = 0xdf12;
const SIGNATURE = 0xdf13;

export interface FaceBirth {
  /** Eight digits. */
  readonly birthDate: string;
  readonly modulus: Buffer;
}

/** What is signed. */
export const encodeFaceBirthBody = ({ birthDate, modulus }: FaceBirth): Buffer =>
  encodeTlvs([
    { tag: BIRTH_DATE, value: Buffer.from(birthDate, 'latin1') },
    { tag: KEY, value: modulus },
  ]);

export const encodeFaceBirth = (birth: FaceBirth, signature: Buffer): Buffer =>
  encodeTlv(TEMPLATE, Buffer.concat([encodeFaceBirthBody(birth), encodeTlv(SIGNATURE, signature)]));

export function readFaceBirth(file: Uint8Array): (FaceBirth & { readonly signature: Buffer }) | undefined {
  const [birth, modulus, signature] =
    fieldsOf(valueOf(file, TEMPLATE) ?? Buffer.of(0), [BIRTH_DATE, KEY, SIGNATURE]) ?? [];
  return birth && modulus && signature && { birthDate: birth.toString('latin1'), modulus, signature };
}
