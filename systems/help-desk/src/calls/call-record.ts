/** One call or chat that was offered: who waited how long, what it was about, and how it ended. Nothing of the caller. */
import type { CallLanguage, Channel, Outcome, Topic } from '../topics.ts';

export interface CallRecord {
  /** Of the telephone system, or of ours. */
  readonly callId: string;
  /** Milliseconds since the epoch. */
  readonly offeredAt: number;
  readonly waited_s: number;
  readonly channel: Channel;
  readonly language: CallLanguage;
  readonly topic: Topic;
  readonly outcome: Outcome;
  /** Who spoke; null where nobody did: abandoned, or answered by the program. */
  readonly operator: string | null;
}

/** Longer nobody waits: such a row is a mistake. */
export const WAITED_S_MAX = 86_400;
export const CALL_ID = /^[0-9A-Za-z-]{1,48}$/;
/** Whose id it is. */
export const CALL_SOURCE = /^[a-z][a-z0-9-]{1,31}$/;
/** Our own sessions. */
export const CHAT_SOURCE = 'chat';

/** Whether somebody spoke exactly where it says so. */
export const isAnsweredBySomebody = ({
  outcome,
  channel,
  operator,
}: Pick<CallRecord, 'outcome' | 'channel' | 'operator'>): boolean =>
  (operator !== null) === (outcome !== 'abandoned' && channel !== 'chatbot');
