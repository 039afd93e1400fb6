/** What a municipality's local authentication does by itself: lists anew, challenges that are over deleted. */
import { inTransaction } from '@ishizue/db';
import { municipalSite } from '@ishizue/registry';
import { deleteOverChallenges } from './challenges.ts';
import { refreshLists } from './kept-lists.ts';
import type { LocalContext } from './local-context.ts';

export async function localAuthenticationWork(context: LocalContext, municipality: string): Promise<void> {
  await inTransaction(context.sql, { site: municipalSite(municipality) }, (tx) =>
    deleteOverChallenges(tx, context, municipality),
  );
  await refreshLists(context, municipality);
}
