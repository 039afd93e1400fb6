/** The kiosk’s first page: where the reader is, and what is to be on the paper. Nobody is named; no script is needed. */
import { html, type SafeHtml } from '@ishizue/http';
import { inLanguage, type Language, officeFrame, type PageCall, sayIn } from '@ishizue/pages';
import { CLASS_NAMES } from '../certificate-class.ts';
import { type KioskRefusal, refusalNotice } from './kiosk-words.ts';

export const KIOSK_PATH = '/kiosk';
export const CARD_PATH = `${KIOSK_PATH}/card`;

/** What was typed and ticked. */
export interface TypedWish {
  readonly readerPort: string;
  readonly extent: 'person' | 'household';
  readonly withRelationship: boolean;
  readonly withDomicile: boolean;
}

export const NO_WISH: TypedWish = {
  readerPort: '',
  extent: 'person',
  withRelationship: false,
  withDomicile: false,
};

export function wishPage(
  call: Pick<PageCall, 'forgeryField'>,
  language: Language,
  typed: TypedWish,
  refused?: KioskRefusal,
): SafeHtml {
  const say = sayIn(language);
  const ticked = (is: boolean) => is && html`checked`;
  return officeFrame({
    language,
    title: say('コンビニ交付', 'Certificates at the kiosk'),
    here: KIOSK_PATH,
    main: html`${refused !== undefined && refusalNotice(refused, language)}
<p>${say('カードと4桁の暗証番号（利用者証明用）で、証明書を受け取れます。', 'With the card and its four-digit PIN (authentication) you get a paper here.')}</p>
<form method="post" action="${inLanguage(CARD_PATH, language)}" autocomplete="off">${call.forgeryField()}
<fieldset><legend>${say('証明書', 'Paper')}</legend>
<label class="choice"><input type="radio" name="class" value="resident-record" checked required> ${say(CLASS_NAMES['resident-record'], 'Copy of the resident record')}</label>
<fieldset class="field"><legend>${say('載せる人', 'Of whom')}</legend>
<label class="choice"><input type="radio" name="extent" value="person" ${ticked(typed.extent === 'person')} required> ${say('本人のみ', 'Myself')}</label>
<label class="choice"><input type="radio" name="extent" value="household" ${ticked(typed.extent === 'household')} required> ${say('世帯全員', 'Everyone in the household')}</label></fieldset>
<fieldset class="field"><legend>${say('記載する事項', 'What else is on it')}</legend>
<label class="choice"><input type="checkbox" name="withRelationship" value="yes" ${ticked(typed.withRelationship)}> ${say('世帯主・続柄', 'Head of the household and relationship')}</label>
<label class="choice"><input type="checkbox" name="withDomicile" value="yes" ${ticked(typed.withDomicile)}> ${say('本籍・筆頭者（外国人住民は国籍・在留資格）', 'Domicile and its head (of foreign residents nationality and status)')}</label></fieldset>
</fieldset>
<div class="field"><label for="readerPort">${say('カードリーダーのポート', 'Port of the card reader')}</label><p class="hint" id="port-hint">${say('card serve --websocket で指定した番号', 'that card serve --websocket was given')}</p>
<input type="text" class="short" id="readerPort" name="readerPort" value="${typed.readerPort}" inputmode="numeric" maxlength="5" required aria-describedby="port-hint"></div>
<button>${say('カードへ進む', 'On to the card')}</button>
</form>`,
  });
}
