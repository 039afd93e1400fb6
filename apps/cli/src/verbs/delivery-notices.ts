/**
 * `ishizue delivery-notices run | posted | returns | destroy`: letters to those whose cards wait at their municipality, what comes
 * back, and what becomes of a card that nobody fetches. Flow: docs/flows/card-making.md.
 */
import {
  DELIVERY_NOTICES,
  destroyUndelivered,
  postDeliveryNotices,
  writeDeliveryNotices,
} from '@ishizue/cards';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { isIsoDate } from '@ishizue/text';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';
import { returnsCommand } from '../returns-command.ts';

const json = { type: 'boolean', description: 'print as JSON', default: false } as const;
const runId = {
  type: 'string',
  description: 'the run’s id, of one’s own: 8 to 40 of 0-9, a-z and -',
  required: true,
} as const;
const municipality = { type: 'string', description: 'its six-digit code', required: true } as const;

const noticeAccess = () => commandLineAccess('番号法 第17条', 'card-issue');

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
      const desk = {
        ...country.systems.deliveryNotices,
        ...(keepDays !== undefined && { keepDaysOf: () => Number(keepDays) }),
      };
      const order = { runId: args.run, municipality: args.municipality };
      const made = await writeDeliveryNotices(desk, noticeAccess(), order);
      if (!made.ok) return printFailure(args.json, made.failure, EXIT_UNUSABLE);
      const folder = country.directory.deliveryNotices;
      const counts = Object.entries(made.value.states).map(([state, count]) => `${count} ${state}`);
      print(
        args.json,
        { ...made.value, folder },
        `${args.run}: ${counts.join(', ') || 'nobody is to be told'} (${folder})`,
      );
    });
  },
});

const posted = defineCommand({
  meta: { name: 'posted', description: 'The letters of a run have gone to the post and to the counter' },
  args: { run: runId, on: { type: 'string', description: 'the day, today by default' }, json },
  run: async ({ args }) => {
    const on = args.on ?? dateInTokyo(systemClock.now());
    if (!isIsoDate(on))
      return printFailure(args.json, { code: 'day-malformed', detail: `${on} is no date` }, EXIT_UNUSABLE);
    await withInstallation(args.json, async (country) => {
      const gone = await postDeliveryNotices(country.systems.cards, noticeAccess(), { runId: args.run, on });
      if (!gone.ok) return printFailure(args.json, gone.failure, EXIT_UNUSABLE);
      print(args.json, gone.value, `${gone.value.posted} posted on ${on}`);
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
  subCommands: { run, posted, returns: returnsCommand(noticeAccess, DELIVERY_NOTICES), destroy },
});
