/** Rows of chats. A visitor's session is found by the digest of its token: who reads the table can enter none. */
import { hash } from 'node:crypto';
import type { Tx } from '@ishizue/db';

export const CHAT_PAGE_LANGUAGES = ['ja', 'en'] as const;
export type ChatLanguage = (typeof CHAT_PAGE_LANGUAGES)[number];
export type ChatState = 'open' | 'waiting' | 'talking' | 'ended';
export type ChatEnd = 'visitor' | 'operator' | 'timeout';

export interface ChatSession {
  readonly sessionId: string;
  readonly language: ChatLanguage;
  readonly state: ChatState;
  readonly operator: string | null;
  readonly messages: number;
  readonly lastAt: Date;
}

export interface ChatMessage {
  readonly number: number;
  readonly author: 'visitor' | 'operator' | 'bot';
  readonly text: string;
  readonly faqIds: readonly string[];
  readonly sentAt: Date;
}

export interface NewMessage {
  readonly messageId: string;
  readonly author: ChatMessage['author'];
  readonly text: string;
  readonly faqIds: readonly string[];
}

/** Of a session; whoever writes more begins another. */
export const MESSAGES_MAX = 400;

const tokenDigest = (token: string): Buffer => hash('sha256', token, 'buffer');

const columns = (tx: Tx) => tx`
  session_id AS "sessionId", language, state, operator, messages, last_at AS "lastAt"`;

export async function insertSession(
  tx: Tx,
  session: { readonly sessionId: string; readonly token: string; readonly language: ChatLanguage },
  at: Date,
): Promise<void> {
  await tx`
    INSERT INTO help_desk.chat_session (session_id, token_sha256, language, state, opened_at, last_at)
    VALUES (${session.sessionId}, ${tokenDigest(session.token)}, ${session.language}, 'open', ${at}, ${at})`;
}

export async function findSessionByToken(tx: Tx, token: string): Promise<ChatSession | undefined> {
  const [row] = await tx<ChatSession[]>`
    SELECT ${columns(tx)} FROM help_desk.chat_session WHERE token_sha256 = ${tokenDigest(token)}`;
  return row;
}

export async function lockSession(tx: Tx, sessionId: string): Promise<ChatSession | undefined> {
  const [row] = await tx<ChatSession[]>`
    SELECT ${columns(tx)} FROM help_desk.chat_session WHERE session_id = ${sessionId} FOR UPDATE`;
  return row;
}

export async function isMessageKnown(tx: Tx, sessionId: string, messageId: string): Promise<boolean> {
  const [row] = await tx`
    SELECT 1 FROM help_desk.chat_message WHERE session_id = ${sessionId} AND message_id = ${messageId}`;
  return row !== undefined;
}

/** The session is locked; messages are numbered without a gap. */
export async function appendMessages(
  tx: Tx,
  session: ChatSession,
  messages: readonly NewMessage[],
  at: Date,
): Promise<void> {
  const rows = messages.map((message, index) => ({
    ...message,
    faqIds: [...message.faqIds],
    number: session.messages + index + 1,
  }));
  await tx`
    WITH written AS (
      INSERT INTO help_desk.chat_message (session_id, number, message_id, author, text, faq_ids, sent_at)
      SELECT ${session.sessionId}, number, "messageId", author, text,
        ARRAY(SELECT jsonb_array_elements_text("faqIds")), ${at}::timestamptz
      FROM jsonb_to_recordset(${tx.json(rows)})
        AS g(number int, "messageId" text, author text, text text, "faqIds" jsonb)
    )
    UPDATE help_desk.chat_session SET messages = messages + ${rows.length}, last_at = ${at}
    WHERE session_id = ${session.sessionId}`;
}

/** @param after the number of the last message that the reader has */
export const messagesOf = (tx: Tx, sessionId: string, after = 0): Promise<readonly ChatMessage[]> => tx<
  ChatMessage[]
>`
  SELECT number, author, text, faq_ids AS "faqIds", sent_at AS "sentAt" FROM help_desk.chat_message
  WHERE session_id = ${sessionId} AND number > ${after} ORDER BY number LIMIT ${MESSAGES_MAX}`;

/** How many wait for a person; the turn of the queue is taken until the commit. */
export async function lockQueue(tx: Tx): Promise<number> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended('chat queue', 0))`;
  const [row] = await tx<{ waiting: number }[]>`
    SELECT count(*)::int AS waiting FROM help_desk.chat_session WHERE state = 'waiting'`;
  return row?.waiting ?? 0;
}
