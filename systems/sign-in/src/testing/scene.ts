/**
 * Sign-in over HTTP on a test country: real certificates of JPKI's testing door, a provider on a free loopback port, clients
 * of live verifiers, and a browser that keeps cookies and follows redirects until they leave the provider.
 */
import { randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { revokeCertificates, type VerifierTerms } from '@ishizue/jpki';
import {
  type CardKey,
  liveVerifier,
  makeCardKey,
  officer,
  requestOf,
  type TestJpki,
  testJpki,
} from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import { codesOfHolder, NATIONAL_SITE } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { type RegisteredClient, registerClient } from '../clients/register-client.ts';
import { ownActRoutes, ownActStatuses } from '../own-acts-routes.ts';
import { providerHandler } from '../provider/provider-handler.ts';
import { SignInProvider } from '../provider/sign-in-provider.ts';
import { ensureTokenKeys } from '../provider/token-keys.ts';
import { signInSchema } from '../schema.ts';
import { issuerOf, openSignInSecrets, PROVIDER_PREFIX, type SignInContext } from '../sign-in-context.ts';
import { signInRoutes } from '../sign-in-routes.ts';

/** Somebody with a card: what the card holds, and whose it is. */
export interface CardForTest {
  readonly residentCode: string;
  readonly key: CardKey;
  certificate: Buffer;
  serial: string;
}

export interface ClientForTest extends RegisteredClient {
  readonly redirectUri: string;
}

export interface TestSignIn {
  readonly jpki: TestJpki;
  readonly context: SignInContext;
  readonly provider: SignInProvider;
  readonly origin: string;
  readonly issuer: string;
  /** Loads a person and gives them a card with an authentication certificate. */
  card(person?: Readonly<Record<string, string>>): Promise<CardForTest>;
  /** Another certificate on the same card; the one before is superseded. */
  renew(card: CardForTest): Promise<void>;
  revoke(card: CardForTest): Promise<void>;
  /** A client of a verifier of its own that is live. */
  client(name: string, wish?: ClientWish): Promise<ClientForTest>;
}

export interface ClientWish {
  readonly redirectUri?: string;
  readonly keepsSecret?: boolean;
  readonly terms?: Partial<VerifierTerms>;
  readonly signedOutUris?: readonly string[];
  /** The firm whose program it is, which has entrusted itself to the verifier. */
  readonly firm?: string;
}

export async function testSignIn(
  t: TestContext,
  parts: Partial<Pick<SignInContext, 'reader'>> = {},
): Promise<TestSignIn> {
  // tokens and their readers go by the machine's clock
  const now = new Date().toISOString();
  const jpki = await testJpki(t, { country: { schemas: [signInSchema], now } });
  const { country } = jpki;
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const troubles: unknown[] = [];
  const context: SignInContext = {
    sql: country.database.pool('sign_in'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    jpki: jpki.context,
    signer: jpki.signer,
    origin,
    codesOfHolder: (code) => codesOfHolder(country.context, code),
    secrets: await openSignInSecrets(jpki.signer),
    reader: undefined,
    onTrouble: (code, error) => troubles.push(code, error),
    ...parts,
  };
  await ensureTokenKeys(context);
  const provider = new SignInProvider(context);
  await serveSignIn(t, context, provider, port);
  t.after(() => {
    if (troubles.length > 0) throw new Error('something broke inside the library', { cause: troubles });
  });
  return {
    jpki,
    context,
    provider,
    origin,
    issuer: issuerOf(context),
    card: (person) => makeCard(jpki, person ?? {}),
    renew: async (card) => {
      const request = requestOf(card.key);
      const { certificate, serial } = await jpki.issue({
        residentCode: card.residentCode,
        certificationRequest: request,
      });
      Object.assign(card, { certificate, serial });
    },
    revoke: async ({ serial }) => {
      const names = [{ kind: 'authentication' as const, serial }];
      mustSucceed(await revokeCertificates(jpki.context, testAccess, names, 'keyCompromise'), 'revoke');
    },
    client: (name, wish) => makeClient(context, name, wish ?? {}),
  };
}

/** One key for the cards of all: making one is slow, and whose a card is depends on its certificate. */
const key = makeCardKey();

async function makeCard(jpki: TestJpki, person: Readonly<Record<string, string>>): Promise<CardForTest> {
  const [residentCode = ''] = await jpki.enrol([person]);
  const { certificate, serial } = await jpki.issue({ residentCode, certificationRequest: requestOf(key) });
  return { residentCode, key, certificate, serial };
}

async function makeClient(
  context: SignInContext,
  name: string,
  {
    redirectUri = `https://${name}.example/callback`,
    keepsSecret = true,
    terms,
    signedOutUris = [],
    firm,
  }: ClientWish,
): Promise<ClientForTest> {
  const verifier = `verifier/${name}`;
  await liveVerifier(context.jpki, verifier, terms);
  if (firm !== undefined)
    await liveVerifier(context.jpki, firm, {
      kind: 'delegating-firm',
      title: '委託会社',
      entrustedTo: verifier,
    });
  const registered = await registerClient(context, officer(), {
    verifier,
    onBehalfOf: firm ?? null,
    redirectUris: [redirectUri],
    signedOutUris: [...signedOutUris],
    tokenAlg: 'ES256',
    keepsSecret,
  });
  return { ...mustSucceed(registered, 'client'), redirectUri };
}

async function serveSignIn(
  t: TestContext,
  context: SignInContext,
  provider: SignInProvider,
  port: number,
): Promise<void> {
  const log = createLog({ service: 'test', destination: { write: () => undefined } });
  const server = createHttpServer({ name: 'Sign-in', version: '1.0.0', log });
  const rateLimit = new RateLimit({ clock: context.clock, burst: 10_000, perMinute: 10_000 });
  const site = NATIONAL_SITE;
  server.mount({ prefix: '', site, ...signInRoutes(context, provider, rateLimit) });
  server.mount({ prefix: '', site, routes: ownActRoutes(context), statuses: ownActStatuses });
  server.mountRaw({ prefix: PROVIDER_PREFIX, access: 'public', handler: providerHandler(context, provider) });
  await server.listen({ port });
  t.after(() => server.close());
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** What came of an address: where the browser was led at last, or the page that it shows. */
export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

/** A form: its fields, or pairs where a name comes more than once. */
type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

export class BrowserForTest {
  readonly #cookies = new Map<string, string>();
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Follows redirects while they stay at the provider. */
  async open(address: string | URL, fields?: Fields): Promise<Seen> {
    let url = new URL(address, this.#origin);
    let body = fields && new URLSearchParams(Array.isArray(fields) ? fields : Object.entries(fields));
    for (;;) {
      if (url.origin !== this.#origin) return { url, status: 0, text: '' };
      const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const response = await fetch(url, {
        method: body ? 'POST' : 'GET',
        headers: { accept: 'text/html', cookie, ...(body && { 'sec-fetch-site': 'same-origin' }) },
        redirect: 'manual',
        ...(body && { body }),
      });
      for (const line of response.headers.getSetCookie()) this.#keep(line);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null) return { url, status: response.status, text };
      url = new URL(location, url);
      body = undefined;
    }
  }

  #keep(line: string): void {
    const [pair = ''] = line.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

/** The statement on a card page, as the card gets it. */
async function statementOn(browser: BrowserForTest, page: Seen): Promise<string> {
  return (await browser.open(`${page.url.pathname}/challenge`)).text;
}

/** Signs in on the page that is open, with a card's signature over what the page shows. */
export async function signOnPage(browser: BrowserForTest, page: Seen, card: CardForTest): Promise<Seen> {
  const statement = Buffer.from(await statementOn(browser, page));
  return browser.open(`${page.url.pathname}/card`, {
    certificate: card.certificate.toString('base64'),
    signature: sign('sha256', statement, card.key.privateKey).toString('base64'),
  });
}

/** Random bytes that sign nothing. */
export const wrongSignature = (): string => randomBytes(256).toString('base64');
