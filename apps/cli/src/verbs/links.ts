/** `ishizue links`: what a duty officer reads: alarms, links, comparisons, conflicts; what is wrong first. */
import { openTickets } from '@ishizue/link';
import { listAlarms } from '@ishizue/registry';
import { watchNetwork } from '@ishizue/server';
import { defineCommand } from 'citty';
import { linksScreen, municipalityRows } from '../links-screen.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, print } from '../report.ts';

const TICKETS_MAX = 50;
const ALARMS_MAX = 20_000;

export const links = defineCommand({
  meta: {
    name: 'links',
    description:
      'The network: alarms, lag, parked and held messages, comparisons, conflicts. Exits 1 where an alarm stands.',
  },
  args: {
    all: { type: 'boolean', description: 'links and municipalities at rest too', default: false },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const state = await watchNetwork(country);
      const alarms = await listAlarms(country.systems.registry, { limit: ALARMS_MAX });
      const tickets = await openTickets(country.database.pool('link'), TICKETS_MAX);
      const { comparison_days } = country.configuration;
      const nameOf = (code: string): string => country.places.fullName(code);
      const now = country.clock.now();
      const screen = { state, alarms, tickets, comparison_days, now, isAll: args.all, nameOf };
      print(
        args.json,
        {
          alarms,
          links: state.links,
          municipalities: municipalityRows(state),
          keyExpiries: Object.fromEntries(state.keyExpiries),
          tickets: tickets.map(({ subject: _, ...ticket }) => ticket),
        },
        linksScreen(screen).join('\n'),
      );
      if (alarms.length > 0) process.exitCode = EXIT_FAILED;
    });
  },
});
