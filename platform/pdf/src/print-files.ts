/** Where letters, the lists beside them and mails go, that others print or send. */
export interface PrintFiles {
  /** A file of the same name is replaced, and is there whole or not at all. */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Takes a file of an earlier try away; it need not be there. */
  remove(name: string): Promise<void>;
}

/** Bytes that are there already, as `PrintFiles` takes them. */
export async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
