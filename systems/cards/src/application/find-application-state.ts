/** Where an application stands, for whoever has its id: the state and nothing else. */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import { type ApplicationIdFailure, parseApplicationId } from './application-id.ts';
import type { ApplicationState } from './application-lifecycle.ts';
import { findApplication } from './application-store.ts';

export async function findApplicationState(
  context: CardsContext,
  access: Access,
  applicationId: string,
): Promise<Result<ApplicationState, ApplicationIdFailure | 'application-unknown'>> {
  const id = parseApplicationId(applicationId);
  if (!id.ok) return id;
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const application = await findApplication(tx, id.value);
    if (!application) return fail('application-unknown', 'there is no such application');
    const { residentCode, state } = application;
    await recordCardEntry(tx, context, access, { residentCode, fields: ['application-state'], result: 'ok' });
    return ok(state);
  });
}
