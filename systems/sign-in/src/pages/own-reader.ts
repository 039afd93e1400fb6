/**
 * The part of the card's page for a reader of the holder's own: a WebSocket reader whose port they name (docs/flows/chip.md step
 * 5), to whose card a script of ours then speaks; or any reader, with what it signed pasted. The PIN's input has no name,
 * and its form leads nowhere (`dialog`), so that nothing posts it, with the script or without.
 */
import { html, type SafeHtml } from '@ishizue/http';
import { CARD_WORDS } from '@ishizue/jpki';
import type { Language, Say } from './frame.ts';

export interface OwnReader {
  readonly language: Language;
  /** The path of the interaction. */
  readonly path: string;
  readonly statement: string;
  /** Where the holder's own reader is; undefined until they have named its port. */
  readonly readerPort: number | undefined;
  readonly forgeryField: SafeHtml;
}

/** Ports that a program without privileges may listen at. */
export const READER_PORTS = { min: 1_024, max: 65_535 } as const;

const WORDS: typeof CARD_WORDS = {
  ...CARD_WORDS,
  signing: { ja: 'カードが署名しています…', en: 'The card is signing…' },
  signed: { ja: '署名しました。送っています…', en: 'The card has signed. Sending…' },
};

/** What goes on an address behind its language, so that the page comes again with the reader. */
export const andReader = (port: number | undefined): string => (port === undefined ? '' : `&reader=${port}`);

export const ownReader = (say: Say, page: OwnReader): SafeHtml => html`
<details${page.readerPort !== undefined && html` open`}>
<summary>${say('自分のカードリーダーで署名する', 'Sign with a reader of your own')}</summary>
${portForm(say, page)}${page.readerPort !== undefined && pinForm(say, page, page.readerPort)}${pasteForm(say, page)}
</details>`;

const portForm = (say: Say, { path, language, readerPort }: OwnReader): SafeHtml => html`
<form method="get" action="${path}" autocomplete="off"><input type="hidden" name="lang" value="${language}">
<h2>${say('この端末のカードリーダー', 'A reader at this computer')}</h2>
<label for="reader-port">${say('カードリーダーのポート', 'Port of the card reader')}</label>
<p class="note" id="reader-hint">${say('card serve --websocket で指定した番号', 'that card serve --websocket was given')}</p>
<input id="reader-port" name="reader" type="number" min="${READER_PORTS.min}" max="${READER_PORTS.max}" value="${readerPort ?? ''}" aria-describedby="reader-hint" required>
<button class="quiet">${say('このリーダーを使う', 'Use this reader')}</button>
</form>`;

const pinForm = (say: Say, { language, statement }: OwnReader, port: number): SafeHtml => html`
<noscript><p class="refusal">${say('このリーダーを使うにはスクリプトが必要です。', 'This reader needs the script of the page.')}</p></noscript>
<form method="dialog" id="reader" data-port="${port}" data-statement="${Buffer.from(statement).toString('base64')}">
<ul id="words" hidden>${Object.entries(WORDS).map(([code, words]) => html`<li data-code="${code}">${words[language]}</li>`)}</ul>
<label for="reader-pin">${say('リーダーのカードの暗証番号', 'PIN of the card in the reader')}</label>
<p class="note" id="pin-hint">${say('カードにだけ渡され、ほかへは送られません。下の文に署名します。', 'It goes to the card and nowhere else. The text below is signed.')}</p>
<input id="reader-pin" type="password" autocomplete="one-time-code" inputmode="numeric" maxlength="4" aria-describedby="pin-hint">
<button id="reader-sign" disabled>${say('リーダーのカードで署名してサインイン', 'Sign with the card in the reader')}</button>
<p class="told" id="reader-told" role="status"></p>
</form>`;

const pasteForm = (say: Say, page: OwnReader): SafeHtml => html`
<form method="post" id="proof" action="${page.path}/card?lang=${page.language}${andReader(page.readerPort)}" autocomplete="off">${page.forgeryField}
<h2>${say('ほかのリーダー', 'Another reader')}</h2>
<p>${say('次の文をカードの利用者証明用の鍵で署名し（SHA-256、PKCS#1 v1.5）、証明書とともに送ります。', 'Sign this text with the authentication key of the card (SHA-256, PKCS#1 v1.5) and send it with the certificate.')}
<a href="${page.path}/challenge" download="challenge.txt">${say('文をファイルで', 'The text as a file')}</a></p>
<pre>${page.statement}</pre>
<label for="certificate">${say('証明書（DER、base64）', 'Certificate (DER, base64)')}</label>
<textarea id="certificate" name="certificate" required></textarea>
<label for="signature">${say('署名（base64）', 'Signature (base64)')}</label>
<textarea id="signature" name="signature" required></textarea>
<button>${say('送ってサインイン', 'Send and sign in')}</button>
</form>`;
