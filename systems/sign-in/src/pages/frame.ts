/**
 * How the pages of sign-in, and others of the national site for residents, look, in Japanese and English; no script runs on them.
 */

import type { SafeHtml } from '@ishizue/http';
import { frame as frameOf, type Language } from '@ishizue/pages';
import { STYLESHEET_PATH } from './assets.ts';

export { LANGUAGES, type Language, preferredLanguage, type Say, sayIn } from '@ishizue/pages';

export interface Framed {
  readonly language: Language;
  readonly title: string;
  readonly main: SafeHtml;
  /** Where the same page is in the other language. */
  readonly other?: string;
  /** The path of a stylesheet besides the common one. */
  readonly stylesheet?: string;
}

export const frame = ({ stylesheet, ...framed }: Framed): SafeHtml =>
  frameOf({
    ...framed,
    stylesheets: stylesheet === undefined ? [STYLESHEET_PATH] : [STYLESHEET_PATH, stylesheet],
  });

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
