/**
 * What the pages of sign-in, and others of the national site for residents, have around their content, in Japanese and English;
 * no script runs on them.
 */
import { html, type SafeHtml } from '@ishizue/http';
import { STYLESHEET_PATH } from './assets.ts';

export const LANGUAGES = ['ja', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Says a thing in the reader's language. */
export type Say = (ja: string, en: string) => string;

export const sayIn =
  (language: Language): Say =>
  (ja, en) =>
    language === 'ja' ? ja : en;

/** The language of the header; Japanese unless English comes first. */
export const preferredLanguage = (header: string | string[] | undefined): Language =>
  /^\s*en\b/i.test(String(header ?? '')) ? 'en' : 'ja';

export interface Framed {
  readonly language: Language;
  readonly title: string;
  readonly main: SafeHtml;
  /** Where the same page is in the other language. */
  readonly other?: string;
  /** The path of a stylesheet besides the common one. */
  readonly stylesheet?: string;
}

export const frame = ({ language, title, main, other, stylesheet }: Framed): SafeHtml => html`<!doctype html>
<html lang="${language}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} — Ishizue</title>
  <link rel="stylesheet" href="${STYLESHEET_PATH}">
  ${stylesheet !== undefined && html`<link rel="stylesheet" href="${stylesheet}">`}
</head>
<body>
<header class="header"><p class="brand"><span lang="ja">礎</span> Ishizue</p>
${other !== undefined && html`<a href="${other}" ${language === 'ja' ? html`lang="en" hreflang="en"` : html`lang="ja" hreflang="ja"`}>${language === 'ja' ? 'English' : '日本語'}</a>`}</header>
<main id="main">
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`;

/** The policy of a page whose form ends at a client: browsers apply it to the redirects after a form too. */
export const policyTowards = (origin: string): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    `form-action 'self' ${origin}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
});
