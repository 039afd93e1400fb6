/**
 * What a decoder of one encoding (utf8.ts, cp932.ts) answers to the stream that drives it (text-decoder.ts). Decoders
 * keep no state: bytes that only begin a character are not counted, and come again in front of the next ones.
 */

/** What a decoding step found: text, how many bytes it stands for, and whether an invalid byte follows them. */
export interface DecodedPart {
  readonly text: string;
  readonly bytes: number;
  readonly isInvalid: boolean;
}
