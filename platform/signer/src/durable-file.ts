/**
 * Replacing a file so that a crash at any instant leaves the old content or the new, never a mixture: write beside
 * it, fsync, rename, fsync the directory. One writer at a time is the caller's duty (see single-instance.ts).
 */
import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

const FRESH = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;

/** Replaces `path` with `content`, mode 0600. When it resolves the new content is on the disk. */
export async function replaceFile(path: string, content: Uint8Array): Promise<void> {
  const beside = `${path}.new`; // left over by a crash, it is overwritten the next time
  const file = await open(beside, FRESH, 0o600);
  try {
    await file.chmod(0o600); // a left-over keeps its mode otherwise
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncDirectory(dirname(path));
}

async function syncDirectory(path: string): Promise<void> {
  const directory: FileHandle = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
