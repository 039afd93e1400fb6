/** DER written naively, as hex: what test vectors are put together from, independent of the writer under test. */

/** An element from its tag and the hex of its content's parts. */
export function tlv(tag: string, ...parts: readonly string[]): string {
  const content = parts.join('');
  const length = (content.length / 2).toString(16);
  const even = length.length % 2 === 0 ? length : `0${length}`;
  const octets = content.length / 2 < 0x80 ? even : (0x80 + even.length / 2).toString(16) + even;
  return tag + octets + content;
}

/** The hex of text in UTF-8. */
export const utf8Hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');

export const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

export const fromHex = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

/** A common name of one attribute, as a whole Name. */
export const commonNameHex = (text: string): string =>
  tlv('30', tlv('31', tlv('30', '0603550403', tlv('0c', utf8Hex(text)))));
