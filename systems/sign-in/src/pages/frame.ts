/**
 * How the pages of sign-in, and others of the national site for residents, look, in Japanese and English. A script runs only where a
 * page names it: at sign-in where the holder has named the port of their reader.
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
  /** Modules of our own origin; the page's policy has to let them in. */
  readonly scripts?: readonly string[];
}

export const frame = ({ stylesheet, ...framed }: Framed): SafeHtml =>
  frameOf({
    ...framed,
    stylesheets: stylesheet === undefined ? [STYLESHEET_PATH] : [STYLESHEET_PATH, stylesheet],
  });

/**
 * The policy of a page whose form ends at a client: browsers apply it to the redirects after a form too.
 * @param readerPort of the reader that the page's script speaks to: that socket alone; without it no script runs
 */
export const policyTowards = (origin: string, readerPort?: number): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    `form-action 'self' ${origin}`,
    ...(readerPort === undefined ? [] : ["script-src 'self'", `connect-src ws://127.0.0.1:${readerPort}`]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
});
