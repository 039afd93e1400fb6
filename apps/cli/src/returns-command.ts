/** `… returns FILE`: letters of any kind that came back, from a file; bad rows go to a file beside it. */
import { createReadStream, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { type ReturnsBook, takeReturns } from '@ishizue/cards';
import { decodeText, writeRecord } from '@ishizue/csv';
import type { Access } from '@ishizue/registry';
import { defineCommand } from 'citty';
import { withInstallation } from './open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from './report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

/** @param book whose letters they are: notices of expiry unless told */
export const returnsCommand = (accessOf: () => Access, book?: ReturnsBook) =>
  defineCommand({
    meta: {
      name: 'returns',
      description:
        'Take letters that came back from a CSV file (notice,reason,returned_on). Bad rows go to FILE.rejects.csv; exits 1 where there were any.',
    },
    args: { file: { type: 'positional', description: 'the CSV file', required: true }, json },
    run: async ({ args }) => {
      const { file } = args;
      if (!existsSync(file))
        return printFailure(
          args.json,
          { code: 'file-missing', detail: `${file} is not there` },
          EXIT_UNUSABLE,
        );
      await withInstallation(args.json, async (country) => {
        const rejects = `${file}.rejects.csv`;
        await using handle = await open(rejects, 'w', 0o600);
        await handle.write(writeRecord(['row', 'code']));
        const taken = await takeReturns(country.systems.cards, {
          text: decodeText(createReadStream(file), 'utf-8'),
          access: accessOf(),
          ...(book && { book }),
          reject: async ({ row, code }) => void (await handle.write(writeRecord([row, code]))),
        });
        if (!taken.ok || taken.value.rejected === 0) await rm(rejects);
        if (!taken.ok) return printFailure(args.json, taken.failure, EXIT_UNUSABLE);
        const { rows, returned, rejected } = taken.value;
        const counts = `${rows} rows: ${returned} returned, ${rejected} rejected`;
        print(args.json, taken.value, rejected > 0 ? `${counts} (see ${rejects})` : counts);
        if (rejected > 0) process.exitCode = EXIT_FAILED;
      });
    },
  });
