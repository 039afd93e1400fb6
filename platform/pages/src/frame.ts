/**
 * What every page has around its content, but the portal's: head, brand, links, the other language, and for an operator who is signed
 * in the way to their desk and out. Scripts run only where a page names them.
 */
import { html, type SafeHtml } from '@ishizue/http';
import { inLanguage, type Language, otherLanguage, sayIn } from './language.ts';

/** An operator at a page. */
export interface SignedIn {
  readonly site: string;
  readonly operator: string;
  readonly forgeryField: SafeHtml;
}

export interface Framed {
  readonly language: Language;
  readonly title: string;
  readonly main: SafeHtml;
  readonly stylesheets: readonly string[];
  /** Modules of our own origin. */
  readonly scripts?: readonly string[];
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  /** Where the same page is in the other language. */
  readonly other?: string | undefined;
  readonly signedIn?: SignedIn | undefined;
}

export function frame(framed: Framed): SafeHtml {
  const { language, title, main, stylesheets, scripts = [] } = framed;
  return html`<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} — Ishizue</title>
  ${stylesheets.map((path) => html`<link rel="stylesheet" href="${path}">`)}
  ${scripts.map((path) => html`<script type="module" src="${path}"></script>`)}
</head>
<body>
${header(framed)}
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;
}

function header({ language, links = [], other, signedIn }: Framed): SafeHtml {
  const say = sayIn(language);
  const desk = signedIn && [
    { href: inLanguage(`/${signedIn.site}/desk`, language), text: say('職員用画面', 'Desk') },
  ];
  const all = [...(desk ?? []), ...links];
  const there = otherLanguage(language);
  const switchTo =
    other !== undefined &&
    html`<a href="${other}" lang="${there}" hreflang="${there}">${there === 'en' ? 'English' : '日本語'}</a>`;
  const nav =
    all.length === 0
      ? switchTo
      : html`<nav aria-label="${say('ページ', 'Pages')}">${all.map(({ href, text }) => html`<a href="${href}">${text}</a> `)}${switchTo}</nav>`;
  return html`<header class="header"><p class="brand"><span lang="ja">礎</span> Ishizue</p>
<div class="ways">${nav}${signedIn && signOut(signedIn, language)}</div></header>`;
}

const signOut = ({ site, operator, forgeryField }: SignedIn, language: Language): SafeHtml =>
  html`<form class="sign-out" method="post" action="${inLanguage(`/${site}/desk/sign-out`, language)}">${forgeryField}
<span class="note">${operator}</span> <button class="quiet">${sayIn(language)('サインアウト', 'Sign out')}</button></form>`;
