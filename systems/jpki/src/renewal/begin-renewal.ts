/**
 * The first half of a renewal (docs/flows/renewal.md steps 2 to 4): the desk's facts and the request of the card's new key
 * become a signed certificate that is offered to the card and is not good yet. The one before stays as it is. Each step is
 * committed before the next, so that the same request, asked again, goes on where it stopped.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { type Access, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { areSubstitutesOffered } from '@ishizue/text';
import { assembleCertificate } from '@ishizue/x509';
import { type CheckedOrder, checkOrder, type IssueOrder } from '../issue/issue-order.ts';
import { abandon, lockPersons, type StoredCertificate } from '../issue/issue-store.ts';
import { type IssueFailure, prepare, sign } from '../issue-certificate.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { certificateRules, isInRenewalWindow } from '../profile/validity-rule.ts';
import { recordAccess } from '../record-access.ts';
import { findClockRefusal } from '../signing-failure.ts';
import { isAuthorisedOffice } from './issuing-offices.ts';
import { checkFacts, type FactsFailure, factsDigest, type RenewalFacts } from './renewal-facts.ts';
import { renewalFee_yen } from './renewal-fee.ts';
import {
  certificateRequestId,
  findOffered,
  findRenewal,
  insertRenewal,
  type Renewal,
  storeGivenUp,
  storeOffer,
} from './renewal-store.ts';

/** Of the order, `requestId` names the renewal: 8 to 48 of 0-9, A-Z, a-z and -. */
export interface RenewalOrder {
  readonly order: IssueOrder;
  readonly facts: RenewalFacts;
}

export type BeginRenewalFailure =
  | IssueFailure
  | FactsFailure
  /** The desk is neither the municipality of residence nor a post office that it authorised. */
  | 'desk-not-of-residence'
  /** Said to be expiring, and more than three months are left, or nothing is. */
  | 'renewal-window-closed'
  /** Said to be the first of the card, which had one before. */
  | 'certificate-issued-before'
  /** A substitute for a character that needs none, or one that is not offered for it. */
  | 'substitute-not-offered'
  | 'adult-ward'
  | 'renewal-given-up';

export interface RenewalOffer {
  readonly requestId: string;
  /** DER: to be written to the card, and read back. */
  readonly certificate: Buffer;
  /** Eight hexadecimal digits. */
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  /** What the holder owes for the visit because of this renewal. */
  readonly fee_yen: number;
  readonly isHandedOut: boolean;
}

/** An offer that is not confirmed within this time is given up. */
const OFFER_MS_MAX = 3_600_000;
/** The same request may be made again. */
const PASSING: ReadonlySet<string> = new Set(['area-changed', 'signer-unavailable', 'clock-moved']);
const REQUEST_ID = /^[0-9A-Za-z-]{8,48}$/;

export async function beginRenewal(
  context: JpkiContext,
  access: Access,
  { order, facts }: RenewalOrder,
): Promise<Result<RenewalOffer, BeginRenewalFailure>> {
  const { requestId } = order;
  if (!REQUEST_ID.test(requestId)) return fail('order-malformed', 'a request id of 8 to 48 characters');
  const checked = checkOrder({ ...order, requestId: certificateRequestId(requestId) }, context);
  if (!checked.ok) return checked;
  const sound = checkFacts(facts, dateInTokyo(context.clock.now()));
  if (!sound.ok) return sound;
  const refusal = findClockRefusal(context);
  if (refusal) return refusal;
  const authority = await context.authorities.findCurrent(order.kind);
  if (!authority) return fail('authority-missing', `no ${order.kind} authority stands`);
  const asked = { context, access, order: checked.value, facts, requestId };
  const begun = await begin(asked);
  if (!begun.ok) return begun;
  if (begun.value.signature) return offerOf(asked);
  const prepared = await prepare(context, { access, authority, order: checked.value });
  if (prepared.ok) return signAndOffer(asked, prepared.value);
  const { code, detail } = prepared.failure;
  return PASSING.has(code) ? prepared : giveUp(asked, code, detail, undefined);
}

/** What one call is about. */
interface Asked {
  readonly context: JpkiContext;
  readonly access: Access;
  readonly order: CheckedOrder;
  readonly facts: RenewalFacts;
  readonly requestId: string;
}

/** The renewal's row, new or found; or the refusal, which is an access to the person's data too. */
async function begin(asked: Asked): Promise<Result<Renewal, BeginRenewalFailure>> {
  const { context, access, order } = asked;
  const persons = await context.findPersons([{ access, residentCode: order.residentCode }]);
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(tx, [order.residentCode]);
    const begun = await decide(tx, asked, persons.get(order.residentCode));
    const result = begun.ok ? `renewal-${begun.value.state}` : begun.failure.code;
    await recordAccess(tx, context, [{ access, residentCode: order.residentCode, kind: order.kind, result }]);
    return begun;
  });
}

async function decide(
  tx: Tx,
  asked: Asked,
  person: IdentifiedPerson | undefined,
): Promise<Result<Renewal, BeginRenewalFailure>> {
  const { context, order, facts, requestId } = asked;
  const factsSha256 = factsDigest(facts, order.sha256);
  const earlier = await findRenewal(tx, requestId);
  if (earlier) return again(earlier, factsSha256);
  const now = context.clock.now();
  const allowed = await mayRenew(tx, asked, person, now);
  if (!allowed.ok) return allowed;
  await insertRenewal(tx, {
    requestId,
    factsSha256,
    kind: order.kind,
    residentCode: order.residentCode,
    cardId: order.cardId,
    facts,
    fee_yen: renewalFee_yen(facts.ground, dateInTokyo(now)),
    begunAt: now,
    endsAt: now + OFFER_MS_MAX,
  });
  const entered = await findRenewal(tx, requestId);
  if (!entered) throw new Error('a renewal was entered and is not there');
  return ok(entered);
}

function again(
  earlier: Renewal,
  factsSha256: Buffer,
): Result<Renewal, 'request-id-reused' | 'renewal-given-up'> {
  if (!earlier.factsSha256.equals(factsSha256))
    return fail('request-id-reused', 'this request id was used for another renewal');
  if (earlier.state === 'given-up') return fail('renewal-given-up', earlier.outcome ?? 'it came to nothing');
  return ok(earlier);
}

async function mayRenew(
  tx: Tx,
  { order, facts }: Asked,
  person: IdentifiedPerson | undefined,
  now: number,
): Promise<Result<undefined, BeginRenewalFailure>> {
  const today = dateInTokyo(now);
  if (!person) return fail('person-unknown', 'the national register has nobody of that resident code');
  const isAtHome = person.municipality === facts.desk.municipality;
  const isAuthorised =
    facts.desk.kind === 'municipal-counter' || (await isAuthorisedOffice(tx, facts.desk, today));
  if (!isAtHome || !isAuthorised)
    return fail('desk-not-of-residence', 'this desk renews no certificates of this person');
  if (facts.isAdultWard && order.kind === 'signature' && !certificateRules.get(today).signatureForWards)
    return fail('adult-ward', 'adult wards have no signature certificate');
  if (order.substitutes && !areSubstitutesOffered(person.name + person.address, order.substitutes))
    return fail('substitute-not-offered', 'substitutes are chosen from those that are offered');
  if (facts.ground === 'first-issue') return checkFirst(tx, order);
  if (facts.ground !== 'expiring') return ok(undefined);
  const [live] = await tx<{ expiresAt: Date }[]>`
    SELECT expires_at AS "expiresAt" FROM jpki.certificate
    WHERE card_id = ${order.cardId} AND kind = ${order.kind} AND signature IS NOT NULL AND revoked_at IS NULL`;
  return live && isInRenewalWindow(dateInTokyo(live.expiresAt.getTime()), today)
    ? ok(undefined)
    : fail('renewal-window-closed', 'what is on the card does not end within three months');
}

/** The card never had a certificate of the kind: it was left out, or not wanted, when the card was made. */
async function checkFirst(
  tx: Tx,
  { cardId, kind }: CheckedOrder,
): Promise<Result<undefined, 'certificate-issued-before'>> {
  const earlier = await tx`
    SELECT FROM jpki.certificate WHERE card_id = ${cardId} AND kind = ${kind} AND signature IS NOT NULL LIMIT 1`;
  return earlier.length === 0
    ? ok(undefined)
    : fail('certificate-issued-before', 'the card had a certificate of this kind');
}

async function signAndOffer(
  asked: Asked,
  pending: StoredCertificate,
): Promise<Result<RenewalOffer, BeginRenewalFailure>> {
  const { context, requestId, order } = asked;
  const signature = await sign(context, pending);
  if (!signature.ok)
    return signature.failure.code === 'signing-refused'
      ? giveUp(asked, 'signing-refused', signature.failure.detail, pending)
      : signature;
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(tx, [order.residentCode]);
    await storeOffer(tx, requestId, pending.serial, signature.value);
  });
  return offerOf(asked);
}

/** What is offered, as it is stored. */
async function offerOf({ context, requestId }: Asked): Promise<Result<RenewalOffer, 'renewal-given-up'>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const renewal = await findRenewal(tx, requestId);
    if (!renewal?.signature || renewal.serial === null || renewal.state === 'given-up')
      return fail('renewal-given-up', renewal?.outcome ?? 'it came to nothing');
    const offered = await findOffered(tx, renewal.kind, renewal.serial);
    if (!offered) throw new Error('an offered certificate is gone');
    return ok({
      requestId,
      certificate: Buffer.from(assembleCertificate(offered.tbs, renewal.signature)),
      serial: renewal.serial.toString(16).padStart(8, '0'),
      notBefore: offered.issuedAt.getTime(),
      notAfter: offered.expiresAt.getTime(),
      fee_yen: renewal.fee_yen,
      isHandedOut: renewal.state === 'handed-out',
    });
  });
}

/** A renewal that cannot be: its serial number, if it has one, is accounted for as destroyed before hand-over. */
async function giveUp<Code extends string>(
  { context, access, order, requestId }: Asked,
  code: Code,
  detail: string,
  pending: StoredCertificate | undefined,
): Promise<Result<never, Code>> {
  await inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    await lockPersons(tx, [order.residentCode]);
    const now = context.clock.now();
    if (pending) await abandon(tx, now, pending);
    await storeGivenUp(tx, [requestId], code, now);
    await recordAccess(tx, context, [
      { access, residentCode: order.residentCode, kind: order.kind, result: code },
    ]);
  });
  return fail(code, detail);
}
