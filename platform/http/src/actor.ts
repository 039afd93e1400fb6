/**
 * Who calls. Routes see an `Actor`; how credentials become one is injected (`Authenticate`, implemented by
 * @ishizue/access), so that this package knows neither sessions nor databases.
 * Invariant: an actor holds opaque ids only, never a name or a number of a person.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { Result } from '@ishizue/outcome';

/** No credential was shown. */
export interface AnonymousActor {
  readonly kind: 'anonymous';
}

/** A person who signed in with a card: `holder` is opaque, given by the system that verified the card. */
export interface PersonActor {
  readonly kind: 'person';
  readonly site: string;
  readonly holder: string;
  readonly certificateSerial: string;
  readonly session: string;
}

/** An operator of one site, with the roles that the site gave. */
export interface OperatorActor {
  readonly kind: 'operator';
  readonly site: string;
  readonly operator: string;
  readonly roles: readonly string[];
  readonly session: string;
}

/** Another site's machine, known by its key. */
export interface SiteActor {
  readonly kind: 'site';
  readonly site: string;
  readonly keyId: string;
}

/** Everyone who may stand before a route. */
export type Actor = AnonymousActor | PersonActor | OperatorActor | SiteActor;

/** The actor without credentials. */
export const anonymous: AnonymousActor = { kind: 'anonymous' };

/**
 * The caller of one request. `forgerySecret` is there when the credential came by itself with a cookie: form posts
 * must then show the token made from it.
 */
export interface Caller {
  readonly actor: Actor;
  readonly forgerySecret?: string;
}

/** What a credential may be read from: the request without its body. `target` is path and query as received. */
export interface CredentialRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

/** Turns the credentials of a request into its caller; no credential gives the anonymous caller, not a failure. */
export type Authenticate = (
  request: CredentialRequest,
) => Result<Caller, 'credential-invalid'> | Promise<Result<Caller, 'credential-invalid'>>;
