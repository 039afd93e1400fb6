/**
 * What an owner puts into its application on one card: files, and the first PIN where it has one. It is written to the card and
 * read back, and kept nowhere else: of it remains a digest, by which the same order is known again.
 */
import { createHash } from 'node:crypto';

export interface LoadedFile {
  /** 1 to 65,535, but 0011, where the PIN is. */
  readonly fid: number;
  /** Who reads it besides the owner: everybody, whoever shows the PIN, nobody. */
  readonly read: 'always' | 'pin' | 'owner';
  readonly content: Uint8Array;
}

export interface LoadingContents {
  readonly files: readonly LoadedFile[];
  /** Four digits. */
  readonly pin?: string;
}

const PIN_FID = 0x0011;
const FILES_MAX = 32;
/** What the card takes for each file besides its content. */
const OVERHEAD_BYTES = 8;

/** Whether the contents are of the form and fit into the area. */
export function fitsArea({ files, pin }: LoadingContents, areaBytes: number): boolean {
  const fids = new Set(files.map(({ fid }) => fid));
  const isForm =
    files.length > 0 &&
    files.length <= FILES_MAX &&
    fids.size === files.length &&
    files.every(({ fid, content }) => fid > 0 && fid <= 0xffff && fid !== PIN_FID && content.length > 0) &&
    (pin === undefined || /^\d{4}$/.test(pin)) &&
    (pin !== undefined || files.every(({ read }) => read !== 'pin'));
  return isForm && files.reduce((sum, { content }) => sum + OVERHEAD_BYTES + content.length, 0) <= areaBytes;
}

/** SHA-256 over the files, with lengths between; the request’s id goes in, so that digests of two cards cannot be compared. */
export function digestOf(requestId: string, { files }: LoadingContents): Buffer {
  const digest = createHash('sha256').update(JSON.stringify([requestId, files.length]));
  for (const { fid, read, content } of files)
    digest.update(JSON.stringify([fid, read, content.length])).update(content);
  return digest.digest();
}
