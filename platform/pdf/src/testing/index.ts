/** For tests of whoever prints: what was written, by name. */
import type { PrintFiles } from '../print-files.ts';

/** Print files in memory. */
export function printFilesInMemory(): {
  readonly files: PrintFiles;
  readonly written: ReadonlyMap<string, Buffer>;
} {
  const written = new Map<string, Buffer>();
  const files: PrintFiles = {
    write: async (name, chunks) => {
      written.set(name, Buffer.concat(await Array.fromAsync(chunks)));
    },
    remove: (name) => {
      written.delete(name);
      return Promise.resolve();
    },
  };
  return { files, written };
}
