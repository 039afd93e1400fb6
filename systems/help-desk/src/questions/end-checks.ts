/** Checks whose time is over keep nobody's code: it is taken away, and what was asked stays. */
import { inTransaction } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';

export async function endChecks(context: HelpDeskContext): Promise<void> {
  await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx`
    UPDATE help_desk.identity_check SET resident_code = NULL
    WHERE resident_code IS NOT NULL AND ends_at <= ${new Date(context.clock.now())}`,
  );
}
