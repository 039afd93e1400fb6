/**
 * Turns the credentials of a request into its caller, for @ishizue/http. In this order: the signature of a site, a
 * session's token in Authorization, a session's cookie. A credential that is shown on purpose and is not valid is an
 * error; a cookie that has run out is as if there were none.
 */
import { createHmac } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import {
  type Authenticate,
  anonymous,
  type Caller,
  type CredentialRequest,
  type SessionCookie,
} from '@ishizue/http';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Sessions } from './sessions.ts';
import type { SiteNonces } from './site-nonces.ts';
import {
  type SiteKey,
  type SiteRequestCode,
  type VerifiedSiteRequest,
  verifySiteRequest,
} from './site-request.ts';

/** What the authenticator works with. */
export interface AuthenticatorOptions {
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly cookie: SessionCookie;
  readonly sites: {
    readonly nonces: SiteNonces;
    /** The server's own host names: see `SiteRequestPolicy`. A function, since a test learns its port late. */
    readonly authorities: () => readonly string[];
    readonly findKey: (keyId: string) => SiteKey | undefined | Promise<SiteKey | undefined>;
    /** Told why a site was refused, by code; the site itself is not told. */
    readonly refused?: (code: SiteRequestCode) => void;
  };
}

const BEARER = /^Bearer +([A-Za-z0-9_-]+)$/i;
const INVALID = fail('credential-invalid', 'The credential is not valid');

/** The function that `createHttpServer` takes. */
export function authenticator(options: AuthenticatorOptions): Authenticate {
  const { sessions, cookie } = options;
  return async (request) => {
    const { headers } = request;
    if (headers['signature-input'] !== undefined) return authenticateSite(request, options);
    if (headers.authorization !== undefined) {
      const token = BEARER.exec(headers.authorization)?.[1];
      const actor = token === undefined ? undefined : await sessions.find(token);
      return actor ? ok({ actor }) : INVALID;
    }
    const token = cookie.read(headers.cookie);
    const actor = token === undefined ? undefined : await sessions.find(token);
    if (token === undefined || !actor) return ok({ actor: anonymous });
    return ok({ actor, forgerySecret: forgerySecretOf(token) });
  };
}

async function authenticateSite(
  request: CredentialRequest,
  { clock, sites }: AuthenticatorOptions,
): Promise<Result<Caller, 'credential-invalid'>> {
  const verified = await verifyOnce(request, clock, sites);
  if (!verified.ok) {
    sites.refused?.(verified.failure.code);
    return INVALID;
  }
  return ok({ actor: { kind: 'site', site: verified.value.site, keyId: verified.value.keyId } });
}

async function verifyOnce(
  request: CredentialRequest,
  clock: Clock,
  sites: AuthenticatorOptions['sites'],
): Promise<Result<VerifiedSiteRequest, SiteRequestCode>> {
  const signable = { ...request, authority: request.headers.host ?? '' };
  const policy = { authorities: sites.authorities(), findKey: sites.findKey, now: clock.now() };
  const verified = await verifySiteRequest(signable, policy);
  if (!verified.ok) return verified;
  const { keyId, nonce, nonceExpiresAt } = verified.value;
  const isNew = await sites.nonces.remember(keyId, nonce, nonceExpiresAt);
  return isNew ? verified : fail('signature-replayed', 'The request was shown before');
}

/** Forms are protected by a secret made from the token, so that the token itself stays in its cookie. */
const forgerySecretOf = (token: string): string =>
  createHmac('sha256', token).update('ishizue forgery v1').digest('base64url');
