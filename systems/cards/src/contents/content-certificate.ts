/**
 * 券面事項入力補助 0004 and 券面事項確認 0004: the card-verifiable certificate of the key that signs contents,
 * `7F21{ 5F4E[ issuer’s key id 16 ‖ subject’s key id 16 ‖ exponent 4 ‖ modulus 256 ], 5F37 signature }`. Lengths surveyed on
 * real cards; what the key ids are made of is ours.
 */
import { encodeTlv, encodeTlvs, fieldsOf, valueOf } from './ber-tlv.ts';
import { contentKeyId } from './content-key-id.ts';

const CERTIFICATE = 0x7f21;
const BODY = 0x5f4e;
const SIGNATURE = 0x5f37;
const ID_BYTES = 16;
const EXPONENT = Buffer.of(0, 1, 0, 1);
const MODULUS_BYTES = 256;

export interface ContentCertificate {
  /** The key id of who signed it. */
  readonly issuer: Buffer;
  readonly modulus: Buffer;
  /** What the signature is over. */
  readonly body: Buffer;
  readonly signature: Buffer;
}

/** What the authority signs. */
export const encodeCertificateBody = ({
  issuer,
  modulus,
}: Pick<ContentCertificate, 'issuer' | 'modulus'>): Buffer =>
  Buffer.concat([issuer, contentKeyId(modulus), EXPONENT, modulus]);

export const encodeContentCertificate = (body: Buffer, signature: Buffer): Buffer =>
  encodeTlv(
    CERTIFICATE,
    encodeTlvs([
      { tag: BODY, value: body },
      { tag: SIGNATURE, value: signature },
    ]),
  );

/** The body’s parts, where the subject’s key id is that of the modulus. */
export function readCertificateBody(
  body: Buffer,
): { readonly issuer: Buffer; readonly modulus: Buffer } | undefined {
  const issuer = body.subarray(0, ID_BYTES);
  const modulus = body.subarray(2 * ID_BYTES + EXPONENT.length);
  const isForm = modulus.length === MODULUS_BYTES && encodeCertificateBody({ issuer, modulus }).equals(body);
  return isForm ? { issuer, modulus } : undefined;
}

export function readContentCertificate(file: Uint8Array): ContentCertificate | undefined {
  const [body, signature] = fieldsOf(valueOf(file, CERTIFICATE) ?? Buffer.of(0), [BODY, SIGNATURE]) ?? [];
  const parts = body && readCertificateBody(body);
  return body && signature && parts && { ...parts, body, signature };
}
