/**
 * Answers an OCSP request (RFC 6960, RFC 9654) from the database as it is at this instant, signed by the responder of the
 * generation that is asked about: for this very request, or, without a nonce, a minute ago at most (kept-answers.ts).
 * Decided: one address answers for all authorities. Certificates of another issuer than the first one known are
 * `unknown`; where none is known the answer is `unauthorized`.
 */
import { isTransient } from '@ishizue/db';
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
  type SignatureAlgorithm,
  signatureAlgorithm,
} from '@ishizue/x509';
import { type Responder, respondersOf } from '../authority/responders.ts';
import type { CountedAnswer } from '../counts/answer-counts.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { holderSerialOf } from '../profile/serial-numbers.ts';
import { mayAskAbout, type StatusCaller, THE_PUBLIC } from '../verifiers/status-caller.ts';
import { type KeptAnswer, KeptAnswers } from './kept-answers.ts';
import {
  type Statuses,
  type StatusKey,
  type StatusLookup,
  statusKey,
  statusLookup,
} from './status-lookup.ts';

/**
 * Answers a request in DER by a response in DER; rejects only where something is broken. Who asks from within the house is
 * counted as the public.
 */
export type OcspAnswerer = (
  request: Uint8Array,
  findCaller?: () => StatusCaller | Promise<StatusCaller>,
) => Promise<Uint8Array>;

export const OCSP_REQUEST_BYTES_MAX = 8_192;
const LIMITS = { bytesMax: OCSP_REQUEST_BYTES_MAX, requestsMax: 50 };
/** A request with more is not kept: it hardly comes again. */
const KEPT_REQUEST_BYTES_MAX = 512;

export function createOcspAnswerer(context: JpkiContext): OcspAnswerer {
  const responders = new StandingResponders(context);
  const lookup = statusLookup(context.sql);
  const keptAnswers = new KeptAnswers(context.sql);
  const count = (verifier: string, counted: readonly Pick<CountedAnswer, 'kind' | 'answer'>[]): void => {
    for (const { kind, answer } of counted) context.counts.add({ kind, answer, verifier, service: 'ocsp' });
  };
  const refuse = (verifier: string, answer: Refusal, kind: CertificateKind | '' = ''): Uint8Array => {
    count(verifier, [{ kind, answer }]);
    return ocspErrorResponse(answer);
  };
  const answerAgain = (kept: KeptAnswer, caller: StatusCaller): Uint8Array => {
    const hidden = kept.counted.find(({ kind }) => !mayAskAbout(caller, kind));
    if (hidden) return refuse(caller.verifier, 'unauthorized', hidden.kind);
    count(caller.verifier, kept.counted);
    return kept.response;
  };
  const answerAnew = async (der: Uint8Array, request: string, caller: StatusCaller): Promise<Uint8Array> => {
    const { verifier } = caller;
    const parsed = parseOcspRequest(der, LIMITS);
    if (!parsed.ok) return refuse(verifier, 'malformedRequest');
    const responder = findResponder(await responders.list(), parsed.value);
    if (!responder) return refuse(verifier, 'unauthorized');
    const { kind } = responder.authority;
    if (!mayAskAbout(caller, kind)) return refuse(verifier, 'unauthorized', kind);
    const told = await readTold(context, lookup, responder, parsed.value);
    const signed = await sign(context, responder, told, parsed.value.nonce);
    if (!signed) return refuse(verifier, 'tryLater', kind);
    count(verifier, signed.counted);
    const mayBeKept = parsed.value.nonce === undefined && request.length <= KEPT_REQUEST_BYTES_MAX;
    if (mayBeKept && told.every(({ status }) => status.status !== 'unknown'))
      keptAnswers.keep(request, signed);
    return signed.response;
  };
  return async (der, findCaller) => {
    let caller = THE_PUBLIC;
    try {
      const found = findCaller?.() ?? caller;
      // nothing is waited for that is there: kept answers are many, and a turn of each costs
      caller = found instanceof Promise ? await found : found;
      const request = Buffer.from(der.buffer, der.byteOffset, der.length).toString('latin1');
      const kept = await keptAnswers.find(request, context.clock.now());
      return kept ? answerAgain(kept, caller) : await answerAnew(der, request, caller);
    } catch (error) {
      // the database is away for the moment
      if (isTransient(error)) return refuse(caller.verifier, 'tryLater');
      throw error;
    }
  };
}

type Refusal = 'malformedRequest' | 'unauthorized' | 'tryLater';

/** What is said of one certificate. */
interface Told {
  readonly certId: CertId;
  readonly key: StatusKey | undefined;
  readonly status: CertStatus;
}

async function readTold(
  context: JpkiContext,
  lookup: StatusLookup,
  responder: StandingResponder,
  request: OcspRequest,
): Promise<readonly Told[]> {
  // one answer for what is asked twice
  const certIds = [...new Map(request.certIds.map((certId) => [hexOf(certId.der), certId])).values()];
  const keys = certIds.map((certId) => keyOf(certId, responder));
  const statuses = await lookup.add(keys.filter((key) => key !== undefined));
  const now = context.clock.now();
  return certIds.map((certId, index) => {
    const key = keys[index];
    return { certId, key, status: statusOf(key, statuses, responder, now) };
  });
}

/** Undefined where the signer does not answer, or where the clock by which the answer would be dated was moved. */
async function sign(
  context: JpkiContext,
  responder: StandingResponder,
  told: readonly Told[],
  nonce: Uint8Array | undefined,
): Promise<KeptAnswer | undefined> {
  const { kind, generation } = responder.authority;
  if (context.clockWatch.look()) return undefined;
  const madeAt = context.clock.now();
  const responses = told.map(({ certId, status }) => ({ certId: certId.der, status, thisUpdate: madeAt }));
  const responseData = Buffer.from(
    encodeResponseData({ responderKeyHash: responder.keyHash, producedAt: madeAt, responses, nonce }),
  );
  const signature = await context.signer.signOcsp({ key: responder.keyName, tbs: responseData });
  if (!signature.ok) return undefined;
  const response = assembleOcspResponse({
    responseData,
    signatureAlgorithm: responder.algorithm,
    signature: signature.value,
    certificates: [responder.certificate.der],
  });
  const goods = told.flatMap(({ key, status }) =>
    key && status.status === 'good' ? [{ kind, generation, serial: key.serial }] : [],
  );
  return { response, goods, madeAt, counted: told.map(({ status }) => ({ kind, answer: status.status })) };
}

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
  readonly algorithm: SignatureAlgorithm;
}

const KEPT_MS = 1_000;
/** One that ends sooner does not sign: its answers are kept a minute, and clocks differ. */
const LAST_MS = 60_000;

/** The responder of each generation, read again every second: renewals and ceremonies happen elsewhere. */
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
      ({ certificate }) => certificate.notBefore <= now && now + LAST_MS < certificate.notAfter,
    );
    const newest = new Map<unknown, Responder>();
    for (const responder of newestFirst)
      if (!newest.has(responder.authority)) newest.set(responder.authority, responder);
    return [...newest.values()].map((responder) => ({
      ...responder,
      keyHash: keyIdentifier(responder.certificate.publicKey),
      algorithm: signatureAlgorithm(responder.certificate.publicKey.type ?? 'rsa'),
    }));
  }
}
