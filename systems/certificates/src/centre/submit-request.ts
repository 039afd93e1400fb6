/**
 * The card's proof arrives: the holder is proved, looked up, judged, and the request goes to the municipality. One
 * submission is let in for each request, and what is acknowledged is committed together with the message that goes out.
 * Flow: docs/flows/life.md step 9.
 */
import { createHash, randomBytes } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import { send } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import type { CardHolder, CertificatesContext, HolderRefusal } from '../certificates-context.ts';
import { kioskAccess } from '../kiosk-access.ts';
import { isOpen } from '../kiosk-hours.ts';
import { CERTIFICATE_REQUEST, type RequestBody, subjectEchoOf, toMunicipality } from '../messages.ts';
import { AT_CENTRE } from './at-centre.ts';
import { centreEntry } from './centre-entry.ts';
import { mayUseKiosk, type PersonRefusal } from './may-use-kiosk.ts';
import { CHALLENGE_PURPOSE } from './open-request.ts';
import { type KioskRequest, lockRequests, moved, moveRequests } from './request-store.ts';
import { ANSWER_MS } from './request-times.ts';
import { isSuspended } from './suspensions.ts';

/** Why a submission comes to nothing; each but the first two ends the request. */
export type SubmitFailure =
  | 'request-unknown'
  | 'request-already-submitted'
  | 'request-expired'
  | 'challenge-unknown'
  | HolderRefusal
  | PersonRefusal
  | 'outside-hours'
  | 'municipality-not-served'
  | 'issue-suspended';

export interface Submission {
  readonly certificate: Buffer;
  readonly signature: Buffer;
}

export interface RoutedRequest {
  /** Collects the document, once. */
  readonly token: string;
  readonly answerBy: Date;
}

/** Takes the card's proof for an open request. */
export async function submitRequest(
  context: CertificatesContext,
  requestId: string,
  submission: Submission,
): Promise<Result<RoutedRequest, SubmitFailure>> {
  const claimed = await claim(context, requestId);
  if (!claimed.ok) return claimed;
  const request = claimed.value;
  const challenge = await context.challenges.consume(request.challengeId, CHALLENGE_PURPOSE);
  if (!challenge.ok) return refuse(context, requestId, challenge.failure);
  const holder = await context.authenticateHolder(
    { ...submission, challenge: challenge.value },
    { terminal: request.kiosk, correlation: requestId },
  );
  if (!holder.ok) return refuse(context, requestId, holder.failure);
  const subject = context.pseudonyms.of(NATIONAL_SITE, holder.value.residentCode);
  const authenticated = await recordHolder(context, requestId, subject, holder.value.serial);
  if (!authenticated.ok) return authenticated;
  const access = kioskAccess(subject, request.kiosk, requestId);
  const person = await findPerson(context.registry, access, holder.value.residentCode);
  const routed = await inTransaction(context.sql, AT_CENTRE, (tx) =>
    route(tx, context, requestId, holder.value, person),
  );
  if (routed.ok) context.wake();
  return routed;
}

/** Lets one submission in; a second one changes nothing for the first. */
async function claim(
  context: CertificatesContext,
  requestId: string,
): Promise<Result<KioskRequest, 'request-unknown' | 'request-already-submitted' | 'request-expired'>> {
  return inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const now = new Date(context.clock.now());
    const request = (await lockRequests(tx, [requestId])).get(requestId);
    if (!request) return fail('request-unknown', 'there is no such request');
    const late = await expireIfOver(tx, request, now);
    if (late) return late;
    const { count } = await tx`
      UPDATE certificates.national_request SET submitted_at = ${now}
      WHERE request_id = ${requestId} AND state = 'opened' AND submitted_at IS NULL`;
    if (count !== 1) return fail('request-already-submitted', 'the request has its submission');
    return ok(request);
  });
}

/** The expiry of a locked request whose time is over. */
async function expireIfOver(
  tx: Tx,
  request: KioskRequest,
  now: Date,
): Promise<{ readonly ok: false; readonly failure: Failure<'request-expired'> } | undefined> {
  const expired = fail('request-expired', 'the time of the request is over');
  if (request.state === 'timed-out') return expired;
  const isOpenStill = request.state === 'opened' || request.state === 'authenticated';
  if (!isOpenStill || request.deadlineAt.getTime() > now.getTime()) return undefined;
  await moveRequests(tx, [{ request, event: 'time-out', code: 'request-expired' }], now);
  return expired;
}

/** Ends a request before anybody is known. */
async function refuse<Code extends SubmitFailure>(
  context: CertificatesContext,
  requestId: string,
  failure: Failure<Code>,
): Promise<Result<never, Code | 'request-expired'>> {
  return inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const now = new Date(context.clock.now());
    const request = await getLocked(tx, requestId);
    const late = await expireIfOver(tx, request, now);
    if (late) return late;
    await moveRequests(tx, [{ request, event: 'refuse', code: failure.code }], now);
    return { ok: false, failure };
  });
}

async function getLocked(tx: Tx, requestId: string): Promise<KioskRequest> {
  const request = (await lockRequests(tx, [requestId])).get(requestId);
  if (!request) throw new Error('a request is gone');
  return request;
}

async function recordHolder(
  context: CertificatesContext,
  requestId: string,
  subject: Buffer,
  serial: string,
): Promise<Result<void, 'request-expired'>> {
  return inTransaction(context.sql, AT_CENTRE, async (tx) => {
    const now = new Date(context.clock.now());
    const request = await getLocked(tx, requestId);
    const late = await expireIfOver(tx, request, now);
    if (late) return late;
    await moveRequests(tx, [{ request, event: 'authenticate' }], now);
    await tx`
      UPDATE certificates.national_request SET subject = ${subject}, certificate_serial = ${serial}
      WHERE request_id = ${requestId}`;
    return ok(undefined);
  });
}

/** Judges the request and sends it to the municipality, or ends it; both are on the ledger. */
async function route(
  tx: Tx,
  context: CertificatesContext,
  requestId: string,
  holder: CardHolder,
  person: IdentifiedPerson | undefined,
): Promise<Result<RoutedRequest, SubmitFailure>> {
  const now = new Date(context.clock.now());
  const request = await getLocked(tx, requestId);
  const late = await expireIfOver(tx, request, now);
  if (late) return late;
  const subject = context.pseudonyms.of(NATIONAL_SITE, holder.residentCode);
  const judged = await judge(tx, context, request, person);
  const result = judged.ok ? 'ok' : judged.failure.code;
  const entry = centreEntry(request, subject, now.getTime(), ['certificate-request'], result);
  if (!judged.ok) {
    await moveRequests(tx, [{ request, event: 'refuse', code: judged.failure.code }], now);
    await recordEntry(tx, entry);
    return judged;
  }
  const municipality = judged.value;
  const token = randomBytes(32).toString('base64url');
  const subjectKey = randomBytes(32).toString('hex');
  const answerBy = new Date(now.getTime() + ANSWER_MS);
  await moveRequests(tx, [{ request, event: 'accept' }], now);
  await moveRequests(tx, [{ request: moved(request, 'accept'), event: 'route', deadlineAt: answerBy }], now);
  await tx`
    UPDATE certificates.national_request SET municipality_code = ${municipality},
      token_sha256 = ${createHash('sha256').update(token).digest()},
      subject_echo = ${subjectEchoOf(subjectKey, holder.residentCode)}
    WHERE request_id = ${requestId}`;
  await recordEntry(tx, entry);
  const body: RequestBody = {
    requestId,
    wish: {
      class: request.class,
      extent: request.extent,
      withRelationship: request.withRelationship,
      withDomicile: request.withDomicile,
    },
    residentCode: holder.residentCode,
    subjectKey,
    kiosk: request.kiosk,
    requestedAt: now.toISOString(),
    expiresAt: answerBy.toISOString(),
  };
  await send(tx, toMunicipality(municipality), [{ subject: requestId, topic: CERTIFICATE_REQUEST, body }]);
  return ok({ token, answerBy });
}

/** The municipality that is to issue, or why nobody is. */
async function judge(
  tx: Tx,
  context: CertificatesContext,
  request: KioskRequest,
  person: IdentifiedPerson | undefined,
): Promise<Result<string, SubmitFailure>> {
  if (!context.alwaysOpen && !isOpen(context.clock, request.class))
    return fail('outside-hours', 'kiosks have closed meanwhile');
  const allowed = mayUseKiosk(person, dateInTokyo(context.clock.now()));
  if (!allowed.ok) return allowed;
  const { municipality } = allowed.value;
  if (!context.participates(municipality))
    return fail('municipality-not-served', 'the municipality does not issue at kiosks');
  if (await isSuspended(tx, municipality, request.class))
    return fail('issue-suspended', 'issue at kiosks is suspended for the municipality');
  return ok(municipality);
}
