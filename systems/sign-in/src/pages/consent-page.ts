/** The page on which a person says, item by item, what a client may be told of them. Nothing is ticked beforehand. */
import { html, type SafeHtml } from '@ishizue/http';
import type { ConsentItem } from '@ishizue/jpki';
import type { SignInPlace } from '../acts/challenge.ts';
import { frame, type Language, sayIn } from './frame.ts';

const WORDS: Readonly<Record<ConsentItem, { readonly ja: string; readonly en: string }>> = {
  name: { ja: '氏名', en: 'Name' },
  'birth-date': { ja: '生年月日', en: 'Date of birth' },
  sex: { ja: '性別', en: 'Sex' },
  address: { ja: '住所', en: 'Address' },
};

export interface ConsentPage {
  readonly language: Language;
  readonly path: string;
  readonly place: SignInPlace;
  readonly purpose: string;
  /** What the client asks for; may be nothing but the sign-in. */
  readonly items: readonly ConsentItem[];
  readonly forgeryField: SafeHtml;
}

export function consentPage(page: ConsentPage): SafeHtml {
  const { language, path, place, purpose, items, forgeryField } = page;
  const say = sayIn(language);
  return frame({
    language,
    title: say('提供する情報の確認', 'What may be told'),
    other: `${path}?lang=${language === 'ja' ? 'en' : 'ja'}`,
    main: html`
<dl>
  <dt>${say('提供先', 'Told to')}</dt><dd>${place.title}（${place.host}）</dd>
  <dt>${say('利用目的', 'Purpose')}</dt><dd>${purpose}</dd>
</dl>
<form method="post" action="${path}/consent?lang=${language}">${forgeryField}
${
  items.length > 0
    ? html`<fieldset><legend>${say('住民基本台帳の今の内容から提供する項目', 'Items, as the resident register has them today')}</legend>
${items.map((item) => html`<label class="choice"><input type="checkbox" name="items" value="${item}"> ${WORDS[item][language]}</label>`)}
</fieldset>`
    : html`<p>${say('氏名などは提供しません。サインインしたことだけが伝わります。', 'Nothing is told but that you have signed in.')}</p>`
}
<p class="note">${say(
      'この同意は今回のサインインの間（最長1時間）だけ有効です。提供の記録は「誰が見たか」で確認でき、サインインはいつでも終了できます。',
      'The consent holds for this sign-in only (an hour at the most). Each provision is listed under “who looked at me”, and you may end the sign-in at any time.',
    )}</p>
<button>${say('同意して続ける', 'Consent and go on')}</button>
</form>
<form method="post" action="${path}/cancel?lang=${language}">${forgeryField}
<button class="quiet">${say('やめる', 'Cancel')}</button>
</form>`,
  });
}
