/**
 * Answers an OCSP request (RFC 6960, RFC 9654) from the database as it is at this instant, signed for this request by the
 * responder of the generation that is asked about. Decided: one address answers for both authorities. Certificates of
 * another issuer than the first one known are `unknown`; where none is known the answer is `unauthorized`.
 */
import {
  assembleOcspResponse,
  type CertId,
  type CertStatus,
  encodeResponseData,
  isIssuedBy,
  keyIdentifier,
  type OcspRequest,
  ocspErrorResponse,
  parseOcspRequest,
  signatureAlgorithm,
} from '@ishizue/x509';
import { type Responder, respondersOf } from '../authority/responders.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { holderSerialOf } from '../profile/serial-numbers.ts';
import { type Statuses, type StatusKey, statusKey, statusLookup } from './status-lookup.ts';

/** Answers a request in DER by a response in DER; rejects only where something is broken. */
export type OcspAnswerer = (request: Uint8Array) => Promise<Uint8Array>;

export const OCSP_REQUEST_BYTES_MAX = 8_192;
const LIMITS = { bytesMax: OCSP_REQUEST_BYTES_MAX, requestsMax: 50 };

export function createOcspAnswerer(context: JpkiContext): OcspAnswerer {
  const responders = new StandingResponders(context);
  const lookup = statusLookup(context.sql);
  return async (der) => {
    const request = parseOcspRequest(der, LIMITS);
    if (!request.ok) return ocspErrorResponse('malformedRequest');
    const responder = findResponder(await responders.list(), request.value);
    if (!responder) return ocspErrorResponse('unauthorized');
    const asked = new Map(request.value.certIds.map((certId) => [hexOf(certId.der), certId]));
    const certIds = [...asked.values()]; // one answer for what is asked twice
    const keys = certIds.map((certId) => keyOf(certId, responder));
    const statuses = await lookup.add(keys.filter((key) => key !== undefined));
    const now = context.clock.now();
    const responseData = Buffer.from(
      encodeResponseData({
        responderKeyHash: responder.keyHash,
        producedAt: now,
        responses: certIds.map((certId, index) => ({
          certId: certId.der,
          status: statusOf(keys[index], statuses, responder, now),
          thisUpdate: now,
        })),
        nonce: request.value.nonce,
      }),
    );
    const signature = await context.signer.signOcsp({ key: responder.keyName, tbs: responseData });
    if (!signature.ok) return ocspErrorResponse('tryLater');
    return assembleOcspResponse({
      responseData,
      signatureAlgorithm: RSA,
      signature: signature.value,
      certificates: [responder.certificate.der],
    });
  };
}

const RSA = signatureAlgorithm('rsa');

const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

const findResponder = (
  responders: readonly StandingResponder[],
  { certIds }: OcspRequest,
): StandingResponder | undefined =>
  certIds
    .values()
    .map((certId) => responders.find(({ authority }) => isIssuedBy(certId, authority.hashes)))
    .find((responder) => responder !== undefined);

/** What to look up; undefined for what the responder's authority cannot have issued to a holder. */
function keyOf(certId: CertId, { authority }: StandingResponder): StatusKey | undefined {
  const serial = holderSerialOf(certId.serial);
  if (serial === undefined || !isIssuedBy(certId, authority.hashes)) return undefined;
  return { kind: authority.kind, serial };
}

function statusOf(
  key: StatusKey | undefined,
  statuses: Statuses,
  { authority }: StandingResponder,
  now: number,
): CertStatus {
  const row = key && statuses.get(statusKey(key));
  if (!row || row.generation !== authority.generation) return { status: 'unknown' };
  if (!row.revokedAt || !row.reason) return { status: 'good' };
  // by another clock the revocation may be of the next moment
  return { status: 'revoked', revokedAt: Math.min(row.revokedAt.getTime(), now), reason: row.reason };
}

interface StandingResponder extends Responder {
  readonly keyHash: Uint8Array;
}

const KEPT_MS = 60_000;

/** The responder of each generation, read again every minute: renewals happen elsewhere. */
class StandingResponders {
  readonly #context: JpkiContext;
  #known: { readonly list: Promise<readonly StandingResponder[]>; readonly until: number } | undefined;

  constructor(context: JpkiContext) {
    this.#context = context;
  }

  list(): Promise<readonly StandingResponder[]> {
    const now = this.#context.clock.now();
    if (this.#known && now < this.#known.until) return this.#known.list;
    const known = { list: this.#read(now), until: now + KEPT_MS };
    this.#known = known;
    // what could not be read, or is not there yet, is asked for again
    const forget = (): void => {
      if (this.#known === known) this.#known = undefined;
    };
    known.list.then((found) => (found.length === 0 ? forget() : undefined), forget);
    return known.list;
  }

  async #read(now: number): Promise<readonly StandingResponder[]> {
    const newestFirst = (await respondersOf(this.#context)).filter(
      ({ certificate }) => certificate.notBefore <= now && now + KEPT_MS < certificate.notAfter,
    );
    const newest = new Map<unknown, Responder>();
    for (const responder of newestFirst)
      if (!newest.has(responder.authority)) newest.set(responder.authority, responder);
    return [...newest.values()].map((responder) => ({
      ...responder,
      keyHash: keyIdentifier(responder.certificate.publicKey),
    }));
  }
}
