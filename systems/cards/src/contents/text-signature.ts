/**
 * 券面事項入力補助 0003: what stands for the two texts, `FF30{ DF31 SHA-256 of the 17 octets of 0001, DF32 SHA-256 of 0002’s value
 * without DF21, DF33 RSA signature }`. Surveyed; that the signature is over the objects DF31 and DF32 as they stand is ours.
 */
import { encodeTlv, encodeTlvs, fieldsOf, valueOf } from './ber-tlv.ts';

const TEMPLATE = 0xff30;
const NUMBER_DIGEST = 0xdf31;
const ATTRIBUTES_DIGEST = 0xdf32;
const SIGNATURE = 0xdf33;

export interface TextDigests {
  readonly number: Buffer;
  readonly attributes: Buffer;
}

/** What is signed. */
export const encodeTextDigests = ({ number, attributes }: TextDigests): Buffer =>
  encodeTlvs([
    { tag: NUMBER_DIGEST, value: number },
    { tag: ATTRIBUTES_DIGEST, value: attributes },
  ]);

export const encodeTextSignature = (digests: TextDigests, signature: Buffer): Buffer =>
  encodeTlv(TEMPLATE, Buffer.concat([encodeTextDigests(digests), encodeTlv(SIGNATURE, signature)]));

export function readTextSignature(
  file: Uint8Array,
): (TextDigests & { readonly signature: Buffer }) | undefined {
  const fields = fieldsOf(valueOf(file, TEMPLATE) ?? Buffer.of(0), [
    NUMBER_DIGEST,
    ATTRIBUTES_DIGEST,
    SIGNATURE,
  ]);
  const [number, attributes, signature] = fields ?? [];
  return number && attributes && signature && { number, attributes, signature };
}
