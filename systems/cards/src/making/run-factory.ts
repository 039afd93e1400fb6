/**
 * What a factory does: it takes a batch, makes one card after the other, and is told of what did not come out. It stops where it
 * is stopped, between two cards or in one: whoever goes on under its name makes the same cards, and after the lease another
 * factory does. Flow: docs/flows/card-making.md.
 */
import { ok, type Result } from '@ishizue/outcome';
import type { Access } from '@ishizue/registry';
import type { CardsContext } from '../cards-context.ts';
import type { CardWorkshop } from './card-workshop.ts';
import { makeCard } from './make-card.ts';
import { type TakeFailure, takeOrders } from './take-orders.ts';

export interface FactoryRun {
  readonly factory: string;
  /** 1 to 500. */
  readonly orders_max: number;
  readonly workshop: CardWorkshop;
  /** Asked before each card: true ends the run, and what is left is made by the next. */
  readonly isStopped?: () => boolean;
}

/** What a run came to; of what was not made the code, by application. */
export interface FactoryReport {
  readonly taken: number;
  readonly made: readonly string[];
  readonly troubles: readonly { readonly applicationId: string; readonly code: string }[];
}

export async function runFactory(
  context: CardsContext,
  access: Access,
  { factory, orders_max, workshop, isStopped = () => false }: FactoryRun,
): Promise<Result<FactoryReport, TakeFailure>> {
  const batch = await takeOrders(context, access, { factory, orders_max });
  if (!batch.ok) return batch;
  const made: string[] = [];
  const troubles: { applicationId: string; code: string }[] = [];
  for (const { applicationId } of batch.value) {
    if (isStopped()) break;
    const card = await makeCard(context, access, applicationId, workshop, factory);
    if (card.ok) made.push(card.value.cardId);
    else troubles.push({ applicationId, code: card.failure.code });
  }
  return ok({ taken: batch.value.length, made, troubles });
}
