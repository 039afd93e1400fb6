/**
 * The one file of a posted `multipart/form-data` (RFC 7578), as it comes: its bytes up to the boundary, without holding
 * more than a chunk. Fields before it and whatever follows it are passed over; names and types that the client gives are not
 * believed.
 */
import { BodyUnreadable } from '@ishizue/http';

const HEADERS_BYTES_MAX = 8_192;
const HEADERS_END = Buffer.from('\r\n\r\n');

/** @throws BodyUnreadable where it is not of this form, or ends before the file does */
export async function* oneFile(
  body: AsyncIterable<Uint8Array>,
  contentType: string | string[] | undefined,
): AsyncGenerator<Buffer> {
  const boundary = /;\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i.exec(String(contentType ?? ''));
  const mark = Buffer.from(`\r\n--${boundary?.[1] ?? boundary?.[2] ?? ''}`);
  if (!boundary) throw new BodyUnreadable('a form without a boundary');
  // the first boundary has no line end before it
  let held: Buffer = Buffer.from('\r\n');
  let state: 'before' | 'headers' | 'field' | 'file' | 'after' = 'before';
  for await (const chunk of body) {
    if (state === 'after') continue;
    held = Buffer.concat([held, chunk]);
    for (;;) {
      if (state === 'headers') {
        const end = held.indexOf(HEADERS_END);
        if (end < 0 && held.length > HEADERS_BYTES_MAX)
          throw new BodyUnreadable('headers of a part are too long');
        if (end < 0) break;
        state = /^content-disposition:[^\r\n]*;\s*filename\*?=/im.test(held.toString('latin1', 0, end))
          ? 'file'
          : 'field';
        // its line end may begin the next boundary
        held = held.subarray(end + 2);
        if (state === 'file') held = held.subarray(2);
        continue;
      }
      const end = held.indexOf(mark);
      const certain = end < 0 ? Math.max(0, held.length - mark.length) : end;
      if (state === 'file' && certain > 0) yield held.subarray(0, certain);
      held = held.subarray(certain);
      if (end < 0) break;
      if (state === 'file') {
        state = 'after';
        break;
      }
      held = held.subarray(mark.length);
      state = 'headers';
    }
  }
  if (state !== 'after') throw new BodyUnreadable('a form without a whole file');
}
