/** The page after a hand-over: that it is done, and the next one. It knows nobody, so that it may stay on the screen. */
import { html, type SafeHtml } from '@ishizue/http';
import { inLanguage, type Language, officeFrame, type PageCall, sayIn, signedInOf } from '@ishizue/pages';
import { HAND_OVER_PATH } from './hand-over-form.ts';

export function handedOverPage(call: PageCall, language: Language): SafeHtml {
  const say = sayIn(language);
  return officeFrame({
    language,
    title: say('カードの交付', 'Hand a card over'),
    signedIn: signedInOf(call),
    here: `${HAND_OVER_PATH}/done`,
    main: html`<p class="done" role="status">${say('交付を記録しました。カードは使えます。', 'The hand-over is recorded. The card can be used.')}</p>
<p>${say('カードをリーダーから取り出し、本人に渡してください。', 'Take the card out of the reader and give it to its holder.')}</p>
<p><a href="${inLanguage(HAND_OVER_PATH, language)}">${say('次の交付', 'The next hand-over')}</a></p>`,
  });
}
