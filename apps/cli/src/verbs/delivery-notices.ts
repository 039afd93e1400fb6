/**
 * `ishizue delivery-notices run | posted | returns | destroy`: letters to those whose cards wait at their municipality, what comes
 * back, and what becomes of a card that nobody fetches. Flow: docs/flows/card-making.md.
 */
import { DELIVERY_RETURNS, deliveryBook, destroyUndelivered, writeLetters } from '@ishizue/cards';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { letterCommands, municipality, printBatch, runId } from '../letter-commands.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

const noticeAccess = () => commandLineAccess('番号法 第17条', 'card-issue');

const { posted, returns } = letterCommands({
  what: 'notices',
  accessOf: noticeAccess,
  deskOf: (country) => country.systems.deliveryNotices,
  bookOf: (country) => deliveryBook(country.systems.deliveryNotices),
  returns: DELIVERY_RETURNS,
  folderOf: (country) => country.directory.deliveryNotices,
});

const run = defineCommand({
  meta: {
    name: 'run',
    description:
      'Write to up to a hundred whose cards are set up; the same run again goes on, or is told again',
  },
  args: {
    run: runId,
    municipality,
    'keep-days': {
      type: 'string',
      description: 'how long the municipality keeps cards; 90 days unless told',
    },
    json,
  },
  run: async ({ args }) => {
    const keepDays = args['keep-days'];
    if (keepDays !== undefined && !/^[1-9][0-9]{0,2}$/.test(keepDays))
      return printFailure(args.json, { code: 'days-malformed', detail: '1 to 999 days' }, EXIT_UNUSABLE);
    await withInstallation(args.json, async (country) => {
      const desk = country.systems.deliveryNotices;
      const book = deliveryBook({
        ...desk,
        ...(keepDays !== undefined && { keepDaysOf: () => Number(keepDays) }),
      });
      const order = { runId: args.run, municipality: args.municipality };
      const made = await writeLetters(desk, noticeAccess(), book, order);
      if (!made.ok) return printFailure(args.json, made.failure, EXIT_UNUSABLE);
      printBatch(args.json, made.value, country.directory.deliveryNotices);
    });
  },
});

const destroy = defineCommand({
  meta: { name: 'destroy', description: 'Destroy the cards of a municipality that were kept long enough' },
  args: { municipality, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const destroyed = await destroyUndelivered(country.systems.cards, noticeAccess(), args.municipality);
      print(args.json, { destroyed }, [`${destroyed.length} destroyed`, ...destroyed].join('\n'));
    });
  },
});

export const deliveryNotices = defineCommand({
  meta: {
    name: 'delivery-notices',
    description: 'Notices that cards wait at their municipality: run, posted, returns, destroy',
  },
  subCommands: { run, posted, returns, destroy },
});
