/**
 * `ishizue clock`: whether the machine's clock may be believed by which JPKI dates, and the way out where it was wrong when
 * lists were dated. Flow: docs/flows/clock.md.
 */
import { clockMovedText } from '@ishizue/clock';
import { acceptClock, datedLast } from '@ishizue/jpki';
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, print, printFailure } from '../report.ts';

export const clock = defineCommand({
  meta: {
    name: 'clock',
    description:
      'Whether this machine’s clock may be believed. With --accept: it is right now, and was ahead when lists were dated. Exits 1 where it is not believed.',
  },
  args: {
    accept: { type: 'boolean', description: 'say that the clock is right now', default: false },
    by: { type: 'string', description: 'who says so' },
    purpose: { type: 'string', description: 'what happened, and who checked the clock against what' },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { accept, by, purpose, json } }) => {
    await withInstallation(json, async (country) => {
      const { jpki } = country.systems;
      if (accept) {
        const accepted = await acceptClock(jpki, { acceptedBy: by ?? '', purpose: purpose ?? '' });
        if (!accepted.ok) return printFailure(json, accepted.failure);
        const until = new Date(accepted.value).toISOString();
        return print(
          json,
          { accepted: until },
          `lists dated up to ${until} count no longer; restart the server`,
        );
      }
      const [moved, last] = [jpki.clockWatch.look(), await datedLast(jpki.sql)];
      const now = new Date(jpki.clock.now()).toISOString();
      const dated = last === undefined ? null : new Date(last).toISOString();
      const text = moved ? clockMovedText(moved) : 'the clock may be believed';
      print(
        json,
        { now, datedLast: dated, moved: moved ?? null },
        `${now}: ${text}; dated last: ${dated ?? 'nothing'}`,
      );
      if (moved) process.exitCode = EXIT_FAILED;
    });
  },
});
