/**
 * `ishizue card due --municipality 132217`: who has to bring a card to the municipality's counter until when, as CSV lines by the
 * last day, page by page. Everybody told is on the ledger. Flow: docs/flows/card-life.md step 5.
 */
import { listDueAtCounter } from '@ishizue/cards';
import { writeRecord } from '@ishizue/csv';
import { isIsoDate } from '@ishizue/text';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, printFailure } from '../report.ts';

const COLUMNS = [
  'dueOn',
  'what',
  'residentCode',
  'cardId',
  'changedOn',
  'noticedOn',
  'isLate',
  'afterwards',
] as const;

export const due = defineCommand({
  meta: {
    name: 'due',
    description:
      'Who has to bring a card until when: changes that its face does not say yet, and cards to be continued after a move',
  },
  args: {
    municipality: { type: 'string', description: 'its six-digit code', required: true },
    until: { type: 'string', description: 'only what is due by this day, e.g. 2026-12-31' },
    json: { type: 'boolean', description: 'print a JSON line for each', default: false },
  },
  run: async ({ args: { municipality, until, json } }) => {
    if (until !== undefined && !isIsoDate(until))
      return printFailure(json, { code: 'day-malformed', detail: '--until is YYYY-MM-DD' }, EXIT_UNUSABLE);
    await withInstallation(json, async (country) => {
      const access = commandLineAccess('番号法 第17条', 'card-due');
      if (!json) process.stdout.write(writeRecord([...COLUMNS]));
      for (let after: string | undefined; ; ) {
        const page = await listDueAtCounter(country.systems.cards, access, municipality, { until, after });
        if (!page.ok) return printFailure(json, page.failure);
        for (const one of page.value.due)
          process.stdout.write(
            json ? `${JSON.stringify(one)}\n` : writeRecord(COLUMNS.map((name) => String(one[name]))),
          );
        after = page.value.next;
        if (after === undefined) return;
      }
    });
  },
});
