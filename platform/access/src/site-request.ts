/**
 * How sites sign requests to each other: a profile of RFC 9421. Covered are method, authority, path, query and, with a
 * body, its digest (RFC 9530; @ishizue/http checks it against the bytes); a request is good for minutes, and once.
 * Invariant: a request that was signed for one server is refused by every other, because the authority is its own.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import type { Clock } from '@ishizue/clock';
import { contentDigest } from '@ishizue/http';
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  normalAuthority,
  readSignature,
  type SignableRequest,
  type SignatureCode,
  signMessage,
  verifySignature,
} from './message-signature.ts';

/** Why a site's request is refused. */
export type SiteRequestCode =
  | SignatureCode
  | 'signature-uncovered'
  | 'signature-stale'
  | 'signature-replayed'
  | 'authority-foreign'
  | 'key-unknown';

/** The key of a site. */
export interface SiteKey {
  readonly site: string;
  readonly publicKey: KeyObject;
}

/** A request that a site signed. */
export interface VerifiedSiteRequest {
  readonly site: string;
  readonly keyId: string;
  readonly nonce: string;
  /** Until when the nonce must be remembered, in milliseconds. */
  readonly nonceExpiresAt: number;
}

/** What a receiving server knows. */
export interface SiteRequestPolicy {
  /** The host names (with port, unless it is the default one) that are this server's own. */
  readonly authorities: readonly string[];
  readonly findKey: (keyId: string) => SiteKey | undefined | Promise<SiteKey | undefined>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const LABEL = 'site';
const AGE_SECONDS_MAX = 300;
const AHEAD_SECONDS_MAX = 60; // how far the other site's clock may be before ours
const COVERED = ['@method', '@authority', '@path', '@query'] as const;
const NONCE = /^[A-Za-z0-9_-]{16,64}$/;
const KEY_ID = /^[\x21-\x7e]{1,128}$/;

/** What a site sends with a request: the body's digest if there is a body, and the signature. */
export interface SiteRequestHeaders extends Readonly<Record<string, string>> {
  readonly 'signature-input': string;
  readonly signature: string;
}

/** Signs a request of a site; `sign` makes an Ed25519 signature with the key of `keyId`. */
export async function signSiteRequest(
  request: { readonly method: string; readonly url: URL; readonly body?: Uint8Array },
  signer: {
    readonly keyId: string;
    readonly clock: Clock;
    readonly sign: (base: Buffer) => Uint8Array | Promise<Uint8Array>;
  },
): Promise<SiteRequestHeaders> {
  const { method, url, body } = request;
  const digest: Record<string, string> =
    body === undefined || body.length === 0 ? {} : { 'content-digest': contentDigest(body) };
  const signable = { method, authority: url.host, target: url.pathname + url.search, headers: digest };
  const fields = await signMessage(
    signable,
    LABEL,
    {
      components: [...COVERED, ...Object.keys(digest)],
      parameters: new Map<string, string | number>([
        ['created', Math.floor(signer.clock.now() / 1000)],
        ['keyid', signer.keyId],
        ['nonce', randomBytes(16).toString('base64url')],
        ['alg', 'ed25519'],
      ]),
    },
    signer.sign,
  );
  return { ...digest, ...fields };
}

/** Verifies the request of a site. That its nonce is new is for the caller to see to, with what is returned. */
export async function verifySiteRequest(
  request: SignableRequest,
  policy: SiteRequestPolicy,
): Promise<Result<VerifiedSiteRequest, SiteRequestCode>> {
  if (!policy.authorities.map(normalAuthority).includes(normalAuthority(request.authority)))
    return fail('authority-foreign', 'The request was signed for another server');
  const read = readSignature(request, LABEL);
  if (!read.ok) return read;
  const { components, parameters } = read.value.input;
  const required = hasBody(request) ? [...COVERED, 'content-digest'] : COVERED;
  if (!required.every((component) => components.includes(component)))
    return fail('signature-uncovered', 'The signature does not cover all that it must');
  const terms = readTerms(parameters);
  if (!terms) return fail('signature-malformed', 'The signature lacks a parameter, or has one that is wrong');
  const age = policy.now / 1000 - terms.created;
  if (age > AGE_SECONDS_MAX || age < -AHEAD_SECONDS_MAX || policy.now / 1000 >= terms.expires)
    return fail('signature-stale', 'The signature is too old, or from the future');
  const key = await policy.findKey(terms.keyId);
  if (!key) return fail('key-unknown', 'The key is not of a site that is known here');
  if (!verifySignature(request, read.value, key.publicKey))
    return fail('signature-invalid', 'The signature is not of this request');
  const nonceExpiresAt = (terms.created + AGE_SECONDS_MAX + 1) * 1000;
  return ok({ site: key.site, keyId: terms.keyId, nonce: terms.nonce, nonceExpiresAt });
}

function hasBody(request: SignableRequest): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

interface SignatureTerms {
  readonly created: number;
  readonly expires: number;
  readonly keyId: string;
  readonly nonce: string;
}

function readTerms(parameters: ReadonlyMap<string, string | number>): SignatureTerms | undefined {
  const created = parameters.get('created');
  const expires = parameters.get('expires') ?? Number.MAX_SAFE_INTEGER;
  const keyId = parameters.get('keyid');
  const nonce = parameters.get('nonce');
  if (typeof created !== 'number' || typeof expires !== 'number') return undefined;
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) return undefined;
  if (typeof nonce !== 'string' || !NONCE.test(nonce)) return undefined;
  if ((parameters.get('alg') ?? 'ed25519') !== 'ed25519') return undefined;
  return { created, expires, keyId, nonce };
}
