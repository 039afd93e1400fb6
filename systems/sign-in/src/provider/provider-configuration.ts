/**
 * The OpenID Connect provider's configuration: authorization code with PKCE (RFC 9700), pairwise subjects, no refresh
 * tokens, ID tokens without attributes. What the library leaves open is bounded here.
 */
import type { Configuration, FindAccount } from 'oidc-provider';
import { errors } from 'oidc-provider';
import { answerClaims, type HolderClaims } from '../acts/answer-claims.ts';
import { findLiveAct, holderOfAct } from '../acts/find-live-act.ts';
import { hostOf, organisationOf } from '../clients/client-store.ts';
import { errorPage, signedOutPage, signOutPage } from '../pages/provider-pages.ts';
import type { SignInContext } from '../sign-in-context.ts';
import { subjectOf } from '../subject.ts';
import { ArtefactAdapter } from './artefact-adapter.ts';
import { findPermittedClient } from './client-metadata.ts';
import { cardPolicy } from './interaction-policy.ts';
import { correlationOf } from './request-correlations.ts';
import { SignerTokenKey, type TokenKey } from './token-keys.ts';

/** The card and its PIN, checked here by signature, path and revocation of this instant. */
export const CARD_ACR = 'urn:ishizue:acr:card';
/** RFC 8176: a smart card, a PIN, more than one factor. */
export const CARD_AMR = ['sc', 'pin', 'mfa'];

export const INTERACTIONS_PATH = '/sign-in-with-card';

const SESSION_S = 3_600;
const TOKEN_S = 600;
const CODE_S = 60;

export const providerConfiguration = (context: SignInContext, keys: readonly TokenKey[]): Configuration => ({
  adapter: (kind) => new ArtefactAdapter(context, kind),
  jwks: { keys: keys.map((key) => new SignerTokenKey(context, key)) },
  findAccount: accountOf(context),
  pairwiseIdentifier: (_, act, { clientId }) => pairwise(context, act, clientId),
  subjectTypes: ['pairwise'],
  scopes: ['openid', 'profile', 'address'],
  claims: {
    openid: ['sub', 'acr', 'amr'],
    profile: ['name', 'birthdate', 'gender'],
    address: ['address'],
    auth_time: null,
    iss: null,
    sid: null,
  },
  acrValues: [CARD_ACR],
  responseTypes: ['code'],
  pkce: { required: () => true },
  clientAuthMethods: ['client_secret_basic', 'none'],
  clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: ['code'] },
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'RS256'] },
  allowOmittingSingleRegisteredRedirectUri: false,
  issueRefreshToken: () => false,
  clientBasedCORS: () => false,
  conformIdTokenClaims: true,
  cookies: {
    keys: [context.secrets.cookies],
    long: { signed: true, httpOnly: true, sameSite: 'lax' },
    short: { signed: true, httpOnly: true, sameSite: 'lax' },
  },
  ttl: {
    AccessToken: TOKEN_S,
    AuthorizationCode: CODE_S,
    IdToken: TOKEN_S,
    Interaction: TOKEN_S,
    Grant: SESSION_S,
    Session: SESSION_S,
  },
  interactions: {
    url: (_, { uid }) => `${INTERACTIONS_PATH}/${uid}`,
    policy: cardPolicy(),
  },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: { enabled: false },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true, logoutSource: signOutPage, postLogoutSuccessSource: signedOutPage },
    userinfo: { enabled: true },
    externalSigningSupport: { enabled: true, ack: 'experimental-01' },
  },
  renderError: errorPage,
});

/** An account of the library is an act: who signed, with which certificate, when. None where it may not go on. */
const accountOf =
  (context: SignInContext): FindAccount =>
  async (ctx, id) => {
    const live = await findLiveAct(context, id);
    if (!live) return undefined;
    return {
      accountId: id,
      claims: async (use) => ({ sub: id, ...(use === 'userinfo' && (await toldClaims(context, ctx, id))) }),
    };
  };

async function toldClaims(
  context: SignInContext,
  ctx: Parameters<FindAccount>[0],
  act: string,
): Promise<HolderClaims> {
  const found = await findPermittedClient(context, ctx.oidc.client?.clientId ?? '');
  if (!found) throw new errors.InvalidToken('the client is not permitted');
  const told = await answerClaims(context, found.client, { act, correlation: correlationOf(ctx.req) });
  if (!told.ok) throw new errors.InvalidToken(told.failure.code);
  return told.value;
}

async function pairwise(context: SignInContext, act: string, clientId: string): Promise<string> {
  const found = await findPermittedClient(context, clientId);
  if (!found) throw new errors.InvalidClient('the client is not permitted');
  const sector = { organisation: organisationOf(found.client), host: hostOf(found.client) };
  return subjectOf(context.secrets.subjects, sector, await holderOfAct(context, act));
}
