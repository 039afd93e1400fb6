/**
 * The page with the card in the reader: the chip’s face beside the camera, the PINs, the signed challenge, and the completion. What
 * the script reads stays in the page: posted are the certificate, the signature, and the photo’s digest. Inputs of PINs
 * have no names, and their form leads nowhere (`dialog`), so that nothing posts them, with the script or without.
 */
import { html, type SafeHtml } from '@ishizue/http';
import {
  cardWanted,
  inLanguage,
  type Language,
  officeFrame,
  type PageCall,
  readerPolicy,
  sayIn,
  signedInOf,
  wordsOfScript,
} from '@ishizue/pages';
import { counterScript, counterStylesheet } from './counter-assets.ts';
import { HAND_OVER_PATH, refusal } from './hand-over-form.ts';
import type { AtCounter, CounterRefusal } from './hand-over-words.ts';
import { READER_WORDS } from './reader-words.ts';

export interface ReaderPage {
  readonly language: Language;
  readonly handOverId: string;
  readonly challenge: Buffer;
  readonly expiresAt: Date;
  readonly receiver: AtCounter;
  readonly municipality: string;
  readonly readerPort: number;
  readonly refused?: CounterRefusal | undefined;
}

/** The policy of this page: it talks to the reader of its terminal, and to no other port; and it may use the camera. */
export const readerHeaders = (readerPort: number): Readonly<Record<string, string>> => ({
  ...readerPolicy(readerPort, "'self' blob:"),
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
});

export function readerPage(call: PageCall, shown: ReaderPage): SafeHtml {
  const { language, refused, readerPort, challenge, receiver } = shown;
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('カードの交付: リーダー', 'Hand a card over: the reader'),
    stylesheets: [counterStylesheet.path],
    scripts: [counterScript.path],
    signedIn: signedInOf(call),
    main: html`${refused !== undefined && refusal(refused, language)}
${cardWanted(shown.expiresAt, language)}
<div id="counter" data-port="${readerPort}" data-challenge="${challenge.toString('base64')}" data-compared="${receiver === 'proxy' ? 'document' : 'camera'}">
${wordsOfScript(READER_WORDS, language)}
${faceSection(shown)}${pinSection(shown)}${completionSection(call, shown)}
</div>
<p><a href="${inLanguage(HAND_OVER_PATH, language)}">${say('やめて、はじめからやり直す', 'Leave this and begin again')}</a></p>`,
  });
}

const told = (id: string): SafeHtml => html`<p class="told" id="${id}" role="status"></p>`;

function faceSection({ language, receiver }: ReaderPage): SafeHtml {
  const say = sayIn(language);
  return html`<section aria-labelledby="face-title"><h2 id="face-title">${say('1. チップの券面を見る', '1. What the chip says')}</h2>
<form method="dialog" id="face-form"><div class="field"><label for="number">${say('照合番号B', 'Number B')}</label>
<p class="hint" id="number-hint">${say('券面から: 生年月日6桁（年は下2桁）＋有効期限の西暦4桁＋セキュリティコード4桁', 'From the face: birth date in six digits, year of expiry in four, security code')}</p>
<input type="text" class="short" id="number" inputmode="numeric" maxlength="14" autocomplete="off" aria-describedby="number-hint"></div>
<button id="read" disabled>${say('読み取る', 'Read')}</button></form>
${told('read-told')}
<div class="faces" id="faces" hidden>
<figure><div class="frame" id="photo"></div><figcaption>${say('チップの写真', 'Photograph in the chip')}</figcaption></figure>
${
  receiver === 'proxy'
    ? html`<figure><div class="frame"><p>${say('本人の書類の写真と見比べてください。', 'Compare with the photograph of the holder’s document.')}</p></div><figcaption>${say('書類', 'The document')}</figcaption></figure>`
    : html`<figure><div class="frame" id="camera"></div><figcaption>${say('カメラ', 'Camera')}</figcaption></figure>`
}
<dl class="chip-face"><dt>${say('氏名', 'Name')}</dt><dd id="chip-name"></dd><dt>${say('住所', 'Address')}</dt><dd id="chip-address"></dd></dl>
</div></section>`;
}

function pinSection({ language }: ReaderPage): SafeHtml {
  const say = sayIn(language);
  const four = say('数字4桁', 'four digits');
  return html`<section aria-labelledby="pins-title"><h2 id="pins-title">${say('2. 暗証番号を決める（本人が入力）', '2. The PINs, typed by the holder')}</h2>
<p class="note">${say('カードにだけ書き込まれ、ほかへは送られません。', 'They go into the card and nowhere else.')}</p>
<form method="dialog" id="pins-form">${pinPair(language, 'signature', say('署名用（英数字6〜16文字）', 'Signature password (6 to 16 letters and digits)'), 16)}
${pinPair(language, 'authentication', `${say('利用者証明用', 'Authentication')} (${four})`, 4)}
<label class="choice"><input type="checkbox" id="same" checked> ${say('残りの2つも同じ4桁にする', 'The same four digits for the other two')}</label>
<div id="others" hidden>${pinPair(language, 'input-help', `${say('券面事項入力補助用', 'Text input help')} (${four})`, 4)}
${pinPair(language, 'resident-registry', `${say('住民基本台帳用', 'Resident registry')} (${four})`, 4)}</div>
<button id="sign" disabled>${say('設定して、カードに署名させる', 'Set them, and have the card sign')}</button></form>
${told('sign-told')}</section>`;
}

const pinPair = (language: Language, kind: string, label: string, max: number): SafeHtml =>
  html`<fieldset class="field pair"><legend>${label}</legend>
<label>${sayIn(language)('暗証番号', 'PIN')}<input type="password" data-pin="${kind}" maxlength="${max}" autocomplete="one-time-code" ${max === 4 && html`inputmode="numeric"`}></label>
<label>${sayIn(language)('もう一度', 'Once more')}<input type="password" data-again="${kind}" maxlength="${max}" autocomplete="one-time-code" ${max === 4 && html`inputmode="numeric"`}></label></fieldset>`;

function completionSection(call: PageCall, page: ReaderPage): SafeHtml {
  const { language, handOverId, receiver, municipality, readerPort, challenge, expiresAt } = page;
  const say = sayIn(language);
  const hidden: Readonly<Record<string, string>> = {
    certificate: '',
    signature: '',
    faceSha256: '',
    receiver,
    municipality,
    readerPort: String(readerPort),
    challenge: challenge.toString('base64'),
    expiresAt: expiresAt.toISOString(),
  };
  return html`<section aria-labelledby="act-title"><h2 id="act-title">${say('3. 顔を見比べて、渡す', '3. Compare the faces, and hand it over')}</h2>
<form method="post" id="completion" action="${inLanguage(`${HAND_OVER_PATH}/${handOverId}`, language)}">${call.forgeryField()}
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
<fieldset class="field"><legend>${say('チップの写真と本人は', 'The photograph and the person')}</legend>
<label class="choice"><input type="radio" name="resembles" value="yes" required> ${say('同じ人である', 'are the same')}</label>
<label class="choice"><input type="radio" name="resembles" value="no" required> ${say('同じ人とはいえない（交付しない）', 'are not: the card is not handed over')}</label></fieldset>
<button id="complete" disabled>${say('交付を記録する', 'Record the hand-over')}</button>
</form></section>`;
}
