/** `… run`, `… posted` and `… returns` of letters of every kind: one batch of a municipality, its way to the post, and what comes back. */
import {
  type ClaimedLetter,
  type LetterBook,
  type LetterDesk,
  postLetters,
  type ReturnsBook,
  writeLetters,
} from '@ishizue/cards';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import type { Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { Country } from '@ishizue/server';
import { isIsoDate } from '@ishizue/text';
import { defineCommand } from 'citty';
import { withInstallation } from './open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from './report.ts';
import { returnsCommand } from './returns-command.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
export const runId = {
  type: 'string',
  description: 'the run’s id, of one’s own: 8 to 40 of 0-9, a-z and -',
  required: true,
} as const;
export const municipality = {
  type: 'string',
  description: 'its six-digit code',
  required: true,
} as const;

/** A verb by which letters of a run have gone. @param post says how many, in its one number */
export const postedCommand = <Code extends string>(options: {
  readonly name: string;
  /** As it is told: `12 posted on 2026-11-20`. */
  readonly done: string;
  readonly description: string;
  readonly post: (
    country: Country,
    gone: { readonly runId: string; readonly on: string },
  ) => Promise<Result<Readonly<Record<string, number>>, Code>>;
  /** Failures that are no fault of the arguments, with their exit codes. */
  readonly exitCodes?: Partial<Readonly<Record<Code, number>>>;
}) =>
  defineCommand({
    meta: { name: options.name, description: options.description },
    args: { run: runId, on: { type: 'string', description: 'the day, today by default' }, json },
    run: async ({ args }) => {
      const on = args.on ?? dateInTokyo(systemClock.now());
      if (!isIsoDate(on))
        return printFailure(args.json, { code: 'day-malformed', detail: `${on} is no date` }, EXIT_UNUSABLE);
      await withInstallation(args.json, async (country) => {
        const gone = await options.post(country, { runId: args.run, on });
        if (!gone.ok) {
          const exitCode = options.exitCodes?.[gone.failure.code] ?? EXIT_UNUSABLE;
          return printFailure(args.json, gone.failure, exitCode);
        }
        const [count = 0] = Object.values(gone.value);
        print(args.json, gone.value, `${count} ${options.done} on ${on}`);
      });
    },
  });

/** Prints what a batch came to. */
export function printBatch(
  asJson: boolean,
  report: { readonly runId: string; readonly states: Readonly<Record<string, number>> },
  folder: string,
): void {
  const counts = Object.entries(report.states).map(([state, count]) => `${count} ${state}`);
  const text = `${report.runId}: ${counts.join(', ') || 'nobody is to be written to'} (${folder})`;
  print(asJson, { ...report, folder }, text);
}

/** The three verbs of a kind of letter. */
export function letterCommands<Row extends ClaimedLetter>(kind: {
  readonly what: string;
  readonly accessOf: () => Access;
  readonly deskOf: (country: Country) => LetterDesk;
  readonly bookOf: (country: Country) => LetterBook<Row>;
  readonly returns: ReturnsBook;
  readonly folderOf: (country: Country) => string;
  /** Of what, where it is not for a municipality to say. */
  readonly of?: string;
}) {
  const { what, accessOf, deskOf, bookOf } = kind;
  const run = defineCommand({
    meta: {
      name: 'run',
      description: `Print up to a hundred ${what}; the same run again goes on, or is told again`,
    },
    args: { run: runId, municipality: { ...municipality, required: kind.of === undefined }, json },
    run: async ({ args }) => {
      await withInstallation(args.json, async (country) => {
        const order = { runId: args.run, municipality: kind.of ?? args.municipality ?? '' };
        const made = await writeLetters(deskOf(country), accessOf(), bookOf(country), order);
        if (!made.ok) return printFailure(args.json, made.failure, EXIT_UNUSABLE);
        printBatch(args.json, made.value, kind.folderOf(country));
      });
    },
  });
  const posted = postedCommand({
    name: 'posted',
    done: 'posted',
    description: 'The letters of a run have gone to the post and to the counter',
    post: (country, gone) => postLetters(country.systems.cards, accessOf(), bookOf(country), gone),
  });
  return { run, posted, returns: returnsCommand(accessOf, kind.returns) };
}
