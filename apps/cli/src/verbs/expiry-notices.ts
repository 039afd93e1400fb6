/**
 * `ishizue expiry-notices run | standing | hand-over | returns`: letters to those whose certificates or cards end within three
 * months, and what becomes of them. Flow: docs/flows/expiry-notices.md.
 */
import { type ExpiryRunReport, expiryRunStanding, handOverNotices, runExpiryNotices } from '@ishizue/cards';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { postedCommand, runId } from '../letter-commands.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, ProgressLine, print, printFailure } from '../report.ts';
import { returnsCommand } from '../returns-command.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

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

const handOver = postedCommand({
  name: 'hand-over',
  done: 'handed over',
  description: 'The letters of a run have gone to the post and to the counters',
  post: (country, gone) => handOverNotices(country.systems.cards, noticeAccess(), gone),
  exitCodes: { 'run-not-finished': EXIT_FAILED },
});

export const expiryNotices = defineCommand({
  meta: {
    name: 'expiry-notices',
    description: 'Notices that certificates and cards end: run, standing, hand-over, returns',
  },
  subCommands: { run, standing, 'hand-over': handOver, returns: returnsCommand(noticeAccess) },
});
