/** What printing the notices of codes is given, besides what the registry has anyway. Wiring makes one at start. */
import type { Typeface } from '@ishizue/pdf';
import type { RegistryContext } from '../registry-context.ts';

/** Where a batch's files go; a file of the same name is replaced, and is there whole or not at all. */
export interface CodeNoticeFiles {
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** A file of an earlier try that the batch does not have any more; it need not be there. */
  remove(name: string): Promise<void>;
}

export interface CodeNoticeDesk {
  readonly registry: RegistryContext;
  readonly typeface: Typeface;
  readonly files: CodeNoticeFiles;
}
