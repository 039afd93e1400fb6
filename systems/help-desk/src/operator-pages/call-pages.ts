/**
 * The pages of a call: whom they mean, the questions, and what follows. What the caller says is typed and posted, never shown again,
 * and nothing that is held of the person is on them but, once, how the card stands.
 */
import { html, type SafeHtml } from '@ishizue/http';
import {
  inLanguage,
  type Language,
  officeFrame,
  type PageCall,
  sayIn,
  signedInOf,
  timeOfDay,
  type Words,
} from '@ishizue/pages';
import type { FoundFaq } from '../faq/search-faq.ts';
import type { FoundBy } from '../questions/question-rules.ts';
import type { OwnCheck } from '../questions/read-check.ts';
import type { ToldStanding } from '../questions/tell-standing.ts';
import {
  ANSWER_HINTS,
  CALLER_WORDS,
  CARD_STATE_WORDS,
  type CallRefusal,
  CHECK_STATE_WORDS,
  PURPOSE_WORDS,
  QUESTION_WORDS,
  REASON_WORDS,
  REFUSAL_WORDS,
} from './call-words.ts';

export const CALLS_PATH = '/national/desk/calls';

const BY_WORDS: Readonly<Record<FoundBy, Words>> = {
  items: { ja: '氏名・生年月日・住所で', en: 'By name, date of birth and address' },
  card: { ja: 'カードの製造番号で', en: 'By the serial of the card' },
  application: { ja: '申請書IDで', en: 'By the application id' },
};

export interface CallPage {
  readonly language: Language;
  readonly requestId: string;
  readonly question: string;
  readonly found: readonly FoundFaq[];
  readonly refused?: CallRefusal | undefined;
}

export function callPage(
  call: PageCall,
  { language, requestId, question, found, refused }: CallPage,
): SafeHtml {
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('電話を受ける', 'Take a call'),
    signedIn: signedInOf(call),
    here: CALLS_PATH,
    main: html`${refused !== undefined && refusal(refused, language)}
<form method="post" action="${inLanguage(CALLS_PATH, language)}" autocomplete="off">${call.forgeryField()}
<input type="hidden" name="requestId" value="${requestId}">
${radios('purpose', say('用件', 'What for'), PURPOSE_WORDS, language)}
${radios('by', say('本人を特定する方法', 'How the holder is found'), BY_WORDS, language)}
<fieldset><legend>${BY_WORDS.items[language]}</legend>
${input('name', QUESTION_WORDS.name[language], ANSWER_HINTS.name[language])}
${input('birthDate', QUESTION_WORDS['birth-date'][language], ANSWER_HINTS['birth-date'][language], true)}
${input('address', QUESTION_WORDS.address[language], ANSWER_HINTS.address[language])}</fieldset>
<fieldset><legend>${say('番号で', 'By a number')}</legend>
${input('cardId', say('カードの製造番号', 'Serial of the card'), say('英数字16桁', '16 characters'))}
${input('applicationId', say('申請書ID', 'Application id'), say('数字23桁', '23 digits'))}</fieldset>
<button>${say('確認を始める', 'Begin the check')}</button></form>
<h2>${say('よくある質問を探す', 'Look up an answer')}</h2>
<form method="get" action="${CALLS_PATH}" role="search"><input type="hidden" name="lang" value="${language}">
<div class="field"><label for="q">${say('言葉', 'Words')}</label><p class="hint" id="q-hint">${say('番号や氏名は入力しないでください。', 'Never numbers or names.')}</p>
<input type="search" id="q" name="q" maxlength="200" value="${question}" aria-describedby="q-hint"></div>
<button class="quiet">${say('探す', 'Search')}</button></form>
${question !== '' && found.length === 0 && html`<p role="status">${say('見つかりませんでした。', 'Nothing was found.')}</p>`}
${found.map((one) => html`<details><summary>${one.question}</summary><p class="text">${one.answer}</p></details>`)}`,
  });
}

const refusal = (code: CallRefusal, language: Language): SafeHtml =>
  html`<p class="refusal" role="alert">${REFUSAL_WORDS[code][language]} <code>${code}</code></p>`;

const radios = (
  name: string,
  legend: string,
  options: Readonly<Record<string, Words>>,
  language: Language,
): SafeHtml =>
  html`<fieldset class="field"><legend>${legend}</legend>${Object.entries(options).map(
    ([value, words]) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${value}" required> ${words[language]}</label>`,
  )}</fieldset>`;

const input = (name: string, label: string, hint: string, isShort = false): SafeHtml =>
  html`<div class="field"><label for="${name}">${label}</label><p class="hint" id="${name}-hint">${hint}</p>
<input type="text" id="${name}" name="${name}" maxlength="800" spellcheck="false" aria-describedby="${name}-hint" ${isShort && html`class="short"`}></div>`;

export interface CheckPage {
  readonly language: Language;
  readonly check: OwnCheck;
  readonly refused?: CallRefusal | undefined;
  readonly told?: 'right' | 'wrong' | 'suspended' | undefined;
  readonly standing?: ToldStanding | undefined;
}

export function checkPage(call: PageCall, page: CheckPage): SafeHtml {
  const { language, check, refused, told, standing } = page;
  const say = sayIn(language);
  const here = `${CALLS_PATH}/${check.checkId}`;
  return officeFrame({
    language,
    title: PURPOSE_WORDS[check.purpose][language],
    signedIn: signedInOf(call),
    links: [{ href: inLanguage(CALLS_PATH, language), text: say('電話を受ける', 'Take a call') }],
    ...(standing === undefined && { here }),
    main: html`${refused !== undefined && refusal(refused, language)}${told !== undefined && toldOf(told, language)}
${standing && standingOf(standing, language)}
<dl><dt>${say('確認', 'Check')}</dt><dd>${CHECK_STATE_WORDS[check.state][language]}</dd>
${check.state === 'open' && html`<dt>${say('あと必要な正答', 'Right answers still needed')}</dt><dd>${check.rightsNeeded}</dd><dt>${say('あと許される誤答', 'Wrong answers left')}</dt><dd>${check.wrongsLeft}</dd>`}
<dt>${say('期限', 'Until')}</dt><dd>${timeOfDay(new Date(check.endsAt), language)}</dd></dl>
${check.state === 'open' && check.questions.map((question) => questionForm(call, page, question))}
${check.state === 'passed' && (check.purpose === 'suspension' ? suspensionForm(call, page) : standingForm(call, page))}`,
  });
}

function toldOf(told: 'right' | 'wrong' | 'suspended', language: Language): SafeHtml {
  const say = sayIn(language);
  if (told === 'wrong')
    return html`<p class="refusal" role="alert">${say('その答えは違います。', 'That answer is wrong.')}</p>`;
  return html`<p class="done" role="status">${
    told === 'right'
      ? say('その答えは合っています。', 'That answer is right.')
      : say(
          'カードを一時停止しました。確認の通知を郵送します。',
          'The card is stopped. A letter will confirm it.',
        )
  }</p>`;
}

function standingOf({ card }: ToldStanding, language: Language): SafeHtml {
  const say = sayIn(language);
  return html`<p class="done" role="status">${
    card
      ? html`${say('カードの状態', 'The card')}: <strong>${CARD_STATE_WORDS[card.state][language]}</strong> ${say('有効期限', 'until')} ${card.expiresOn}`
      : say('カードはありません。', 'There is no card.')
  }</p>`;
}

function questionForm(
  call: PageCall,
  { language, check }: CheckPage,
  question: OwnCheck['questions'][number],
): SafeHtml {
  const here = `${CALLS_PATH}/${check.checkId}/answers`;
  const id = `answer-${question}`;
  return html`<form method="post" action="${inLanguage(here, language)}" autocomplete="off">${call.forgeryField()}
<input type="hidden" name="number" value="${check.answered + 1}"><input type="hidden" name="question" value="${question}">
<div class="field"><label for="${id}">${QUESTION_WORDS[question][language]}</label><p class="hint" id="${id}-hint">${ANSWER_HINTS[question][language]}</p>
<input type="text" id="${id}" name="answer" maxlength="800" required spellcheck="false" aria-describedby="${id}-hint"></div>
<button class="quiet">${sayIn(language)('答え合わせ', 'Compare')}: ${QUESTION_WORDS[question][language]}</button></form>`;
}

function suspensionForm(call: PageCall, { language, check }: CheckPage): SafeHtml {
  const say = sayIn(language);
  return html`<form method="post" action="${inLanguage(`${CALLS_PATH}/${check.checkId}/suspension`, language)}">${call.forgeryField()}
${radios('caller', say('電話をかけてきた方', 'Who calls'), CALLER_WORDS, language)}
${radios('reason', say('理由', 'Why'), REASON_WORDS, language)}
<p class="note">${say('電子証明書も止まり、元には戻せません。', 'Its certificates are held too, which cannot be undone.')}</p>
<button class="danger">${say('カードを一時停止する', 'Stop the card')}</button></form>`;
}

const standingForm = (call: PageCall, { language, check }: CheckPage): SafeHtml =>
  html`<form method="post" action="${inLanguage(`${CALLS_PATH}/${check.checkId}/standing`, language)}">${call.forgeryField()}
<button>${sayIn(language)('カードの状態を見る（1回だけ）', 'Show how the card stands (once)')}</button></form>`;
