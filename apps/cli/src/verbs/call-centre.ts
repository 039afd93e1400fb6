/**
 * `ishizue call-centre report | import | notices`: the answer rate from the call records, a telephone system's records, and the
 * letters that confirm suspensions. Flow: docs/flows/call-centre.md.
 */
import { createReadStream, existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { decodeText, writeRecord } from '@ishizue/csv';
import {
  type AnswerRateReport,
  answerRate,
  importCalls,
  makeSuspensionNotices,
  type Rate,
} from '@ishizue/help-desk';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

/** The fiscal year of today. */
function yearOfToday(): string {
  const [year = '', month = ''] = dateInTokyo(systemClock.now()).split('-');
  return month >= '04' ? year : String(Number(year) - 1);
}

const report = defineCommand({
  meta: {
    name: 'report',
    description: 'Answered of offered in a fiscal year, by month and topic, beside the figure to be kept',
  },
  args: { year: { type: 'string', description: 'the year in which it begins; this one by default' }, json },
  run: async ({ args }) => {
    const year = args.year ?? yearOfToday();
    if (!/^20(1[6-9]|[2-9]\d)$/.test(year))
      return printFailure(
        args.json,
        { code: 'year-malformed', detail: `2016 to 2099, not ${year}` },
        EXIT_UNUSABLE,
      );
    await withInstallation(args.json, async (country) => {
      const rates = await answerRate(country.systems.helpDesk, Number(year));
      print(args.json, rates, textOf(rates));
    });
  },
});

function textOf({
  fiscalYear,
  target_percent,
  source,
  total,
  months,
  topics,
  byProgram,
}: AnswerRateReport): string {
  const line = (name: string, { offered, answered, percent, isMet }: Rate): string =>
    `${name.padEnd(18)}${String(offered).padStart(9)}${String(answered).padStart(9)}${(percent ?? '-').padStart(8)}${
      isMet === false ? '  below' : ''
    }`;
  return [
    `fiscal year ${fiscalYear}: ${target_percent} % are to be answered (${source})`,
    `${''.padEnd(18)}${'offered'.padStart(9)}${'answered'.padStart(9)}${'%'.padStart(8)}`,
    line('all', total),
    ...months.map((rate) => line(rate.month, rate)),
    ...topics.map((rate) => line(rate.topic, rate)),
    `answered by the program alone, not counted: ${byProgram}`,
  ].join('\n');
}

const importVerb = defineCommand({
  meta: {
    name: 'import',
    description:
      'Take a telephone system’s records from a CSV file. Bad rows go to FILE.rejects.csv; exits 1 where there were any. Again, nothing is stored twice.',
  },
  args: {
    file: { type: 'positional', description: 'the CSV file', required: true },
    source: {
      type: 'string',
      description: 'the telephone system: a to z, digits and hyphens',
      required: true,
    },
    json,
  },
  run: async ({ args }) => {
    const { file, source } = args;
    if (!existsSync(file))
      return printFailure(args.json, { code: 'file-missing', detail: `${file} is not there` }, EXIT_UNUSABLE);
    await withInstallation(args.json, async (country) => {
      const rejects = `${file}.rejects.csv`;
      await using handle = await open(rejects, 'w', 0o600);
      await handle.write(writeRecord(['row', 'code']));
      const taken = await importCalls(country.systems.helpDesk, {
        source,
        text: decodeText(createReadStream(file), 'utf-8'),
        reject: async ({ row, code }) => void (await handle.write(writeRecord([row, code]))),
      });
      if (!taken.ok || taken.value.rejected === 0) await rm(rejects);
      if (!taken.ok) return printFailure(args.json, taken.failure, EXIT_UNUSABLE);
      const { rows, stored, unchanged, rejected } = taken.value;
      const counts = `${rows} rows: ${stored} stored, ${unchanged} were there, ${rejected} rejected`;
      print(args.json, taken.value, rejected > 0 ? `${counts} (see ${rejects})` : counts);
      if (rejected > 0) process.exitCode = EXIT_FAILED;
    });
  },
});

const notices = defineCommand({
  meta: { name: 'notices', description: 'Print the letters that confirm suspensions, all that are due' },
  args: { json },
  run: async ({ args }) => {
    await withInstallation(args.json, async ({ systems, directory }) => {
      const access = commandLineAccess('番号法 第17条', 'suspension-notice');
      const total = { made: 0, left: 0, files: [] as { name: string; letters: number; sha256: string }[] };
      for (;;) {
        const { made, left, files } = await makeSuspensionNotices(systems.suspensionNotices, access);
        if (made + left === 0) break;
        total.made += made;
        total.left += left;
        total.files.push(...files);
      }
      const lines = total.files.map(
        ({ name, letters, sha256 }) =>
          `${directory.suspensionNotices}/${name}  ${letters} letters  ${sha256}`,
      );
      const folder = directory.suspensionNotices;
      print(args.json, { ...total, folder }, [`${total.made} made, ${total.left} left`, ...lines].join('\n'));
    });
  },
});

export const callCentre = defineCommand({
  meta: { name: 'call-centre', description: 'The call centre: report, import, notices' },
  subCommands: { report, import: importVerb, notices },
});
