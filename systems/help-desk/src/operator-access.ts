/** Who of the national site's operators does what at the help desk, and under what the ledger names it. */
import { type OperatorActor, operatorWith } from '@ishizue/http';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';

/** Takes calls and chats, asks, stops cards. */
export const CALL_OPERATOR = 'call-operator';
/** Sees figures, and brings in telephone systems' records. */
export const CALL_LEAD = 'call-centre-lead';
/** Answers tickets. */
export const TICKET_CLERK = 'help-desk-clerk';
/** Makes FAQ entries out of tickets that others answered. */
export const FAQ_REVIEWER = 'faq-reviewer';

export const callOperator = operatorWith(CALL_OPERATOR);
export const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
export const requestId = z.string().regex(/^[\x21-\x7e]{1,64}$/);

export const accessOf = (
  { operator }: OperatorActor,
  at: string,
  correlation: string,
  article: string,
  affair: string,
): Access => ({ actorKind: 'operator', actor: operator, terminal: at, article, affair, correlation });
