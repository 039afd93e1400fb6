/** An operator's side of a chat: take the one who waits longest, read, write, end. Only who took a chat writes in it. */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { CHAT_RULES } from './chat-rules.ts';
import {
  appendMessages,
  type ChatMessage,
  type ChatSession,
  isMessageKnown,
  lockSession,
  MESSAGES_MAX,
  messagesOf,
} from './chat-store.ts';
import { endSession } from './end-chats.ts';
import { readChatText, type WriteFailure } from './visitor-chat.ts';

type Context = Pick<HelpDeskContext, 'sql' | 'clock'>;

/** The chat that waits longest, now this operator's; undefined where nobody waits. */
export function takeNextChat(
  { sql, clock }: Context,
  operator: string,
): Promise<Result<ChatSession | undefined, 'chats-too-many'>> {
  const now = clock.now();
  const { chats_of_operator_max } = CHAT_RULES.get(dateInTokyo(now));
  return inTransaction(sql, { site: NATIONAL_SITE }, async (tx) => {
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`chats of ${operator}`}, 0))`;
    const [talking] = await tx<{ count: number }[]>`
      SELECT count(*)::int AS count FROM help_desk.chat_session WHERE state = 'talking' AND operator = ${operator}`;
    if ((talking?.count ?? 0) >= chats_of_operator_max) return fail('chats-too-many', 'end a chat first');
    const [taken] = await tx<ChatSession[]>`
      UPDATE help_desk.chat_session SET state = 'talking', operator = ${operator}, taken_at = ${new Date(now)},
        last_at = ${new Date(now)}
      WHERE session_id = (SELECT session_id FROM help_desk.chat_session WHERE state = 'waiting'
        ORDER BY asked_at, session_id LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING session_id AS "sessionId", language, state, operator, messages, last_at AS "lastAt"`;
    return ok(taken);
  });
}

/** @param after the number of the last message that the operator has */
export function readChat(
  context: Context,
  operator: string,
  sessionId: string,
  after: number,
): Promise<
  Result<{ readonly session: ChatSession; readonly messages: readonly ChatMessage[] }, 'chat-unknown'>
> {
  return asOperator(context, operator, sessionId, async (tx, session) =>
    ok({ session, messages: await messagesOf(tx, sessionId, after) }),
  );
}

export async function writeAsOperator(
  context: Context,
  operator: string,
  message: { readonly sessionId: string; readonly messageId: string; readonly text: string },
): Promise<Result<undefined, WriteFailure>> {
  const text = readChatText(message.text);
  if (!text.ok) return text;
  const { sessionId, messageId } = message;
  return asOperator(
    context,
    operator,
    sessionId,
    async (tx, session): Promise<Result<undefined, WriteFailure>> => {
      if (await isMessageKnown(tx, sessionId, messageId)) return ok(undefined);
      if (session.state !== 'talking') return fail('chat-ended', 'the chat has ended');
      if (session.messages + 1 > MESSAGES_MAX) return fail('chat-full', 'the chat is full');
      const written = { messageId, author: 'operator', text: text.value, faqIds: [] } as const;
      await appendMessages(tx, session, [written], new Date(context.clock.now()));
      return ok(undefined);
    },
  );
}

export function endAsOperator(
  context: Context,
  operator: string,
  sessionId: string,
): Promise<Result<undefined, 'chat-unknown'>> {
  return asOperator(context, operator, sessionId, async (tx, session) => {
    if (session.state !== 'ended') await endSession(tx, context, [sessionId], 'operator');
    return ok(undefined);
  });
}

async function asOperator<T, Code extends string>(
  { sql }: Context,
  operator: string,
  sessionId: string,
  work: (tx: Tx, session: ChatSession) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'chat-unknown'>> {
  return inTransaction(
    sql,
    { site: NATIONAL_SITE },
    async (tx): Promise<Result<T, Code | 'chat-unknown'>> => {
      const session = await lockSession(tx, sessionId);
      return session?.operator === operator
        ? work(tx, session)
        : fail('chat-unknown', 'no chat of this operator');
    },
  );
}
