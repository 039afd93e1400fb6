/**
 * A file's bytes as text, piece by piece. Bytes that the encoding does not allow throw, because a stream has no other way
 * to tell; whoever reads the records catches it and refuses the file as a whole.
 */
import { detectEncoding, type FileEncoding, FileTextDecoder } from '@ishizue/text';

/** Thrown by a text source whose bytes are not what its encoding allows. */
export class TextUndecodable extends Error {
  override readonly name = 'TextUndecodable';
}

/** @param encoding found out from the first bytes where undefined @throws {TextUndecodable} */
export async function* decodeText(
  bytes: AsyncIterable<Uint8Array>,
  encoding?: FileEncoding,
): AsyncGenerator<string> {
  let decoder = encoding && new FileTextDecoder(encoding);
  for await (const chunk of bytes) {
    decoder ??= decoderFor(chunk);
    const text = decoder.write(chunk);
    if (!text.ok) throw new TextUndecodable(text.failure.detail);
    yield text.value;
  }
  const end = decoder?.end();
  if (end && !end.ok) throw new TextUndecodable(end.failure.detail);
}

/** ASCII alone is read as UTF-8: a Shift_JIS file whose first Japanese comes later must be named as one. */
function decoderFor(first: Uint8Array): FileTextDecoder {
  const detected = detectEncoding(first);
  if (detected === 'unknown') throw new TextUndecodable('the file is neither UTF-8 nor Shift_JIS');
  return new FileTextDecoder(detected === 'ascii' ? 'utf-8' : detected);
}
