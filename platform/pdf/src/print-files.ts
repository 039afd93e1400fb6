/** Where letters, the lists beside them and mails go, that others print or send. */
export interface PrintFiles {
  /** A file of the same name is replaced, and is there whole or not at all. */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Takes a file of an earlier try away; it need not be there. */
  remove(name: string): Promise<void>;
}

/**
 * Writes a document that a batch makes; where there is none this time, takes one of a try that was killed away: nobody is to be
 * written to by it any more, perhaps because the address must not be known.
 */
export const putDocument = (files: PrintFiles, name: string, bytes: Uint8Array | undefined): Promise<void> =>
  bytes === undefined ? files.remove(name) : files.write(name, inOnePiece(bytes));

/** Bytes that are there already, as `PrintFiles` takes them. */
export async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
