/**
 * What the signer’s keys of cards sign, and nothing else: the signed parts of four files, and the body of the certificate of
 * 0004. Each is read to its last octet before it is signed (platform/signer: `form:<name>`). It loads neither a
 * database nor a server, since the signer process loads it.
 */
import type { Lint, SignerLints } from '@ishizue/signer';
import { parseTlvs } from './ber-tlv.ts';
import { readCertificateBody } from './content-certificate.ts';
import { contentKeyId } from './content-key-id.ts';
import { modulusOf } from './modulus-of.ts';

type Check = (value: Buffer, modulus: Buffer) => boolean;

const DIGEST: Check = (value) => value.length === 32;
const DATE: Check = (value) => /^\d{8}$/.test(value.toString('latin1'));
const SEX: Check = (value) => /^\d$/.test(value.toString('latin1'));
const PNG: Check = (value) => value.toString('hex', 0, 8) === '89504e470d0a1a0a';
const PHOTO_BYTES_MAX = 16_384;
/** A JPEG 2000 file, small enough for the card; or none. */
const PHOTO: Check = (value) =>
  value.length === 0 ||
  (value.length <= PHOTO_BYTES_MAX && value.toString('hex', 0, 12) === '0000000c6a5020200d0a870a');
const OWN_KEY: Check = (value, modulus) => value.equals(modulus);

/** The forms of contents, by tag in their order. */
const CONTENTS: readonly (readonly (readonly [tag: number, check: Check])[])[] = [
  [
    [0xdf31, DIGEST],
    [0xdf32, DIGEST],
  ],
  [
    [0xdf11, DATE],
    [0xdf12, OWN_KEY],
  ],
  [
    [0xdf22, DATE],
    [0xdf23, SEX],
    [0xdf24, OWN_KEY],
    [0xdf25, PNG],
    [0xdf26, PNG],
    [0xdf27, PHOTO],
    [0xdf29, DATE],
    [0xdf2a, PNG],
  ],
  [
    [0xdf41, PNG],
    [0xdf42, OWN_KEY],
  ],
];

const contents: Lint = (octets, spki) => {
  const found = parseTlvs(octets);
  const modulus = modulusOf(spki);
  const isOne = CONTENTS.some(
    (form) =>
      found?.length === form.length &&
      form.every(([tag, check], at) => {
        const object = found[at];
        return object?.tag === tag && check(object.value, modulus);
      }),
  );
  return isOne ? [] : [{ rule: 'signed-part-of-a-card-file', detail: 'no form of a file of the card' }];
};

const certificate: Lint = (octets, spki) =>
  readCertificateBody(octets)?.issuer.equals(contentKeyId(modulusOf(spki))) === true
    ? []
    : [{ rule: 'card-verifiable-certificate', detail: 'no certificate body, or of another issuer' }];

export const contentForms: NonNullable<SignerLints['forms']> = {
  'card-contents': contents,
  'card-certificate': certificate,
};
