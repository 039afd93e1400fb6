/** The page of questions and answers: search, one entry, and the way to chat. No script runs on it. */
import { html, type SafeHtml } from '@ishizue/http';
import { frame, type Language, sayIn } from '@ishizue/sign-in';
import type { FoundFaq } from '../faq/search-faq.ts';
import { HELP_STYLESHEET_PATH } from './assets.ts';
import { STATUS_PATH } from './status-page.ts';

export const HELP_PATH = '/help';

export interface HelpPage {
  readonly language: Language;
  /** What was asked, without long numbers; empty where nothing was. */
  readonly question: string;
  readonly found: readonly FoundFaq[];
  readonly forgeryField: SafeHtml;
}

const QUESTION_CHARACTERS_MAX = 200;

export function helpPage({ language, question, found, forgeryField }: HelpPage): SafeHtml {
  const say = sayIn(language);
  const otherLanguage = language === 'ja' ? 'en' : 'ja';
  return frame({
    language,
    title: say('マイナンバーカードのよくある質問', 'Questions about the card'),
    other: `${HELP_PATH}?lang=${otherLanguage}`,
    stylesheet: HELP_STYLESHEET_PATH,
    main: html`
<p class="state"><strong>${say('カードをなくしたとき', 'If you lost your card')}</strong>
${say('すぐにお電話ください。一時停止は24時間365日受け付けています。', 'Call at once: cards are stopped at any hour of any day.')}</p>
<form method="get" action="${HELP_PATH}" role="search">
<input type="hidden" name="lang" value="${language}">
<label for="q">${say('お困りのことを入力してください', 'What do you want to know?')}</label>
<input id="q" name="q" type="search" maxlength="${QUESTION_CHARACTERS_MAX}" value="${question}" required>
<p class="note">${say('マイナンバーなどの番号や、お名前は入力しないでください。', 'Please do not enter your individual number, other numbers, or names.')}</p>
<button>${say('探す', 'Search')}</button>
</form>
${question !== '' && resultsOf(language, found)}
<h2>${say('チャット', 'Chat')}</h2>
<form method="post" action="${HELP_PATH}/chats?lang=${language}">${forgeryField}
<p>${say('プログラムがお答えし、担当者にもつなぎます。', 'A program answers, and puts you through to a person if you wish.')}</p>
<button class="quiet">${say('チャットを始める', 'Begin a chat')}</button>
</form>
<p><a href="${STATUS_PATH}?lang=${language}">${say('申請状況の確認', 'Status of an application')}</a></p>`,
  });
}

function resultsOf(language: Language, found: readonly FoundFaq[]): SafeHtml {
  const say = sayIn(language);
  if (found.length === 0)
    return html`<p role="status">${say('お答えが見つかりませんでした。別の言葉でお試しください。', 'Nothing was found. Please try other words.')}</p>`;
  return html`<h2>${say('見つかったお答え', 'What was found')}</h2>
${faqLinks(language, found)}`;
}

/** The entries as links to their answers. */
export const faqLinks = (
  language: Language,
  found: readonly Pick<FoundFaq, 'faqId' | 'question'>[],
): SafeHtml =>
  html`<ul class="found">${found.map(({ faqId, question }) => html`<li><a href="${HELP_PATH}/questions/${faqId}?lang=${language}">${question}</a></li>`)}</ul>`;

export function faqPage(language: Language, entry: FoundFaq): SafeHtml {
  const say = sayIn(language);
  return frame({
    language,
    title: entry.question,
    other: `${HELP_PATH}/questions/${entry.faqId}?lang=${language === 'ja' ? 'en' : 'ja'}`,
    stylesheet: HELP_STYLESHEET_PATH,
    main: html`<p class="answer">${entry.answer}</p>
<p><a href="${HELP_PATH}?lang=${language}">${say('ほかの質問を探す', 'Look for another question')}</a></p>`,
  });
}
