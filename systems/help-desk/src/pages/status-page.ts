/** The page on which an applicant sees how an application stands, by its id: the state in words, and nothing of a person. */
import { type ApplicationState, DOOR_PATH } from '@ishizue/cards';
import { html, type SafeHtml } from '@ishizue/http';
import { frame, type Language, sayIn } from '@ishizue/sign-in';
import { APPLICATION_WORDS } from './application-words.ts';
import { HELP_STYLESHEET_PATH } from './assets.ts';

export const STATUS_PATH = '/cards/status';

export interface StatusPage {
  readonly language: Language;
  /** What was found: a state, that there is none, or that the digits are no id. Undefined: nothing was asked yet. */
  readonly found: ApplicationState | 'application-unknown' | 'application-id-malformed' | undefined;
}

export function statusPage({ language, found }: StatusPage): SafeHtml {
  const say = sayIn(language);
  return frame({
    language,
    title: say('申請状況の確認', 'Status of an application'),
    other: `${STATUS_PATH}?lang=${language === 'ja' ? 'en' : 'ja'}`,
    stylesheet: HELP_STYLESHEET_PATH,
    main: html`
${found !== undefined && html`<section aria-live="polite">${resultOf(found, language)}</section>`}
<form method="post" action="${STATUS_PATH}?lang=${language}" autocomplete="off">
<label for="id">${say('申請書ID（数字23桁）', 'Application id (23 digits)')}</label>
<input id="id" name="applicationId" type="text" inputmode="numeric" autocomplete="off" maxlength="40" required aria-describedby="hint">
<p class="note" id="hint">${say('申請書の右上に印刷されています。マイナンバー（12桁）ではありません。', 'It is printed at the top right of the form. It is not the individual number of 12 digits.')}</p>
<button>${say('確認する', 'Show the status')}</button>
</form>
<p><a href="/help?lang=${language}">${say('よくある質問とチャット', 'Questions and chat')}</a></p>`,
  });
}

function resultOf(found: NonNullable<StatusPage['found']>, language: Language): SafeHtml {
  const say = sayIn(language);
  if (found === 'application-id-malformed')
    return html`<p class="refusal" role="alert">${say('申請書IDの数字が違います。23桁をもう一度お確かめください。', 'A digit of the application id is wrong. Please check all 23 digits.')}</p>`;
  if (found === 'application-unknown')
    return html`<p class="refusal" role="alert">${say('この申請書IDの申請はありません。郵便で申請したときは、届くまで日数がかかります。', 'There is no application with this id. By post it takes some days to arrive.')}</p>`;
  const { state, next } = APPLICATION_WORDS[found];
  const door = say(
    '申請書IDのある申請書で申請した方：直して再提出する',
    'With a form that bears an id: put right and send again',
  );
  return html`<p class="state"><strong>${state[language]}</strong> ${next[language]}</p>
${found === 'deficient' && html`<p><a href="${DOOR_PATH}?lang=${language}">${door}</a></p>`}`;
}
