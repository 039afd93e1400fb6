/**
 * The contents of the four applications besides the citizen PKI, of one person and one card. The same person and card give the
 * same octets, signatures too, so that a factory that was cut off writes the same again.
 */
import { hash } from 'node:crypto';
import type { Typeface } from '@ishizue/pdf';
import { attributesDigest, attributesOf, encodeAttributesText } from './attributes-text.ts';
import { type CardContents, CONTENT_FILES, type ContentFile } from './card-contents.ts';
import type { ContentSeal } from './content-seal.ts';
import { encodeFaceBirth, encodeFaceBirthBody } from './face-birth.ts';
import { encodeFaceImages, encodeFaceImagesBody, type FaceImages } from './face-images.ts';
import { encodeFaceNumber, encodeFaceNumberBody } from './face-number.ts';
import { pictureOfAddress, pictureOfName, pictureOfNumber, pictureOfSecurityCode } from './face-pictures.ts';
import { encodeFaceVersion } from './face-version.ts';
import { encodeNumberText } from './number-text.ts';
import { eightDigits, numberA, numberB, type PersonOnCard } from './person-on-card.ts';
import { encodeResidentCode } from './resident-code-text.ts';
import { encodeTextDigests, encodeTextSignature } from './text-signature.ts';

/** With what the factory makes contents. */
export interface ContentTools {
  readonly typeface: Typeface;
  readonly seal: ContentSeal;
}

export async function encodeContents(tools: ContentTools, person: PersonOnCard): Promise<CardContents> {
  const { seal } = tools;
  const number = encodeNumberText(person.individualNumber);
  const attributes = attributesOf(person);
  const files: Readonly<Record<ContentFile, Uint8Array>> = {
    number,
    attributes: encodeAttributesText(attributes),
    textSignature: await signedTexts(seal, {
      number: hash('sha256', number, 'buffer'),
      attributes: attributesDigest(attributes),
    }),
    textCertificate: seal.certificate,
    ...(await signedFace(tools, person)),
    faceVersion: encodeFaceVersion(person.municipality),
    faceCertificate: seal.certificate,
    residentCode: encodeResidentCode(person.residentCode),
    cardId: Buffer.from(person.cardId, 'latin1'),
  };
  const named = Object.entries(files).map(([file, octets]) => [CONTENT_FILES[file as ContentFile], octets]);
  return { files: Object.fromEntries(named), numberA: numberA(person), numberB: numberB(person) };
}

const signedTexts = async (
  seal: ContentSeal,
  digests: Parameters<typeof encodeTextDigests>[0],
): Promise<Buffer> => encodeTextSignature(digests, await seal.sign(encodeTextDigests(digests)));

async function signedFace(
  { seal, typeface }: ContentTools,
  person: PersonOnCard,
): Promise<Record<'faceBirth' | 'faceImages' | 'faceNumber', Buffer>> {
  const birth = { birthDate: eightDigits(person.birthDate), modulus: seal.modulus };
  const face: FaceImages = {
    ...birth,
    sex: String(person.sex),
    name: pictureOfName(typeface, person),
    address: pictureOfAddress(typeface, person),
    photo: Buffer.from(person.photo ?? []),
    expiresOn: eightDigits(person.expiresOn),
    securityCode: pictureOfSecurityCode(typeface, person),
  };
  const number = { picture: pictureOfNumber(typeface, person), modulus: seal.modulus };
  return {
    faceBirth: encodeFaceBirth(birth, await seal.sign(encodeFaceBirthBody(birth))),
    faceImages: encodeFaceImages(face, await seal.sign(encodeFaceImagesBody(face))),
    faceNumber: encodeFaceNumber(number, await seal.sign(encodeFaceNumberBody(number))),
  };
}
