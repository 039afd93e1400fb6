/** What the pages of a procedure have around their content. No script runs on them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { bytes, html, route, type SafeHtml } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import type { Language } from './say.ts';

const stylesheet = readFileSync(new URL('../../assets/procedure.css', import.meta.url));
const digest = createHash('sha256').update(stylesheet).digest('hex').slice(0, 16);

const STYLESHEET_PATH = `/assets/procedure-${digest}.css` as const;

/** Mounted once, whatever the number of procedures. */
export const procedureStylesheet = route({
  method: 'GET',
  path: STYLESHEET_PATH,
  summary: 'The stylesheet of the pages of procedures',
  tags: ['pages'],
  access: 'public',
  cacheControl: 'public, max-age=31536000, immutable',
  responses: { 200: bytes('text/css; charset=utf-8') },
  handler: () => ok(stylesheet),
});

export interface Framed {
  readonly language: Language;
  readonly title: string;
  readonly main: SafeHtml;
  /** This page without its language. */
  readonly here: string;
  readonly links?: readonly { readonly href: string; readonly text: string }[];
}

/** An address of ours in a language. */
export const inLanguage = (address: string, language: Language): string =>
  `${address}${address.includes('?') ? '&' : '?'}lang=${language}`;

export const frame = ({ language, title, main, here, links = [] }: Framed): SafeHtml => {
  const other = language === 'ja' ? 'en' : 'ja';
  return html`<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} — Ishizue</title>
  <link rel="stylesheet" href="${STYLESHEET_PATH}">
</head>
<body>
<header class="header"><p class="brand"><span lang="ja">礎</span> Ishizue</p>
<nav aria-label="${language === 'ja' ? 'ページ' : 'Pages'}">${links.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}<a href="${inLanguage(here, other)}" lang="${other}" hreflang="${other}">${other === 'en' ? 'English' : '日本語'}</a></nav></header>
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
};
