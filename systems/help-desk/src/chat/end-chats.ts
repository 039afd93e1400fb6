/**
 * The end of chats: by either side, or when they have stood still for too long. With the end comes the call record: of a
 * person who was asked for, answered or not; of the program, where nobody was. The chat itself goes some days later.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { CHAT_SOURCE } from '../calls/call-record.ts';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { CHAT_RULES } from './chat-rules.ts';
import type { ChatEnd } from './chat-store.ts';

type Context = Pick<HelpDeskContext, 'sql' | 'clock'>;

/** The sessions are locked and have not ended. One in which nothing was said and nobody asked for leaves no record. */
export async function endSession(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  sessionIds: readonly string[],
  reason: ChatEnd,
): Promise<void> {
  const now = new Date(clock.now());
  await tx`
    WITH ended AS (
      UPDATE help_desk.chat_session SET state = 'ended', ended_at = ${now}, end_reason = ${reason}
      WHERE session_id = ANY((${[...sessionIds]}::text[])::uuid[]) AND state <> 'ended' RETURNING *
    )
    INSERT INTO help_desk.call (source, call_id, offered_at, waited_s, channel, language, topic, outcome, operator)
    SELECT ${CHAT_SOURCE}, e.session_id::text, coalesce(e.asked_at, e.opened_at),
      CASE WHEN e.asked_at IS NULL THEN 0
        ELSE least(86400, floor(extract(epoch FROM coalesce(e.taken_at, e.ended_at) - e.asked_at)))::int END,
      CASE WHEN e.asked_at IS NULL THEN 'chatbot' ELSE 'chat' END, e.language,
      coalesce((SELECT f.topic FROM help_desk.chat_message m JOIN help_desk.faq_entry f ON f.faq_id = m.faq_ids[1]
        WHERE m.session_id = e.session_id AND cardinality(m.faq_ids) > 0 ORDER BY m.number LIMIT 1), 'other'),
      CASE WHEN e.asked_at IS NOT NULL AND e.taken_at IS NULL THEN 'abandoned' ELSE 'told' END, e.operator
    FROM ended e WHERE e.asked_at IS NOT NULL OR e.messages > 0
    ON CONFLICT DO NOTHING`;
}

const ENDED_AT_ONCE = 1_000;

/** Ends what has stood still, and deletes chats that ended long ago with what was said. Answers how many ended. */
export async function endIdleChats(context: Context): Promise<number> {
  const now = context.clock.now();
  const rule = CHAT_RULES.get(dateInTokyo(now));
  const before = (minutes: number): Date => new Date(now - minutes * 60_000);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const still = await tx<{ sessionId: string }[]>`
      SELECT session_id AS "sessionId" FROM help_desk.chat_session
      WHERE state <> 'ended' AND last_at <= ${before(Math.min(rule.idle_minutes, rule.wait_minutes))}
        AND last_at <= CASE state WHEN 'waiting' THEN ${before(rule.wait_minutes)}::timestamptz
          ELSE ${before(rule.idle_minutes)}::timestamptz END
      ORDER BY last_at LIMIT ${ENDED_AT_ONCE} FOR UPDATE SKIP LOCKED`;
    const ids = still.map(({ sessionId }) => sessionId);
    if (ids.length > 0) await endSession(tx, context, ids, 'timeout');
    await tx`
      DELETE FROM help_desk.chat_session WHERE session_id IN (
        SELECT session_id FROM help_desk.chat_session
        WHERE state = 'ended' AND ended_at <= ${before(rule.kept_days * 24 * 60)} LIMIT ${ENDED_AT_ONCE})`;
    return ids.length;
  });
}
