/** `ishizue links`: what a duty officer reads: each link's lag, last acknowledgement, held and parked messages. */
import { type LinkState, linkStates, openTickets } from '@ishizue/link';
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, print } from '../report.ts';

const TICKETS_SHOWN = 50;

export const links = defineCommand({
  meta: {
    name: 'links',
    description: 'The state of every link and the open tickets. Exits 1 where a message is parked or held.',
  },
  args: {
    all: { type: 'boolean', description: 'links at rest too', default: false },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const sql = country.database.pool('link');
      const states = await linkStates(sql);
      const tickets = await openTickets(sql, TICKETS_SHOWN);
      const shown = args.all ? states : states.filter(isBusy);
      const lines = [
        ...shown.map(describe),
        `${states.length} links, ${states.filter(isBusy).length} with something under way`,
        ...tickets.map(
          (ticket) => `ticket ${ticket.id}  ${ticket.link} #${ticket.seq}  ${ticket.code}: ${ticket.detail}`,
        ),
      ];
      print(
        args.json,
        { links: states, tickets: tickets.map(({ subject: _, ...ticket }) => ticket) },
        lines.join('\n'),
      );
      if (states.some((state) => state.parked > 0 || state.held > 0)) process.exitCode = EXIT_FAILED;
    });
  },
});

const isBusy = (state: LinkState): boolean =>
  state.unacknowledged > 0 || state.held > 0 || state.parked > 0 || state.lastErrorCode !== null;

function describe(state: LinkState): string {
  const facts = [
    `${state.unacknowledged} unacknowledged`,
    state.held > 0 && `${state.held} held`,
    state.parked > 0 && `${state.parked} parked`,
    state.lastErrorCode !== null && `last error ${state.lastErrorCode}`,
  ];
  return `${state.link}  ${facts.filter(Boolean).join(', ')}`;
}
