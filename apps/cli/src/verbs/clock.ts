/**
 * `ishizue clock`: whether the machine's clock may be believed by which JPKI dates, and the way out where it was wrong when
 * lists were dated, which an officer for the authorities' ceremonies takes after signing in. Flow: docs/flows/clock.md.
 */
import { clockMovedText } from '@ishizue/clock';
import { acceptClock, CEREMONY_OFFICER, datedLast } from '@ishizue/jpki';
import { defineCommand } from 'citty';
import { ACTING, actAs } from '../acting-operator.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, print } from '../report.ts';

export const clock = defineCommand({
  meta: {
    name: 'clock',
    description:
      'Whether this machine’s clock may be believed. With --accept: it is right now, and was ahead when lists were dated. Exits 1 where it is not believed.',
  },
  args: {
    accept: { type: 'boolean', description: 'say that the clock is right now', default: false },
    operator: { ...ACTING.operator, required: false },
    'secret-file': { ...ACTING['secret-file'], required: false },
    purpose: { type: 'string', description: 'what happened, and who checked the clock against what' },
    json: ACTING.json,
  },
  run: async ({ args: { accept, operator = '', 'secret-file': file = '', purpose = '', json } }) => {
    if (accept)
      return actAs(
        { operator, 'secret-file': file, purpose, json },
        { role: CEREMONY_OFFICER },
        ({ systems }, by) => acceptClock(systems.jpki, { acceptedBy: by.operator, purpose }),
        (accepted) => {
          const until = new Date(accepted).toISOString();
          return {
            value: { accepted: until },
            text: `lists dated up to ${until} count no longer; restart the server`,
          };
        },
      );
    await withInstallation(json, async (country) => {
      const { jpki } = country.systems;
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
