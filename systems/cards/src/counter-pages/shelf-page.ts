/** The page on which cards are scanned one after the other: what a parcel brought, and the set-up. It shows serials and nobody. */
import { html, type SafeHtml } from '@ishizue/http';
import { inLanguage, type Language, officeFrame, type PageCall, sayIn, signedInOf } from '@ishizue/pages';
import { SHELF_WORDS, type ShelfRefusal } from './shelf-words.ts';

export const PARCELS_PATH = '/national/desk/parcels';
export const SET_UP_PATH = '/national/desk/set-up';

export interface ShelfPage {
  readonly language: Language;
  readonly path: typeof PARCELS_PATH | typeof SET_UP_PATH;
  readonly municipality: string;
  /** Of the parcel; only where one is scanned out. */
  readonly parcel?: string | undefined;
  readonly told?:
    | { readonly refused: ShelfRefusal; readonly cardId?: string }
    | { readonly taken: string }
    | { readonly missing: readonly string[] }
    | undefined;
}

export function shelfPage(call: PageCall, page: ShelfPage): SafeHtml {
  const { language, path, municipality, parcel } = page;
  const say = sayIn(language);
  const isParcel = path === PARCELS_PATH;
  const isBegun = municipality !== '' && (!isParcel || parcel !== '');
  const serial = say('カードの製造番号', 'Serial of the card');
  return officeFrame({
    language,
    title: isParcel
      ? say('届いたカード', 'Cards that arrived')
      : say('交付前設定', 'Set-up before the hand-over'),
    signedIn: signedInOf(call),
    here: path,
    main: html`${toldOf(page)}
<form method="post" action="${inLanguage(path, language)}" autocomplete="off">${call.forgeryField()}
${isParcel && input('parcel', say('荷物の番号', 'Number of the parcel'), parcel ?? '', !isBegun)}
${input('municipality', say('市区町村コード（6桁）', 'Code of the municipality, six digits'), municipality, !isBegun && !isParcel)}
${input('cardId', serial, '', isBegun)}
<button>${isParcel ? say('受け取る', 'Take it') : say('設定する', 'Set it up')}</button></form>
${
  isParcel &&
  isBegun &&
  html`<form method="post" action="${inLanguage(`${path}/closing`, language)}">${call.forgeryField()}
<input type="hidden" name="parcel" value="${parcel}"><input type="hidden" name="municipality" value="${municipality}">
<p class="note">${say('全部読み取ったら締めます。読み取っていないカードは不着になります。', 'When all are scanned: what was not scanned is missing.')}</p>
<button class="quiet">${say('荷物を締める', 'Close the parcel')}</button></form>`
}`,
  });
}

const input = (name: string, label: string, value: string, isFirst: boolean): SafeHtml =>
  html`<div class="field"><label for="${name}">${label}</label>
<input type="text" id="${name}" name="${name}" value="${value}" maxlength="64" required spellcheck="false" autocapitalize="none" ${isFirst && html`autofocus`}></div>`;

function toldOf({ language, told }: ShelfPage): SafeHtml {
  const say = sayIn(language);
  if (!told) return html``;
  if ('refused' in told)
    return html`<p class="refusal" role="alert">${told.cardId} ${SHELF_WORDS[told.refused][language]} <code>${told.refused}</code></p>`;
  if ('taken' in told) return html`<p class="done" role="status">${told.taken}: ${say('済み', 'done')}</p>`;
  return html`<p class="done" role="status">${
    told.missing.length === 0
      ? say('荷物を締めました。全部そろっています。', 'The parcel is closed. Nothing is missing.')
      : html`${say('荷物を締めました。不着', 'The parcel is closed. Missing')}: ${told.missing.join(' ')}`
  }</p>`;
}
