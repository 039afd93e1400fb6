/**
 * The first step of a loading: the holder’s consent, by the card’s own signature after the PIN, and whether this card may have this
 * application. The same request again finds the loading that it began, wherever that stands.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import type { AuthenticatedHolder } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';
import { findApplication } from '../owners/register.ts';
import { digestOf, fitsArea, type LoadingContents } from './loading-contents.ts';
import {
  cardHashOf,
  insertLoading,
  type Loading,
  lockByRequest,
  lockOnCard,
  recordLoadingEntry,
} from './loading-store.ts';

export interface LoadingWish {
  /** Given by the caller: the same request is one loading. 1 to 64 characters. */
  readonly requestId: string;
  readonly aid: string;
  readonly contents: LoadingContents;
}

export type BeginFailure =
  | 'request-id-malformed'
  | 'request-id-reused'
  | 'application-unknown'
  | 'contents-unfit'
  | 'card-state-refused'
  | 'already-on-card'
  | 'loading-over';

export function beginLoading(
  context: CardApplicationsContext,
  access: Access,
  holder: AuthenticatedHolder,
  wish: LoadingWish,
): Promise<Result<Loading, BeginFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    for (const turn of [`loading request ${wish.requestId}`, `loading of ${wish.aid} ${holder.cardId}`])
      await tx`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0))`;
    const begun = await begin(tx, context, holder, wish);
    await recordLoadingEntry(tx, context, access, {
      residentCode: holder.residentCode,
      aid: wish.aid,
      act: 'consent',
      result: begun.ok ? 'ok' : begun.failure.code,
    });
    return begun;
  });
}

async function begin(
  tx: Tx,
  context: CardApplicationsContext,
  { cardId }: AuthenticatedHolder,
  { requestId, aid, contents }: LoadingWish,
): Promise<Result<Loading, BeginFailure>> {
  if (requestId.length < 1 || requestId.length > 64)
    return fail('request-id-malformed', 'a request id has 1 to 64 characters');
  const contentsDigest = digestOf(requestId, contents);
  const earlier = await lockByRequest(tx, requestId);
  if (earlier) return sameRequest(earlier, aid, cardId, contentsDigest);
  const [card] = await context.findCardStates([cardId]);
  if (card?.state !== 'active') return fail('card-state-refused', `the card is ${card?.state ?? 'unknown'}`);
  const application = await findApplication(tx, aid);
  if (!application) return fail('application-unknown', 'no application of this AID may be loaded');
  if (!fitsArea(contents, application.areaBytes))
    return fail('contents-unfit', 'the contents are not of their form, or do not fit into the area');
  if (await lockOnCard(tx, aid, cardId))
    return fail('already-on-card', 'this application is on the card, or on its way there');
  const { owner, ...sizes } = application;
  return ok(
    await insertLoading(tx, {
      ...sizes,
      requestId,
      cardId,
      cardHash: cardHashOf(owner, cardId),
      contentsDigest,
      changedAt: context.clock.now(),
    }),
  );
}

function sameRequest(
  earlier: Loading,
  aid: string,
  cardId: string,
  contentsDigest: Buffer,
): Result<Loading, 'request-id-reused' | 'loading-over'> {
  const { state } = earlier;
  const isSame =
    earlier.aid === aid && earlier.cardId === cardId && earlier.contentsDigest.equals(contentsDigest);
  if (!isSame) return fail('request-id-reused', 'this request id was used for another loading');
  return state === 'deleted' || state === 'refused' || state === 'blocked'
    ? fail('loading-over', `this loading is ${state}`)
    : ok(earlier);
}
