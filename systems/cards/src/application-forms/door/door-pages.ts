/**
 * The pages of the door, in Japanese and English, without scripts. Nothing of a person is on them: what is shown is what was typed, and
 * what the form is good for.
 */
import { html, type SafeHtml } from '@ishizue/http';
import { type FormFault, inLanguage, inputsOf, type Language, procedureFrame, say } from '@ishizue/procedure';
import type { ApplicationState } from '../../application/application-lifecycle.ts';
import { DEFICIENCIES } from '../../application/deficiencies.ts';
import { groupedId } from '../form-paper.ts';
import {
  AMENDED_FIELDS,
  DOOR_FIELDS,
  DOOR_FILES,
  type DoorFile,
  type DoorStanding,
  FILE_FIELDS,
} from './apply-at-door.ts';

export const DOOR_PATH = '/cards/apply';
export const visitPath = (token: string): `/${string}` => `${DOOR_PATH}/visits/${token}`;

interface Page {
  readonly language: Language;
  readonly forgeryField: SafeHtml;
}

const framed = (language: Language, here: string, main: SafeHtml): SafeHtml =>
  procedureFrame({
    language,
    title: say(language)('個人番号カードのオンライン申請', 'Apply for an Individual Number Card'),
    here,
    main,
    links: [
      {
        href: `/cards/status?lang=${language}`,
        text: say(language)('申請状況の確認', 'Status of an application'),
      },
    ],
  });

/** What was wrong with what was shown at the door. */
export type EntryFault = 'application-id-malformed' | 'birth-date-malformed' | 'form-not-found';

const ENTRY_FAULTS: Readonly<Record<EntryFault, readonly [ja: string, en: string]>> = {
  'application-id-malformed': [
    '申請書IDの数字が違います。23桁をもう一度お確かめください。',
    'A digit of the application id is wrong. Please check all 23 digits.',
  ],
  'birth-date-malformed': [
    '生年月日は、1990-04-01のように入力してください。',
    'Please write the date of birth like 1990-04-01.',
  ],
  'form-not-found': [
    '申請書IDと生年月日が一致しないか、この申請書はもう使えません。何度も間違えると、翌日まで使えません。新しい申請書は市区町村の窓口でお渡しします。',
    'Application id and date of birth do not agree, or this form can no longer be used. After several mistakes it cannot be used until the next day. Your municipality gives out new forms.',
  ],
};

const alert = (language: Language, text: string, code: string): SafeHtml =>
  html`<div class="summary" role="alert" aria-labelledby="summary-title"><h2 id="summary-title">${say(language)('受け付けられませんでした', 'There is a problem')}</h2>
<p>${text} <code>${code}</code></p></div>`;

/** The page that asks for a form. @param formId as it was typed, or as the QR code said it */
export function entryPage(
  { language, forgeryField }: Page,
  { formId, fault }: { readonly formId: string; readonly fault?: EntryFault | undefined },
): SafeHtml {
  const word = say(language);
  const [ja = '', en = ''] = fault === undefined ? [] : ENTRY_FAULTS[fault];
  return framed(
    language,
    DOOR_PATH,
    html`${fault !== undefined && alert(language, word(ja, en), fault)}
<p>${word('市区町村や機構から届いた交付申請書をご用意ください。氏名や住所はこの画面に表示されません。', 'Please have your application form at hand. Neither name nor address is shown on these pages.')}</p>
<form method="post" action="${inLanguage(DOOR_PATH, language)}" autocomplete="off" novalidate>${forgeryField}
<div class="field"><label for="formId">${word('申請書ID（数字23桁）', 'Application id (23 digits)')}</label>
<p class="hint" id="formId-hint">${word('申請書に印刷されています。マイナンバー（12桁）ではありません。', 'It is printed on the form. It is not the individual number of 12 digits.')}</p>
<input type="text" id="formId" name="formId" inputmode="numeric" autocomplete="off" maxlength="40" value="${formId}" aria-describedby="formId-hint"></div>
<div class="field"><label for="birthDate">${word('カードを作る方の生年月日', 'Date of birth of whom the card is for')}</label>
<p class="hint" id="birthDate-hint">${word('例：1990-04-01', 'for example 1990-04-01')}</p>
<input type="text" class="short" id="birthDate" name="birthDate" autocomplete="off" maxlength="20" aria-describedby="birthDate-hint"></div>
<button>${word('次へ', 'Next')}</button></form>`,
  );
}

export interface VisitPage extends Page {
  readonly token: string;
  readonly applicationId: string;
  readonly standing: DoorStanding;
  readonly files: Readonly<Record<string, string>>;
  readonly newRequest: () => string;
  readonly filled?: {
    readonly values: Readonly<Record<string, unknown>>;
    readonly faults: readonly FormFault[];
    readonly refusal: string;
    /** In the reader's language. */
    readonly words: string;
  };
}

export function visitPage(page: VisitPage): SafeHtml {
  const { language, token, standing, filled } = page;
  const main =
    standing.may === 'nothing'
      ? receiptOf(page, standing.state)
      : html`${filled && alert(language, filled.words, filled.refusal)}
${standing.may === 'resubmit' && deficienciesOf(page, standing)}
${DOOR_FILES.map((field) => fileForm(page, field))}
${mainForm(page, standing)}`;
  return framed(language, visitPath(token), main);
}

function receiptOf({ language, applicationId }: VisitPage, state: ApplicationState): SafeHtml {
  const word = say(language);
  const text =
    state === 'received'
      ? word(
          '申請を受け付けました。審査の結果は、申請状況の確認の画面で、申請書IDによりご覧になれます。',
          'Your application was received. Its state is shown to whoever has the application id.',
        )
      : word(
          'この申請書による申請は、ここでは進められません。',
          'With this form nothing can be done here now.',
        );
  return html`<div role="status"><h2>${word('申請の受付', 'Receipt')}</h2><p>${text}</p></div>
<dl><dt>${word('申請書ID', 'Application id')}</dt><dd>${groupedId(applicationId)}</dd></dl>
<p><a href="/cards/status?lang=${language}">${word('申請状況の確認', 'Status of an application')}</a></p>`;
}

function deficienciesOf(
  { language }: VisitPage,
  { deficiencies, dueOn }: Extract<DoorStanding, { may: 'resubmit' }>,
): SafeHtml {
  const word = say(language);
  return html`<h2>${word('直していただくところ', 'What has to be put right')}</h2>
<ul>${deficiencies.map((code) => html`<li>${DEFICIENCIES[code][language]}</li>`)}</ul>
<p>${word('写真と法定代理人は、送らなければ前のままです。', 'Photograph and representative stay as they were, unless you send others.')}</p>
${dueOn !== null && html`<p>${word(`${dueOn}までに再提出してください。`, `Please send it again by ${dueOn}.`)}</p>`}`;
}

/** Each file has a form of its own: a page without scripts cannot send files and stay. */
function fileForm({ language, token, files }: VisitPage, field: DoorFile): SafeHtml {
  const word = say(language);
  const shown = FILE_FIELDS[field];
  const label = shown.label[language];
  const isSent = files[field] !== undefined;
  const id = `file-${field}`;
  const action = inLanguage(`${visitPath(token)}/files?field=${field}`, language);
  return html`<form method="post" enctype="multipart/form-data" action="${action}">
<div class="field"><label for="${id}">${label}: ${word('ファイルを送る', 'Send a file')}${field !== 'photo' && html` <span class="optional">${word('必要な方だけ', 'where it is needed')}</span>`}</label>
${shown.hint && html`<p class="hint" id="${id}-hint">${shown.hint[language]}</p>`}
${isSent && html`<p role="status">${word('受け取りました。送り直すこともできます。', 'Received. You may send another one instead.')}</p>`}
<input type="file" id="${id}" name="file" ${shown.hint && html`aria-describedby="${id}-hint"`} required></div>
<button>${word('送る', 'Send')}: ${label}</button></form>`;
}

function mainForm(
  { language, token, forgeryField, newRequest, filled }: VisitPage,
  standing: DoorStanding,
): SafeHtml {
  const word = say(language);
  const all = standing.may === 'apply' ? DOOR_FIELDS : AMENDED_FIELDS;
  const value = { channel: 'smartphone', certificates: 'both', ...filled?.values };
  return html`<form method="post" action="${inLanguage(visitPath(token), language)}" novalidate>${forgeryField}
<input type="hidden" name="request" value="${newRequest()}"><input type="hidden" name="what" value="${standing.may}">
${inputsOf({ language, fields: all, place: 'form', value, faults: filled?.faults ?? [] })}
<button>${standing.may === 'apply' ? word('申請する', 'Apply') : word('直して再提出する', 'Put right and send again')}</button></form>`;
}
