/**
 * `ishizue code-notices MUNICIPALITY`: how the written notices of changed resident codes stand; with --batch the next of them are
 * printed. Flow: docs/flows/code-change.md step 3.
 */
import { type CodeNoticeFailure, codeNoticeStanding, printCodeNotices } from '@ishizue/registry';
import type { Country } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

export const codeNotices = defineCommand({
  meta: {
    name: 'code-notices',
    description:
      'The written notices of changed resident codes of a municipality; with --batch the next are printed',
  },
  args: {
    municipality: { type: 'positional', description: 'the six-digit code', required: true },
    batch: {
      type: 'string',
      description: 'an id of one’s own: 8 to 64 of 0-9, a-z and -; the same again is answered',
    },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { municipality, batch, json } }) => {
    await withInstallation(json, async (country) => {
      if (!country.municipalities.includes(municipality)) {
        const detail = `${municipality} is no municipality of this installation`;
        return printFailure(json, { code: 'municipality-unknown', detail }, EXIT_UNUSABLE);
      }
      if (batch !== undefined) return printBatch(country, municipality, batch, json);
      const standing = await codeNoticeStanding(country.systems.codeNotices, municipality);
      const lines = [
        ...standing.states.map(({ state, count }) => `${state}: ${count}`),
        ...standing.openBatches.map((id) => `begun and not finished: ${id} (print it again)`),
      ];
      print(json, standing, lines.join('\n') || 'no notice');
    });
  },
});

async function printBatch(
  country: Country,
  municipality: string,
  batchId: string,
  json: boolean,
): Promise<void> {
  const access = commandLineAccess('住民基本台帳法 第30条の4', 'code-notice');
  const printed = await printCodeNotices(country.systems.codeNotices, municipality, access, { batchId });
  if (!printed.ok) return printFailure(json, printed.failure, EXIT_CODES[printed.failure.code]);
  const folder = country.directory.codeNotices;
  const { files, ...counts } = printed.value;
  const lines = [
    `${batchId}: ${counts.printed} printed, ${counts.atCounter} of them for the counter, ${counts.withdrawn} withdrawn, ${counts.left} left in the queue`,
    ...files.map(({ name, notices, sha256 }) => `${folder}/${name}  ${notices} notices  ${sha256}`),
  ];
  print(json, { ...printed.value, folder }, lines.join('\n'));
}

const EXIT_CODES: Readonly<Record<CodeNoticeFailure, number>> = {
  'batch-id-malformed': EXIT_UNUSABLE,
  'no-notice-queued': EXIT_FAILED,
};
