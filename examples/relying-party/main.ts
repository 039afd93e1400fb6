/**
 * A sample relying party: sign in with the card at an Ishizue provider, on node:http and openid-client alone. Copy this
 * folder; the settings are environment variables (README.md). Sessions are in memory: a real site keeps them elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as oidc from 'openid-client';

const { ISSUER = 'http://127.0.0.1:8280/oidc', CLIENT_ID = '', CLIENT_SECRET = '' } = process.env;
const { PORT = '8290', SCOPE = 'openid' } = process.env;
const origin = `http://127.0.0.1:${PORT}`;
const redirectUri = `${origin}/callback`;

// plain HTTP is for development on loopback: leave `execute` out where the issuer has TLS
const configuration = await oidc.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  { id_token_signed_response_alg: 'ES256' },
  CLIENT_SECRET === '' ? oidc.None() : oidc.ClientSecretBasic(CLIENT_SECRET),
  { execute: ISSUER.startsWith('http://127.0.0.1') ? [oidc.allowInsecureRequests] : [] },
);

/** What waits for its callback, and who is signed in; each by the browser's cookie. */
const waiting = new Map<
  string,
  { readonly verifier: string; readonly nonce: string; readonly state: string }
>();
const people = new Map<string, { readonly subject: string; readonly told: object }>();
const KEPT_MAX = 1_000;

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  const [oldest] = map.keys();
  if (map.size >= KEPT_MAX && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

const cookieOf = (request: IncomingMessage): string =>
  /(?:^|; )rp=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
const cookie = (value: string): string => `rp=${value}; Path=/; HttpOnly; SameSite=Lax`;

function show(response: ServerResponse, status: number, text: string): void {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(
    `<!doctype html><meta charset="utf-8"><title>Sample</title><pre>${escaped}</pre><p><a href="/sign-in">Sign in with the card</a></p>`,
  );
}

async function begin(response: ServerResponse): Promise<void> {
  const verifier = oidc.randomPKCECodeVerifier();
  const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
  const browser = randomBytes(24).toString('base64url');
  keep(waiting, browser, { verifier, nonce, state });
  const address = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  response.writeHead(303, { location: address.href, 'set-cookie': cookie(browser) }).end();
}

async function finish(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const begun = waiting.get(cookieOf(request));
  waiting.delete(cookieOf(request));
  if (!begun) return show(response, 400, 'This browser began no sign-in.');
  const tokens = await oidc.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: begun.verifier,
    expectedNonce: begun.nonce,
    expectedState: begun.state,
    idTokenExpected: true,
  });
  // the subject is this person at this site, for good: what an account hangs on
  const subject = tokens.claims()?.sub ?? '';
  const told = await oidc.fetchUserInfo(configuration, tokens.access_token, subject);
  const session = randomBytes(24).toString('base64url');
  keep(people, session, { subject, told });
  response.writeHead(303, { location: '/', 'set-cookie': cookie(session) }).end();
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', origin);
  if (url.pathname === '/sign-in') return begin(response);
  if (url.pathname === '/callback') return finish(request, response, url);
  const person = people.get(cookieOf(request));
  return show(
    response,
    200,
    person ? `Signed in: ${JSON.stringify(person, null, 2)}` : 'Nobody is signed in.',
  );
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    const code =
      error instanceof oidc.ResponseBodyError || error instanceof oidc.AuthorizationResponseError
        ? error.error
        : 'failed';
    show(response, 400, `The sign-in was refused: ${code}`);
  });
}).listen(Number(PORT), '127.0.0.1', () => process.stdout.write(`listening at ${origin}\n`));
