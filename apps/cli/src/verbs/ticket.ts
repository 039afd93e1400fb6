/** `ishizue ticket ID`: a parked message is applied again once its cause is mended, or left out for a stated reason. */
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

export const ticket = defineCommand({
  meta: {
    name: 'ticket',
    description: 'Apply a parked message again, or with --drop leave it out for good',
  },
  args: {
    id: { type: 'positional', description: 'the ticket’s number (see ishizue links)', required: true },
    drop: { type: 'string', description: 'leave the message out, for this reason' },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args }) => {
    const id = Number(args.id);
    if (!Number.isSafeInteger(id) || id < 1)
      return printFailure(
        args.json,
        { code: 'ticket-malformed', detail: 'a ticket is a number' },
        EXIT_UNUSABLE,
      );
    await withInstallation(args.json, async ({ receivers }) => {
      const decided =
        args.drop === undefined ? await receivers.retryTicket(id) : await receivers.dropTicket(id, args.drop);
      if (!decided.ok) return printFailure(args.json, decided.failure);
      print(args.json, decided.value, `ticket ${id}: done`);
    });
  },
});
