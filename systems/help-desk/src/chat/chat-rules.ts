/** How much a chat may be, and how long it may stand still. No rule is published: the figures are ours. */
import { DatedRules } from '@ishizue/rules';

export interface ChatRule {
  /** Who waits for a person; more are asked to call. */
  readonly queue_max: number;
  /** With how many one operator talks at once. */
  readonly chats_of_operator_max: number;
  /** Without a message, the chat is over. */
  readonly idle_minutes: number;
  /** Waiting for a person for longer, it is given up. */
  readonly wait_minutes: number;
  /** The chat is deleted, with what was said, so long after its end. */
  readonly kept_days: number;
}

export const CHAT_RULES = new DatedRules<ChatRule>('chat', [
  {
    validFrom: '2015-10-05',
    source: 'ours',
    rule: { queue_max: 50, chats_of_operator_max: 3, idle_minutes: 30, wait_minutes: 15, kept_days: 30 },
  },
]);
