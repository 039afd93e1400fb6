/**
 * 券面事項確認 0002: the face, `FF20{ DF21 offsets, DF22 birth date, DF23 sex, DF24 key, DF25 name, DF26 address, DF27 photo,
 * DF28 signature, DF29 expiry, DF2A security code }`; names, address and code are pictures (PNG), the photo is JPEG 2000, empty
 * where there is none. Tags surveyed. Ours: the key is the modulus of the key of contents, the signature over all fields
 * but DF21 and itself, in their order, with tags and lengths.
 */
import { encodeTlvs, type Tlv } from './ber-tlv.ts';
import { encodeWithOffsets, readWithOffsets } from './with-offsets.ts';

const TEMPLATE = 0xff20;
const SIGNATURE = 0xdf28;

export interface FaceImages {
  /** Eight digits. */
  readonly birthDate: string;
  readonly sex: string;
  readonly modulus: Buffer;
  readonly name: Buffer;
  readonly address: Buffer;
  readonly photo: Buffer;
  /** Eight digits. */
  readonly expiresOn: string;
  readonly securityCode: Buffer;
}

const TAGS = [0xdf22, 0xdf23, 0xdf24, 0xdf25, 0xdf26, 0xdf27, SIGNATURE, 0xdf29, 0xdf2a] as const;

const signedFields = (face: FaceImages): readonly Tlv[] => [
  { tag: 0xdf22, value: Buffer.from(face.birthDate, 'latin1') },
  { tag: 0xdf23, value: Buffer.from(face.sex, 'latin1') },
  { tag: 0xdf24, value: face.modulus },
  { tag: 0xdf25, value: face.name },
  { tag: 0xdf26, value: face.address },
  { tag: 0xdf27, value: face.photo },
  { tag: 0xdf29, value: Buffer.from(face.expiresOn, 'latin1') },
  { tag: 0xdf2a, value: face.securityCode },
];

/** What is signed. */
export const encodeFaceImagesBody = (face: FaceImages): Buffer => encodeTlvs(signedFields(face));

export const encodeFaceImages = (face: FaceImages, signature: Buffer): Buffer =>
  encodeWithOffsets(
    TEMPLATE,
    [...signedFields(face), { tag: SIGNATURE, value: signature }].toSorted(
      (one, other) => one.tag - other.tag,
    ),
  );

export function readFaceImages(file: Uint8Array): (FaceImages & { readonly signature: Buffer }) | undefined {
  const values = readWithOffsets(file, TEMPLATE, TAGS);
  if (!values) return undefined;
  const none = Buffer.alloc(0);
  const [birth = none, sex = none, modulus = none, name = none, address = none, photo = none] = values;
  const [signature = none, expires = none, securityCode = none] = values.slice(6);
  return {
    birthDate: birth.toString('latin1'),
    sex: sex.toString('latin1'),
    modulus,
    name,
    address,
    photo,
    signature,
    expiresOn: expires.toString('latin1'),
    securityCode,
  };
}
