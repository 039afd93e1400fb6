/**
 * The protocol's library behind the house's edge, on the raw path `/oidc`. Addresses that it writes are made from our own
 * origin, whatever host the request names. What begins an interaction is limited, for everyone together: until somebody
 * signs in there is nobody to count, and what is begun lies in the database for ten minutes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RateLimit, type RawHandler } from '@ishizue/http';
import { PROVIDER_PREFIX, type SignInContext } from '../sign-in-context.ts';
import { correlate } from './request-correlations.ts';
import type { SignInProvider } from './sign-in-provider.ts';

const BEGUN_PER_MINUTE = 3_000;

const HEADERS: Readonly<Record<string, string>> = {
  // no script, but for the one of the library's own page, whose hash it adds: signing out where nobody is signed in
  'content-security-policy':
    "default-src 'none'; script-src 'report-sample'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function providerHandler(context: SignInContext, provider: SignInProvider): RawHandler {
  const origin = new URL(context.origin);
  const limit = new RateLimit({ clock: context.clock, burst: BEGUN_PER_MINUTE, perMinute: BEGUN_PER_MINUTE });
  return async (request, response, requestId) => {
    const target = (request.url ?? '').slice(PROVIDER_PREFIX.length);
    const below = target.startsWith('/') ? target : `/${target}`;
    if (/^\/auth(?:\?|$)/.test(below)) {
      const taken = limit.take('everyone');
      if (!taken.taken) return refuse(response, taken.retryAfterSeconds);
    }
    correlate(request, requestId);
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const handle = (await provider.current()).callback();
    await handle(asSeenFrom(request, origin, below), response);
  };
}

function refuse(response: ServerResponse, seconds: number): void {
  response.writeHead(429, { ...HEADERS, 'retry-after': String(seconds) }).end();
}

/** The same request, with its place below the prefix and the host that we have. */
function asSeenFrom(request: IncomingMessage, origin: URL, below: string): IncomingMessage {
  const { headers } = request;
  headers.host = origin.host;
  headers['x-forwarded-proto'] = origin.protocol.slice(0, -1);
  delete headers['x-forwarded-host'];
  delete headers['x-forwarded-for'];
  delete headers.forwarded;
  return Object.assign(request, { originalUrl: request.url, url: below });
}
