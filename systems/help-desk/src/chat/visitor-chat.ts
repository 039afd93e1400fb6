/**
 * A visitor's side of a chat: the program answers out of the FAQ first; whoever wishes to speaks to a person. What is written
 * is stored before it is answered, once for each message id, and without long numbers: no chat needs one.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import { type FoundFaq, searchFaq } from '../faq/search-faq.ts';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { maskNumbers } from '../mask-numbers.ts';
import { CHAT_RULES } from './chat-rules.ts';
import {
  appendMessages,
  type ChatLanguage,
  type ChatMessage,
  type ChatSession,
  findSessionByToken,
  insertSession,
  isMessageKnown,
  lockQueue,
  lockSession,
  MESSAGES_MAX,
  messagesOf,
  type NewMessage,
} from './chat-store.ts';
import { endSession } from './end-chats.ts';

export const TEXT_CHARACTERS_MAX = 1_000;
const TOKEN_BYTES = 24;
const FAQ_PROPOSED = 3;

export type ChatFailure = 'chat-unknown' | 'chat-ended';
export type WriteFailure = ChatFailure | 'chat-full' | 'message-malformed';

export interface ShownChat {
  readonly session: ChatSession;
  readonly messages: readonly ChatMessage[];
}

type Context = Pick<HelpDeskContext, 'sql' | 'clock'>;

/** Answers the token by which the visitor comes back; it is kept nowhere. */
export async function openChat({ sql, clock }: Context, language: ChatLanguage): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await inTransaction(sql, { site: NATIONAL_SITE }, (tx) =>
    insertSession(tx, { sessionId: randomUUID(), token, language }, new Date(clock.now())),
  );
  return token;
}

export function showChat({ sql }: Context, token: string): Promise<Result<ShownChat, 'chat-unknown'>> {
  return inTransaction(sql, { site: NATIONAL_SITE, isSnapshot: true }, async (tx) => {
    const session = await findSessionByToken(tx, token);
    if (!session) return fail('chat-unknown', 'there is no such chat');
    return ok({ session, messages: await messagesOf(tx, session.sessionId) });
  });
}

/** A text as it is stored: without control characters, long numbers, and what is past the limit. */
export function readChatText(text: string): Result<string, 'message-malformed'> {
  const plain = text.replaceAll('\r\n', '\n').replaceAll(/[^\P{C}\n]/gu, '');
  const masked = maskNumbers(plain.trim());
  return masked.length === 0 || masked.length > TEXT_CHARACTERS_MAX || !masked.isWellFormed()
    ? fail('message-malformed', `1 to ${TEXT_CHARACTERS_MAX} characters`)
    : ok(masked);
}

/** Stores what the visitor wrote; while nobody talks to them, the program answers. The same message id is taken once. */
export async function writeAsVisitor(
  context: Context,
  token: string,
  message: { readonly messageId: string; readonly text: string },
): Promise<Result<undefined, WriteFailure>> {
  const text = readChatText(message.text);
  if (!text.ok) return text;
  const shown = await showChat(context, token);
  if (!shown.ok) return shown;
  const { language } = shown.value.session;
  // looked up before the session is locked: what holds a lock waits for no other connection
  const found = await searchFaq(context, language, text.value, FAQ_PROPOSED);
  return withSession(context, token, async (tx, session): Promise<Result<undefined, WriteFailure>> => {
    if (await isMessageKnown(tx, session.sessionId, message.messageId)) return ok(undefined);
    if (session.state === 'ended') return ended();
    if (session.messages + 2 > MESSAGES_MAX) return fail('chat-full', 'begin another chat');
    const written: NewMessage = {
      messageId: message.messageId,
      author: 'visitor',
      text: text.value,
      faqIds: [],
    };
    const answers = session.state === 'open' ? [answerOf(language, found)] : [];
    await appendMessages(tx, session, [written, ...answers], new Date(context.clock.now()));
    return ok(undefined);
  });
}

function answerOf(language: ChatLanguage, found: readonly FoundFaq[]): NewMessage {
  const [none, some] =
    language === 'ja'
      ? [
          'お答えが見つかりませんでした。別の言葉でお試しいただくか、担当者にお尋ねください。',
          'こちらが参考になりますか。',
        ]
      : ['I found no answer. Try other words, or ask to speak to a person.', 'Does one of these help?'];
  const text = found.length === 0 ? none : some;
  return {
    messageId: randomUUID(),
    author: 'bot',
    text: text ?? '',
    faqIds: found.map(({ faqId }) => faqId),
  };
}

/** Puts the visitor into the queue; where it is full they are asked to call. Asked again, nothing changes. */
export function askForPerson(
  context: Context,
  token: string,
): Promise<Result<undefined, ChatFailure | 'chat-busy'>> {
  const now = context.clock.now();
  const { queue_max } = CHAT_RULES.get(dateInTokyo(now));
  return withSession(
    context,
    token,
    async (tx, session): Promise<Result<undefined, 'chat-ended' | 'chat-busy'>> => {
      if (session.state === 'ended') return ended();
      if (session.state !== 'open') return ok(undefined);
      if ((await lockQueue(tx)) >= queue_max) return fail('chat-busy', 'everybody is busy: please call');
      await tx`
      UPDATE help_desk.chat_session SET state = 'waiting', asked_at = ${new Date(now)}, last_at = ${new Date(now)}
      WHERE session_id = ${session.sessionId}`;
      return ok(undefined);
    },
  );
}

export function endAsVisitor(context: Context, token: string): Promise<Result<undefined, 'chat-unknown'>> {
  return withSession(context, token, async (tx, session) => {
    if (session.state !== 'ended') await endSession(tx, context, [session.sessionId], 'visitor');
    return ok(undefined);
  });
}

const ended = (): Result<never, 'chat-ended'> => fail('chat-ended', 'the chat has ended');

async function withSession<T, Code extends string>(
  { sql }: Context,
  token: string,
  work: (tx: Tx, session: ChatSession) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | 'chat-unknown'>> {
  return inTransaction(
    sql,
    { site: NATIONAL_SITE },
    async (tx): Promise<Result<T, Code | 'chat-unknown'>> => {
      const found = await findSessionByToken(tx, token);
      const session = found && (await lockSession(tx, found.sessionId));
      return session ? work(tx, session) : fail('chat-unknown', 'there is no such chat');
    },
  );
}
