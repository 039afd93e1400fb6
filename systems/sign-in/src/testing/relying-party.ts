/** A relying party on `openid-client`, as developers write one; it believes ID tokens by our published keys alone. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import {
  BrowserForTest,
  type CardForTest,
  type ClientForTest,
  type Seen,
  signOnPage,
  type TestSignIn,
} from './scene.ts';

export interface BegunSignIn {
  readonly address: URL;
  readonly verifier: string;
  readonly nonce: string;
  readonly state: string;
}

export class RelyingParty {
  readonly #configuration: oidc.Configuration;
  readonly #client: ClientForTest;
  readonly #issuer: string;

  private constructor(configuration: oidc.Configuration, client: ClientForTest, issuer: string) {
    this.#configuration = configuration;
    this.#client = client;
    this.#issuer = issuer;
  }

  static async of({ issuer }: TestSignIn, client: ClientForTest): Promise<RelyingParty> {
    const metadata = { id_token_signed_response_alg: 'ES256' };
    const authentication = client.secret === undefined ? oidc.None() : oidc.ClientSecretBasic(client.secret);
    const configuration = await oidc.discovery(new URL(issuer), client.client, metadata, authentication, {
      execute: [oidc.allowInsecureRequests],
    });
    return new RelyingParty(configuration, client, issuer);
  }

  async begin(scope: string, more: Readonly<Record<string, string>> = {}): Promise<BegunSignIn> {
    const verifier = oidc.randomPKCECodeVerifier();
    const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
    const address = oidc.buildAuthorizationUrl(this.#configuration, {
      redirect_uri: this.#client.redirectUri,
      scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...more,
    });
    return { address, verifier, nonce, state };
  }

  /** The tokens for a callback; rejects with openid-client's error. */
  finish(callback: URL, { verifier, nonce, state }: BegunSignIn, maxAge?: number) {
    return oidc.authorizationCodeGrant(this.#configuration, callback, {
      pkceCodeVerifier: verifier,
      expectedNonce: nonce,
      expectedState: state,
      idTokenExpected: true,
      ...(maxAge !== undefined && { maxAge }),
    });
  }

  /** Where the browser goes to sign out. */
  signOut(idToken: string, goesTo: string, state: string): URL {
    return oidc.buildEndSessionUrl(this.#configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: goesTo,
      state,
    });
  }

  userInfo(accessToken: string, subject: string) {
    return oidc.fetchUserInfo(this.#configuration, accessToken, subject);
  }

  /** The claims of an ID token that our keys signed, by a second library. */
  async believe(idToken: string) {
    const keys = createRemoteJWKSet(new URL(`${this.#issuer}/jwks`));
    const { client } = this.#client;
    return (await jwtVerify(idToken, keys, { issuer: this.#issuer, audience: client, algorithms: ['ES256'] }))
      .payload;
  }
}

/** Goes through the pages; answers the callback at the client, or the page where it stopped. */
export async function goThrough(
  browser: BrowserForTest,
  begun: BegunSignIn,
  card: CardForTest,
  items: readonly string[] = [],
): Promise<Seen> {
  const page = await browser.open(begun.address);
  const signed = page.url.pathname.startsWith('/sign-in-with-card')
    ? await signOnPage(browser, page, card)
    : page;
  if (signed.status !== 200 || !signed.text.includes('/consent?')) return signed;
  // a form with several fields of one name
  const body = items.map((item) => ['items', item] as const);
  return browser.open(`${signed.url.pathname}/consent`, body);
}

/** A whole sign-in with a browser of its own. */
export async function signedIn(
  scene: TestSignIn,
  client: ClientForTest,
  card: CardForTest,
  scope = 'openid',
  items: readonly string[] = [],
) {
  const party = await RelyingParty.of(scene, client);
  const begun = await party.begin(scope);
  const browser = new BrowserForTest(scene.origin);
  const { url, text } = await goThrough(browser, begun, card, items);
  if (url.origin === scene.origin) throw new Error(`it stopped at ${url.pathname}: ${text}`);
  const tokens = await party.finish(url, begun);
  const claims = await party.believe(tokens.id_token ?? '');
  return { party, begun, browser, callback: url, tokens, claims, subject: claims.sub ?? '' };
}
