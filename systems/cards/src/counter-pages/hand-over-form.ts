/**
 * The form that opens a hand-over: what is scanned, who came, which documents. There is no list of persons on it, and none of
 * cards: whoever has neither notice nor card in hand opens nothing. No script is needed; a scanner that types is a keyboard.
 */

import type { IsoDate } from '@ishizue/clock';
import { html, type SafeHtml } from '@ishizue/http';
import { documentClasses, type IdentityDocument } from '@ishizue/jpki';
import {
  inLanguage,
  type Language,
  officeFrame,
  type PageCall,
  sayIn,
  signedInOf,
  type Words,
} from '@ishizue/pages';
import { DOCUMENT_WORDS } from '../application/application-words.ts';
import { counterStylesheet } from './counter-assets.ts';
import {
  type CounterRefusal,
  GROUND_WORDS,
  OLD_CARD_WORDS,
  RECEIVER_WORDS,
  REFUSAL_WORDS,
} from './hand-over-words.ts';

export const HAND_OVER_PATH = '/national/desk/hand-over';

/** What was typed and ticked; every text as it came. */
export interface TypedHandOver {
  readonly requestId: string;
  readonly applicationId: string;
  readonly cardId: string;
  readonly municipality: string;
  readonly readerPort: string;
  readonly receiver: string;
  readonly documents: readonly string[];
  readonly receiverDocuments: readonly string[];
  readonly ground: string;
  readonly oldCard: string;
}

export interface HandOverForm {
  readonly language: Language;
  readonly today: IsoDate;
  readonly typed: TypedHandOver;
  readonly refused?: CounterRefusal | undefined;
}

export function handOverFormPage(call: PageCall, form: HandOverForm): SafeHtml {
  const { language, today, typed, refused } = form;
  const say = sayIn(language);
  const classes = documentClasses(today);
  return officeFrame({
    language,
    title: say('カードの交付', 'Hand a card over'),
    stylesheets: [counterStylesheet.path],
    signedIn: signedInOf(call),
    here: HAND_OVER_PATH,
    main: html`${refused !== undefined && refusal(refused, language)}
<form method="post" action="${inLanguage(HAND_OVER_PATH, language)}" autocomplete="off">${call.forgeryField()}
<input type="hidden" name="requestId" value="${typed.requestId}">
<fieldset><legend>${say('1. 読み取る', '1. Scan')}</legend>
${textField('applicationId', say('申請書ID（交付通知書のバーコード）', 'Application id (bar code of the notice)'), typed.applicationId, { hint: say('数字23桁', '23 digits'), mode: 'numeric', isFirst: true })}
${textField('cardId', say('カードの製造番号（カードのバーコード）', 'Serial of the card (its bar code)'), typed.cardId, { hint: say('英数字16桁。手元のカードから読み取ります。', '16 characters, from the card in your hand.') })}
</fieldset>
<fieldset><legend>${say('2. 来庁した方', '2. Who came')}</legend>
${radios('receiver', RECEIVER_WORDS, typed.receiver, language)}
</fieldset>
<fieldset><legend>${say('3. 本人の確認書類', '3. The holder’s documents')}</legend>
<p class="hint">${say('Aは1点、Bは2点で足ります。', 'One of class A is enough, or two of class B.')}</p>
${documentTicks('documents', classes, typed.documents, language)}
</fieldset>
<details ${(typed.receiver !== 'holder' || typed.receiverDocuments.length > 0) && html`open`}><summary>${say('代理人の確認書類と理由', 'Whoever comes for the holder: documents and ground')}</summary>
${documentTicks('receiverDocuments', classes, typed.receiverDocuments, language)}
<div class="field"><label for="ground">${say('代理の理由', 'Ground')}</label><select id="ground" name="ground"><option value=""></option>
${Object.entries(GROUND_WORDS).map(([ground, words]) => html`<option value="${ground}" ${typed.ground === ground && html`selected`}>${words[language]}</option>`)}</select></div>
</details>
<fieldset><legend>${say('4. 前のカード', '4. The card before')}</legend>
${radios('oldCard', OLD_CARD_WORDS, typed.oldCard, language)}
</fieldset>
<fieldset><legend>${say('この窓口', 'This counter')}</legend>
${textField('municipality', say('市区町村コード', 'Code of the municipality'), typed.municipality, { hint: say('6桁', 'six digits'), mode: 'numeric', isShort: true })}
${textField('readerPort', say('カードリーダーのポート', 'Port of the card reader'), typed.readerPort, { hint: say('card serve --websocket で指定した番号', 'that card serve --websocket was given'), mode: 'numeric', isShort: true })}
</fieldset>
<button>${say('交付を始める', 'Begin the hand-over')}</button>
</form>`,
  });
}

/** What was refused, in words and with its code. */
export const refusal = (code: CounterRefusal, language: Language): SafeHtml =>
  html`<p class="refusal" role="alert">${REFUSAL_WORDS[code][language]} <code>${code}</code></p>`;

interface TextField {
  readonly hint: string;
  readonly mode?: 'numeric';
  readonly isShort?: boolean;
  readonly isFirst?: boolean;
}

const textField = (name: string, label: string, value: string, field: TextField): SafeHtml =>
  html`<div class="field"><label for="${name}">${label}</label><p class="hint" id="${name}-hint">${field.hint}</p>
<input type="text" id="${name}" name="${name}" value="${value}" maxlength="64" required spellcheck="false" autocapitalize="none" aria-describedby="${name}-hint" ${field.mode && html`inputmode="${field.mode}"`} ${field.isShort && html`class="short"`} ${field.isFirst && html`autofocus`}></div>`;

const radios = (
  name: string,
  options: Readonly<Record<string, Words>>,
  chosen: string,
  language: Language,
): SafeHtml =>
  html`${Object.entries(options).map(
    ([value, words]) =>
      html`<label class="choice"><input type="radio" name="${name}" value="${value}" ${chosen === value && html`checked`} required> ${words[language]}</label>`,
  )}`;

function documentTicks(
  name: string,
  classes: { readonly first: readonly IdentityDocument[]; readonly second: readonly IdentityDocument[] },
  ticked: readonly string[],
  language: Language,
): SafeHtml {
  const group = (title: string, documents: readonly IdentityDocument[]): SafeHtml =>
    html`<fieldset class="field"><legend>${title}</legend><div class="choices">${documents.map(
      (document) =>
        html`<label class="choice"><input type="checkbox" name="${name}" value="${document}" ${ticked.includes(document) && html`checked`}> ${DOCUMENT_WORDS[document][language]}</label>`,
    )}</div></fieldset>`;
  const say = sayIn(language);
  return html`${group(say('A（顔写真付き）', 'Class A (with a photograph)'), classes.first)}
${group(say('B（2点）', 'Class B (two of them)'), classes.second)}`;
}
