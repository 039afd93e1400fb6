/**
 * Inspection of contents that another reader found on a card: every file octet by octet against what was ordered, every field
 * against the person, read out of the found octets anew, and every signature against the authority’s key. (In January
 * 2016 some 26,000 cards were suspected of defective chip data.)
 */
import { constants, hash, verify } from 'node:crypto';
import { attributesDigest, attributesOf, readAttributesText } from './attributes-text.ts';
import { type CardContents, CONTENT_FILES, type ContentFile } from './card-contents.ts';
import { readContentCertificate } from './content-certificate.ts';
import { contentKeyId } from './content-key-id.ts';
import type { ContentTools } from './encode-contents.ts';
import { encodeFaceBirthBody, readFaceBirth } from './face-birth.ts';
import { encodeFaceImagesBody, readFaceImages } from './face-images.ts';
import { encodeFaceNumberBody, readFaceNumber } from './face-number.ts';
import { pictureOfAddress, pictureOfName, pictureOfNumber, pictureOfSecurityCode } from './face-pictures.ts';
import { readFaceVersion } from './face-version.ts';
import { keyOfModulus } from './modulus-of.ts';
import { readNumberText } from './number-text.ts';
import { eightDigits, type PersonOnCard } from './person-on-card.ts';
import { readResidentCode } from './resident-code-text.ts';
import { encodeTextDigests, readTextSignature } from './text-signature.ts';

const NOTHING = Buffer.alloc(0);
const MUNICIPALITY_DIGITS = 5;

/** What on the card is not as it should be, by name; none where all of it is. Names are no personal data. */
export function findDifferences(
  tools: ContentTools,
  person: PersonOnCard,
  ordered: CardContents,
  found: Readonly<Record<string, Uint8Array>>,
): readonly string[] {
  const read = (file: ContentFile): Buffer => Buffer.from(found[CONTENT_FILES[file]] ?? NOTHING);
  const modulus = certifiedModulus(tools, read('textCertificate'));
  const isSigned = (body: Uint8Array, signature: Uint8Array): boolean =>
    modulus !== undefined && verifies(modulus, body, signature);
  const fields = {
    ...textFields(person, read, isSigned),
    ...faceFields(tools, person, read, isSigned),
    'content certificate': modulus !== undefined && read('faceCertificate').equals(read('textCertificate')),
    'resident code': readResidentCode(read('residentCode')) === person.residentCode,
    'card id': read('cardId').toString('latin1') === person.cardId,
  };
  const wrongFiles = Object.entries(ordered.files).filter(
    ([file, octets]) => !Buffer.from(found[file] ?? NOTHING).equals(octets),
  );
  return [
    ...wrongFiles.map(([file]) => `file ${file}`),
    ...Object.entries(fields).flatMap(([field, isRight]) => (isRight ? [] : [field])),
  ];
}

type Read = (file: ContentFile) => Buffer;
type IsSigned = (body: Uint8Array, signature: Uint8Array) => boolean;
type Verdicts = Readonly<Record<string, boolean>>;

function textFields(person: PersonOnCard, read: Read, isSigned: IsSigned): Verdicts {
  const expected = attributesOf(person);
  const attributes = readAttributesText(read('attributes'));
  const signed = readTextSignature(read('textSignature'));
  return {
    'number as text': readNumberText(read('number')) === person.individualNumber,
    'name as text': attributes?.name === expected.name,
    'address as text': attributes?.address === expected.address,
    'birth date as text': attributes?.birthDate === expected.birthDate,
    'sex as text': attributes?.sex === expected.sex,
    'digests of the texts':
      signed?.number.equals(hash('sha256', read('number'), 'buffer')) === true &&
      attributes !== undefined &&
      signed.attributes.equals(attributesDigest(attributes)),
    'signature of the texts': signed !== undefined && isSigned(encodeTextDigests(signed), signed.signature),
  };
}

function faceFields(
  { typeface }: ContentTools,
  person: PersonOnCard,
  read: Read,
  isSigned: IsSigned,
): Verdicts {
  const birth = readFaceBirth(read('faceBirth'));
  const face = readFaceImages(read('faceImages'));
  const number = readFaceNumber(read('faceNumber'));
  const birthDate = eightDigits(person.birthDate);
  return {
    'birth date of 0001': birth?.birthDate === birthDate,
    'signature of 0001': birth !== undefined && isSigned(encodeFaceBirthBody(birth), birth.signature),
    'birth date of the face': face?.birthDate === birthDate,
    'sex of the face': face?.sex === String(person.sex),
    'name of the face': face?.name.equals(pictureOfName(typeface, person)) === true,
    'address of the face': face?.address.equals(pictureOfAddress(typeface, person)) === true,
    'photo of the face': face?.photo.equals(person.photo ?? NOTHING) === true,
    'expiry of the face': face?.expiresOn === eightDigits(person.expiresOn),
    'security code of the face': face?.securityCode.equals(pictureOfSecurityCode(typeface, person)) === true,
    'signature of the face': face !== undefined && isSigned(encodeFaceImagesBody(face), face.signature),
    municipality: readFaceVersion(read('faceVersion')) === person.municipality.slice(0, MUNICIPALITY_DIGITS),
    'number of the face': number?.picture.equals(pictureOfNumber(typeface, person)) === true,
    'signature of the number':
      number !== undefined && isSigned(encodeFaceNumberBody(number), number.signature),
  };
}

/** The key that the authority certified on this card. */
function certifiedModulus({ seal }: ContentTools, file: Buffer): Buffer | undefined {
  const certificate = readContentCertificate(file);
  if (!certificate?.issuer.equals(contentKeyId(seal.authority))) return undefined;
  return verifies(seal.authority, certificate.body, certificate.signature) ? certificate.modulus : undefined;
}

const verifies = (modulus: Buffer, body: Uint8Array, signature: Uint8Array): boolean =>
  verify('sha256', body, { key: keyOfModulus(modulus), padding: constants.RSA_PKCS1_PADDING }, signature);
