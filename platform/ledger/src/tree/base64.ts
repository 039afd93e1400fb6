/** Standard base64 (RFC 4648 section 4), read strictly: one spelling for each value, so that formats are not malleable. */

/** The bytes, or undefined where the text is not the one encoding of them. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
