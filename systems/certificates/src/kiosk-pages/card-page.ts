/**
 * The kiosk’s page with the card in the reader, and what comes after it. The input of the PIN has no name, and its form leads nowhere
 * (`dialog`), so that nothing posts it, with the script or without; posted are certificate and signature.
 */
import { html, type SafeHtml } from '@ishizue/http';
import {
  cardWanted,
  inLanguage,
  type Language,
  officeFrame,
  type PageCall,
  sayIn,
  wordsOfScript,
} from '@ishizue/pages';
import type { OpenedRequest } from '../centre/open-request.ts';
import { kioskScript } from './kiosk-assets.ts';
import { KIOSK_CARD_WORDS, refusalNotice } from './kiosk-words.ts';
import { CARD_PATH, KIOSK_PATH } from './wish-page.ts';

type Asked = Pick<PageCall, 'forgeryField'>;

export function cardPage(
  call: Asked,
  language: Language,
  { requestId, challenge, expiresAt }: OpenedRequest,
  readerPort: number,
): SafeHtml {
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('コンビニ交付: カード', 'Certificates at the kiosk: the card'),
    scripts: [kioskScript.path],
    main: html`${cardWanted(expiresAt, language)}
<div id="kiosk" data-port="${readerPort}" data-challenge="${challenge.toString('base64')}">
${wordsOfScript(KIOSK_CARD_WORDS, language)}
<form method="dialog" id="pin-form" autocomplete="off"><div class="field"><label for="pin">${say('暗証番号（利用者証明用）', 'PIN (authentication)')}</label>
<p class="hint" id="pin-hint">${say('数字4桁。カードにだけ示され、ほかへは送られません。', 'Four digits. They go to the card and nowhere else.')}</p>
<input type="password" class="short" id="pin" inputmode="numeric" maxlength="4" autocomplete="one-time-code" aria-describedby="pin-hint"></div>
<button id="sign" disabled>${say('証明書を受け取る', 'Get the paper')}</button></form>
<p class="told" id="told" role="status"></p>
<form method="post" id="submission" action="${inLanguage(`${CARD_PATH}/${requestId}`, language)}" hidden>${call.forgeryField()}
<input type="hidden" name="certificate" value=""><input type="hidden" name="signature" value=""></form>
</div>
${again(language)}`,
  });
}

/** The paper is not there yet: asking again is a button. */
export const waitingPage = (call: Asked, language: Language, requestId: string, token: string): SafeHtml => {
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('コンビニ交付: 作成中', 'Certificates at the kiosk: being made'),
    main: html`<p role="status">${say('市区町村が証明書を作っています。', 'The municipality is making the paper.')}</p>
<form method="post" action="${inLanguage(`${CARD_PATH}/${requestId}/paper`, language)}">${call.forgeryField()}
<input type="hidden" name="token" value="${token}"><button>${say('証明書を受け取る', 'Get the paper')}</button></form>`,
  });
};

export const refusedPage = (language: Language, code: string): SafeHtml =>
  officeFrame({
    language,
    title: sayIn(language)('証明書は交付されません', 'No paper is handed out'),
    main: html`${refusalNotice(code, language)}${again(language)}`,
  });

const again = (language: Language): SafeHtml =>
  html`<p><a href="${inLanguage(KIOSK_PATH, language)}">${sayIn(language)('はじめからやり直す', 'Begin again')}</a></p>`;
