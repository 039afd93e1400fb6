/** What every operation of the help desk is given, and the one act that others do for it. */
import type { CardsContext } from '@ishizue/cards';
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { Result } from '@ishizue/outcome';
import type { Access, RegistryContext } from '@ishizue/registry';

/** Why a card is to be stopped. */
export const SUSPENSION_REASONS = ['lost', 'stolen', 'misuse-feared'] as const;
export type SuspensionReason = (typeof SUSPENSION_REASONS)[number];

/**
 * Stops a card at once and puts its certificates on hold, which is final. May be called again for a card that is suspended.
 * A failure is final: the card is not there, or in a state in which nobody can use it.
 */
export type Suspension = (
  access: Access,
  cardId: string,
  purpose: SuspensionReason,
) => Promise<Result<{ readonly state: string }, 'card-unknown' | 'card-state-refused'>>;

export interface HelpDeskContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly registry: RegistryContext;
  readonly cards: CardsContext;
  readonly suspend: Suspension;
}
