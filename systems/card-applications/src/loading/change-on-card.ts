/**
 * What may be done to an application that is on a card, with the card in a reader and its holder’s consent: stop its use, let it be
 * used again, delete it. A card on which it is not any more, because whoever deleted it was killed before the end, has it
 * deleted.
 */
import { inTransaction } from '@ishizue/db';
import type { AuthenticateFailure, HolderChallenge } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';
import type { CardInReader, ChannelFailure } from '../channel/host-channel.ts';
import { openApplication, openFreeArea, readFreeArea, remove, setStatus } from './card-acts.ts';
import { type LoadingState, mayBecome } from './lifecycle.ts';
import { advance, type Loading, lockOnCard, recordRefusal } from './loading-store.ts';

export type CardAct = 'block' | 'use' | 'delete';

const ENDS: Readonly<Record<CardAct, LoadingState>> = { block: 'blocked', use: 'loaded', delete: 'deleted' };

export interface CardActOrder {
  readonly aid: string;
  readonly act: CardAct;
  readonly consent: HolderChallenge;
}

export type CardActFailure = AuthenticateFailure | ChannelFailure | 'not-on-card' | 'loading-state-refused';

/** Where the application then is. Done already, it stays. */
export async function changeOnCard(
  context: CardApplicationsContext,
  access: Access,
  { aid, act, consent }: CardActOrder,
  card: CardInReader,
): Promise<Result<LoadingState, CardActFailure>> {
  const holder = await context.authenticateHolder(access, consent);
  if (!holder.ok) return holder;
  const { cardId, residentCode } = holder.value;
  const loading = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    lockOnCard(tx, aid, cardId),
  );
  const done = loading
    ? await perform(context, loading, act, card)
    : fail('not-on-card', 'this application is not on the card');
  if (loading && done.ok) return ok((await advance(context, access, loading, residentCode, ENDS[act])).state);
  if (!done.ok) await recordRefusal(context, access, { residentCode, aid, act, result: done.failure.code });
  return done.ok ? ok(ENDS[act]) : done;
}

async function perform(
  context: CardApplicationsContext,
  loading: Loading,
  act: CardAct,
  card: CardInReader,
): Promise<Result<undefined, CardActFailure>> {
  if (loading.state !== ENDS[act] && !mayBecome(loading.state, ENDS[act]))
    return fail('loading-state-refused', `it is ${loading.state}`);
  if (act === 'use' && loading.state === 'personalised')
    return fail('loading-state-refused', 'it was not read back yet');
  const freeArea = await openFreeArea(context, card, loading.cardId);
  if (!freeArea.ok) return freeArea;
  const status = await readFreeArea(freeArea.value, loading.aid);
  if (!status.ok) return status;
  if (!status.value.area)
    return act === 'delete' ? ok(undefined) : fail('not-on-card', 'this application is not on the card');
  const channel = await openApplication(context, card, loading);
  if (!channel.ok) return channel;
  return act === 'delete' ? remove(channel.value) : setStatus(channel.value, act);
}
