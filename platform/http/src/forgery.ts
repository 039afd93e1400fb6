/**
 * Protection against forged requests: a credential that a browser adds by itself (a cookie) counts only when the
 * request comes from our own pages. Form posts show a token made from the session; every unsafe request is refused
 * when the browser says that another origin sent it (Fetch Metadata, Origin).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { html, type SafeHtml } from './html.ts';

/** The name of the hidden form field. */
export const FORGERY_FIELD = '_forgery';

/** A form was posted without the token of its session. */
export class RequestForged extends Error {
  override readonly name = 'RequestForged';
}

/** The token of a session's forms. */
export const forgeryToken = (secret: string): string =>
  createHmac('sha256', secret).update('ishizue form v1').digest('base64url');

/** Whether a posted token belongs to the session; the time does not depend on where they differ. */
export function isForgeryToken(secret: string, posted: string | undefined): boolean {
  const expected = Buffer.from(forgeryToken(secret));
  const actual = Buffer.from(posted ?? '');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/** The hidden field of a form; nothing for callers without a cookie. */
export const forgeryField = (secret: string | undefined): SafeHtml =>
  secret === undefined
    ? html``
    : html`<input type="hidden" name="${FORGERY_FIELD}" value="${forgeryToken(secret)}">`;

/** Whether the browser says that another origin made the request. Programs that are not browsers say nothing. */
export function isCrossOrigin(headers: IncomingHttpHeaders): boolean {
  const fetchSite = headers['sec-fetch-site'];
  if (typeof fetchSite === 'string') return fetchSite !== 'same-origin' && fetchSite !== 'none';
  if (headers.origin === undefined) return false;
  return !URL.canParse(headers.origin) || new URL(headers.origin).host !== headers.host;
}

/** Methods that change nothing (RFC 9110 section 9.2.1). */
export const isSafeMethod = (method: string): boolean =>
  method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
