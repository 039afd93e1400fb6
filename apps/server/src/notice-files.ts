/** Where notices are printed to, of numbers and of codes: a folder of the installation. A file is there whole or not at all. */
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PrintFiles } from '@ishizue/pdf';

/** Files are for the printer's own eyes: they hold numbers beside names. */
const OWN_EYES = 0o600;

const PRINT_FILE = /^[0-9a-z-]+\.(pdf|csv|eml)$/;

export const noticeFilesIn = (folder: string): PrintFiles => ({
  write: async (name, chunks) => {
    if (!PRINT_FILE.test(name)) throw new Error(`no name of a print file: ${name}`);
    const file = path.join(folder, name);
    const fresh = `${file}.new`;
    await pipeline(Readable.from(chunks), createWriteStream(fresh, { mode: OWN_EYES, flush: true }));
    renameSync(fresh, file);
  },
  remove: (name) => {
    if (!PRINT_FILE.test(name)) throw new Error(`no name of a print file: ${name}`);
    rmSync(path.join(folder, name), { force: true });
    return Promise.resolve();
  },
});
