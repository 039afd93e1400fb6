/** Where the centre's number notices are printed to: a folder of the installation. A file is there whole or not at all. */
import { createWriteStream, renameSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { NoticeFiles } from '@ishizue/numbering';

/** Files are for the printer's own eyes: they hold numbers beside names. */
const OWN_EYES = 0o600;

export const noticeFilesIn = (folder: string): NoticeFiles => ({
  write: async (name, chunks) => {
    if (!/^[0-9a-z-]+\.(pdf|csv)$/.test(name)) throw new Error(`no name of a print file: ${name}`);
    const file = path.join(folder, name);
    const fresh = `${file}.new`;
    await pipeline(Readable.from(chunks), createWriteStream(fresh, { mode: OWN_EYES, flush: true }));
    renameSync(fresh, file);
  },
});
