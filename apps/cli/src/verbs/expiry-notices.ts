/**
 * `ishizue expiry-notices run | standing | hand-over | returns`: letters to those whose certificates or cards end within three
 * months, and what becomes of them. Flow: docs/flows/expiry-notices.md.
 */
import {
  type ExpiryRunReport,
  expiryRunStanding,
  type HandOverNoticesFailure,
  handOverNotices,
  runExpiryNotices,
} from '@ishizue/cards';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { isIsoDate } from '@ishizue/text';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, ProgressLine, print, printFailure } from '../report.ts';
import { returnsCommand } from '../returns-command.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const runId = {
  type: 'string',
  description: 'the run’s id, of one’s own: 8 to 40 of 0-9, a-z and -',
  required: true,
} as const;

const noticeAccess = () => commandLineAccess('公的個人認証法 第3条・第22条', 'expiry-notice');

const run = defineCommand({
  meta: {
    name: 'run',
    description:
      'Write to everybody who was not told yet; the same run again goes on where it stopped, or is told again',
  },
  args: { run: runId, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const line = new ProgressLine();
      const progress = (told: string): void => line.show(told);
      const made = await runExpiryNotices(country.systems.expiryNotices, noticeAccess(), {
        runId: args.run,
        progress,
      });
      line.end('');
      if (!made.ok) return printFailure(args.json, made.failure, EXIT_UNUSABLE);
      printReport(args.json, made.value, country.directory.expiryNotices);
    });
  },
});

const standing = defineCommand({
  meta: { name: 'standing', description: 'How the letters of a run stand' },
  args: { run: runId, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const found = await expiryRunStanding(country.systems.cards, args.run);
      if (!found)
        return printFailure(
          args.json,
          { code: 'run-unknown', detail: 'there is no such run' },
          EXIT_UNUSABLE,
        );
      printReport(args.json, found, country.directory.expiryNotices);
    });
  },
});

function printReport(asJson: boolean, report: ExpiryRunReport, folder: string): void {
  const { runId: id, endsFrom, endsTo, isFinished, states, atCounter, files } = report;
  const counts = Object.entries(states).map(([state, count]) => `${count} ${state}`);
  const lines = [
    `${id}: what ends from ${endsFrom} to ${endsTo}${isFinished ? '' : ', begun and not finished (run it again)'}`,
    counts.length === 0
      ? 'nobody is to be told'
      : `${counts.join(', ')}; ${atCounter} for municipal counters`,
    ...files.map(({ name, notices, sha256 }) => `${folder}/${name}  ${notices} notices  ${sha256}`),
  ];
  print(asJson, { ...report, folder }, lines.join('\n'));
}

const handOver = defineCommand({
  meta: { name: 'hand-over', description: 'The letters of a run have gone to the post and to the counters' },
  args: { run: runId, on: { type: 'string', description: 'the day, today by default' }, json },
  run: async ({ args }) => {
    const on = args.on ?? dateInTokyo(systemClock.now());
    if (!isIsoDate(on))
      return printFailure(args.json, { code: 'day-malformed', detail: `${on} is no date` }, EXIT_UNUSABLE);
    await withInstallation(args.json, async (country) => {
      const handed = await handOverNotices(country.systems.cards, noticeAccess(), { runId: args.run, on });
      if (!handed.ok) return printFailure(args.json, handed.failure, EXIT_CODES[handed.failure.code]);
      print(args.json, handed.value, `${handed.value.handedOver} handed over on ${on}`);
    });
  },
});

const EXIT_CODES: Readonly<Record<HandOverNoticesFailure, number>> = {
  'run-unknown': EXIT_UNUSABLE,
  'run-not-finished': EXIT_FAILED,
  'day-out-of-bounds': EXIT_UNUSABLE,
};

export const expiryNotices = defineCommand({
  meta: {
    name: 'expiry-notices',
    description: 'Notices that certificates and cards end: run, standing, hand-over, returns',
  },
  subCommands: { run, standing, 'hand-over': handOver, returns: returnsCommand(noticeAccess) },
});
