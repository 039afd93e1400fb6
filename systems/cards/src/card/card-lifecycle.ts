/**
 * The states of a card and the one function by which it changes. A card begins to exist with its id, before the factory
 * has made it; nothing leads out of `void` (失効). Whoever finds a suspended card gets it back, but not its
 * certificates: their hold is final. An amendment (another last day, a line on the face) is a step that leaves the state.
 * The database keeps the same steps (migrations/0005-card-history.sql).
 */
import { fail, ok, type Result } from '@ishizue/outcome';

export const CARD_STATES = ['begun', 'made', 'active', 'suspended', 'void'] as const;
export type CardState = (typeof CARD_STATES)[number];

export const CARD_EVENTS = ['finish-making', 'hand-over', 'amend', 'suspend', 'resume', 'void'] as const;
export type CardEvent = (typeof CARD_EVENTS)[number];

const NEXT: Readonly<Record<CardState, Readonly<Partial<Record<CardEvent, CardState>>>>> = {
  begun: { 'finish-making': 'made', void: 'void' },
  made: { 'hand-over': 'active', void: 'void' },
  active: { amend: 'active', suspend: 'suspended', void: 'void' },
  suspended: { resume: 'active', void: 'void' },
  void: {},
};

/** The state after an event, or the refusal of an event that the state does not allow. */
export function nextCardState(state: CardState, event: CardEvent): Result<CardState, 'card-state-refused'> {
  const next = NEXT[state][event];
  return next === undefined
    ? fail('card-state-refused', `a card that is ${state} does not ${event}`)
    : ok(next);
}
