/** What every page has around its content: head, header with the language switch, footer. */
import { html, type SafeHtml } from '@ishizue/http';
import { ICON_PATH, STYLESHEET_PATH } from './assets.ts';
import { LANGUAGES, type Language, type Reader } from './reader.ts';

export interface Frame {
  readonly reader: Reader;
  readonly title: string;
  readonly main: SafeHtml;
}

export const frame = ({ reader, title, main }: Frame): SafeHtml => html`<!doctype html>
<html lang="${reader.language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title}</title>
  <meta name="description" content="${reader.say('自治体が共同で使う基盤を、公開ソフトウェアとして', 'The shared infrastructure of municipalities, as open software')}">
  <link rel="icon" href="${ICON_PATH}" type="image/svg+xml">
  <link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<a class="skip" href="#main">${reader.say('本文へ移動', 'Skip to the content')}</a>
${header(reader)}
<main id="main" tabindex="-1">${main}</main>
${footer(reader)}
</body>
</html>
`;

const header = (reader: Reader): SafeHtml => html`
<header class="header">
  <div class="header-inner">
    <a class="brand" href="/?lang=${reader.language}"><img src="${ICON_PATH}" alt="" width="36" height="36"><span><span lang="ja">礎</span> Ishizue</span></a>
    <nav class="header-nav" aria-label="${reader.say('ページ内', 'On this page')}">
      <ul>
        <li><a href="/?lang=${reader.language}#country">${reader.say('国のいま', 'The country')}</a></li>
        <li><a href="/?lang=${reader.language}#life">${reader.say('一生', 'One life')}</a></li>
        <li><a href="/?lang=${reader.language}#accesses">${reader.say('誰が見たか', 'Who looked')}</a></li>
      </ul>
    </nav>
    <nav class="languages" aria-label="${reader.say('言語', 'Language')}">
      <ul>${LANGUAGES.map((language) => languageItem(language, reader.language))}</ul>
    </nav>
  </div>
</header>`;

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { ja: '日本語', en: 'English' };

const languageItem = (language: Language, current: Language): SafeHtml =>
  html`<li><a href="/?lang=${language}" hreflang="${language}" lang="${language}"${language === current && html` aria-current="true"`}>${LANGUAGE_NAMES[language]}</a></li>`;

const footer = ({ say }: Reader): SafeHtml => html`
<footer class="footer">
  <div class="footer-inner">
    <nav aria-label="${say('技術情報', 'For engineers')}">
      <ul>
        <li><a href="/openapi.json">${say('API の仕様（OpenAPI）', 'API (OpenAPI)')}</a></li>
        <li><a href="/healthz">${say('稼働状況', 'Health')}</a></li>
        <li><a href="/metrics">${say('計測値', 'Metrics')}</a></li>
      </ul>
    </nav>
    <p>${say(
      'これは公開ソフトウェアの実演です。国・J-LIS・自治体の公式サイトではなく、登場する人はすべて架空です。',
      'A demonstration of open software: not a site of the government, of J-LIS or of any municipality. All persons are invented.',
    )}</p>
  </div>
</footer>`;
