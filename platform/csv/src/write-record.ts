/** A record as a line (RFC 4180): quotation marks where needed, CRLF at the end. */
const NEEDS_QUOTES = /[",\r\n]/;

export function writeRecord(fields: readonly (string | number)[]): string {
  const quoted = fields.map((field) => {
    const text = String(field);
    return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}
