/** What pages have in common whose script talks to a card in the reader of the terminal. */
import { html, type SafeHtml } from '@ishizue/http';
import { type Language, sayIn, type Words } from './language.ts';

/**
 * The policy of such a page: it talks to the reader of its terminal, and to no other port.
 * @param images where pictures may come from; none may where absent
 */
export const readerPolicy = (readerPort: number, images?: string): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ...(images === undefined ? [] : [`img-src ${images}`]),
    "font-src 'self'",
    `connect-src ws://127.0.0.1:${readerPort}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
});

/** A time of day in Japan, as people read it. */
export const timeOfDay = (instant: Date, language: Language): string =>
  instant.toLocaleTimeString(language === 'ja' ? 'ja-JP' : 'en-GB', {
    timeZone: 'Asia/Tokyo',
    timeStyle: 'short',
  });

/** Asks for the card, and tells whoever has no script that nothing goes on. */
export function cardWanted(expiresAt: Date, language: Language): SafeHtml {
  const say = sayIn(language);
  const until = timeOfDay(expiresAt, language);
  return html`<p>${say(`カードをリーダーに置いてください。${until}までに終えてください。`, `Put the card into the reader. There is time until ${until}.`)}</p>
<noscript><p class="refusal">${say('この画面にはスクリプトが必要です。', 'This page needs its script.')}</p></noscript>`;
}

/** What the script may say, by code: it makes no words of its own. */
export const wordsOfScript = (words: Readonly<Record<string, Words>>, language: Language): SafeHtml =>
  html`<ul id="words" hidden>${Object.entries(words).map(([code, said]) => html`<li data-code="${code}">${said[language]}</li>`)}</ul>`;
