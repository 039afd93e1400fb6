/** The page that asks for the card: where one signs in, and the ways to have the challenge signed. */
import { html, type SafeHtml } from '@ishizue/http';
import type { SignInPlace } from '../acts/challenge.ts';
import { readerScript } from './assets.ts';
import { frame, type Say, sayIn } from './frame.ts';
import { andReader, type OwnReader, ownReader } from './own-reader.ts';

export interface CardPage extends OwnReader {
  readonly place: SignInPlace;
  readonly purpose: string;
  /** Cards in a reader of ours; undefined where there is none. */
  readonly cards: readonly string[] | undefined;
  /** Why the last try was refused. */
  readonly refusal: string | undefined;
}

export function cardPage(page: CardPage): SafeHtml {
  const { language, path, place, purpose, refusal, readerPort, forgeryField } = page;
  const say = sayIn(language);
  return frame({
    language,
    title: say('マイナンバーカードでサインイン', 'Sign in with the card'),
    other: `${path}?lang=${language === 'ja' ? 'en' : 'ja'}${andReader(readerPort)}`,
    scripts: readerPort === undefined ? [] : [readerScript.path],
    main: html`
${refusal !== undefined && html`<p class="refusal" role="alert">${refusalText(say, refusal)} <code>${refusal}</code></p>`}
<dl>
  <dt>${say('サインイン先', 'You sign in at')}</dt><dd>${place.title}（${place.host}）</dd>
  <dt>${say('利用目的', 'Purpose')}</dt><dd>${purpose}</dd>
</dl>
<p>${say(
      '利用者証明用の暗証番号（数字4桁）で署名します。氏名や住所はこの段階では伝わりません。',
      'You sign with the authentication PIN (four digits). Nothing of your name or address is told at this step.',
    )}</p>
${page.cards !== undefined && readerForm(say, page, page.cards)}
${ownReader(say, page)}
<form method="post" action="${path}/cancel?lang=${language}">${forgeryField}
<button class="quiet">${say('やめる', 'Cancel')}</button>
</form>`,
  });
}

const readerForm = (
  say: Say,
  { path, language, forgeryField }: CardPage,
  cards: readonly string[],
): SafeHtml => html`
<form method="post" action="${path}/reader?lang=${language}" autocomplete="off">${forgeryField}
<h2>${say('この実演のカードリーダー', 'The reader of this demonstration')}</h2>
<label for="card">${say('カード', 'Card')}</label>
<select id="card" name="card" required>${cards.map((card) => html`<option>${card}</option>`)}</select>
<label for="pin">${say('暗証番号', 'PIN')}</label>
<input id="pin" name="pin" type="password" autocomplete="off" inputmode="numeric" pattern="[0-9]{4}" maxlength="4" required>
<button>${say('カードで署名してサインイン', 'Sign with the card and sign in')}</button>
</form>`;

function refusalText(say: Say, code: string): string {
  switch (code) {
    case 'pin-wrong':
      return say('暗証番号が違います。', 'The PIN is wrong.');
    case 'pin-locked':
      return say(
        '暗証番号がロックされています。窓口で解除できます。',
        'The PIN is locked; a counter can reset it.',
      );
    case 'certificate-revoked':
    case 'certificate-expired':
      return say('このカードの証明書は使えません。', 'The certificate of this card can no longer be used.');
    case 'challenge-unknown':
      return say('時間が過ぎました。もう一度署名してください。', 'The time is over. Please sign again.');
    default:
      return say('カードを確認できませんでした。', 'The card was not accepted.');
  }
}
