/**
 * The page of one chat. It shows what is new when it is asked to: a page that reloads by itself takes the reader's place away
 * (WCAG 2.2.2, 3.2.5). Each form carries the id of the message that it would send, so that a second press sends nothing more.
 */
import { html, type SafeHtml } from '@ishizue/http';
import { frame, type Language, sayIn } from '@ishizue/sign-in';
import type { ChatMessage, ChatSession } from '../chat/chat-store.ts';
import { TEXT_CHARACTERS_MAX } from '../chat/visitor-chat.ts';
import type { FoundFaq } from '../faq/search-faq.ts';
import { HELP_STYLESHEET_PATH } from './assets.ts';
import { faqLinks, HELP_PATH } from './help-page.ts';

export interface ChatPage {
  readonly language: Language;
  readonly token: string;
  readonly session: ChatSession;
  readonly messages: readonly ChatMessage[];
  /** The entries that messages name, by id. */
  readonly faq: ReadonlyMap<string, Pick<FoundFaq, 'faqId' | 'question'>>;
  readonly nextMessageId: string;
  /** Why the last wish was refused. */
  readonly refusal: string | undefined;
  readonly forgeryField: SafeHtml;
}

export function chatPage(page: ChatPage): SafeHtml {
  const { language, token, session, messages, refusal } = page;
  const say = sayIn(language);
  const path = `${HELP_PATH}/chats/${token}`;
  return frame({
    language,
    title: say('チャット', 'Chat'),
    other: `${path}?lang=${language === 'ja' ? 'en' : 'ja'}`,
    stylesheet: HELP_STYLESHEET_PATH,
    main: html`
${refusal !== undefined && html`<p class="refusal" role="alert">${refusalText(language, refusal)}</p>`}
<p class="state" role="status"><strong>${standing(language, session)}</strong></p>
<ol class="messages">${messages.map((message) => messageItem(page, message))}</ol>
${session.state === 'ended' ? html`<p><a href="${HELP_PATH}?lang=${language}">${say('よくある質問へ戻る', 'Back to the questions')}</a></p>` : formsOf(page, path)}`,
  });
}

function standing(language: Language, { state }: ChatSession): string {
  const say = sayIn(language);
  switch (state) {
    case 'open':
      return say('プログラムがお答えします', 'A program answers you');
    case 'waiting':
      return say('担当者をお待ちください', 'Please wait for a person');
    case 'talking':
      return say('担当者がお答えしています', 'You are talking to a person');
    case 'ended':
      return say('チャットは終わりました', 'The chat has ended');
  }
}

function messageItem({ language, faq }: ChatPage, { author, text, faqIds }: ChatMessage): SafeHtml {
  const say = sayIn(language);
  const who = {
    visitor: say('あなた', 'You'),
    operator: say('担当者', 'Person'),
    bot: say('プログラム', 'Program'),
  }[author];
  const known = faqIds.flatMap((id) => faq.get(id) ?? []);
  return html`<li class="${author}"><span class="author">${who}</span><p>${text}</p>${known.length > 0 && faqLinks(language, known)}</li>`;
}

function formsOf({ language, session, nextMessageId, forgeryField }: ChatPage, path: string): SafeHtml {
  const say = sayIn(language);
  const to = (act: string): string => `${path}/${act}?lang=${language}`;
  return html`
<form method="post" action="${to('messages')}">${forgeryField}
<input type="hidden" name="messageId" value="${nextMessageId}">
<label for="text">${say('メッセージ', 'Message')}</label>
<textarea class="message" id="text" name="text" maxlength="${TEXT_CHARACTERS_MAX}" required aria-describedby="care"></textarea>
<p class="note" id="care">${say('お名前、番号、暗証番号は書かないでください。11桁以上の番号は保存されません。', 'Please write no name, number or PIN. Numbers of eleven digits and more are not kept.')}</p>
<button>${say('送る', 'Send')}</button>
</form>
<p><a href="${path}?lang=${language}">${say('新しい返事を見る', 'Show new answers')}</a></p>
${session.state === 'open' && html`<form method="post" action="${to('person')}">${forgeryField}<button class="quiet">${say('担当者に相談する', 'Speak to a person')}</button></form>`}
<form method="post" action="${to('end')}">${forgeryField}<button class="quiet">${say('チャットを終える', 'End the chat')}</button></form>`;
}

function refusalText(language: Language, code: string): string {
  const say = sayIn(language);
  switch (code) {
    case 'chat-busy':
      return say(
        'ただいま混み合っています。お電話でお問い合わせください。',
        'Everybody is busy. Please call the call centre.',
      );
    case 'message-malformed':
      return say('メッセージは1文字から1000文字までです。', 'A message has 1 to 1,000 characters.');
    case 'chat-full':
      return say('このチャットには続きを書けません。', 'This chat is full. Please begin another one.');
    default:
      return say('このチャットは終わっています。', 'This chat has ended.');
  }
}
