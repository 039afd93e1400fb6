/**
 * What is asked for when a certificate is issued, checked at the door: the forms of the identifiers, the card's key, and
 * that whoever asks holds it. Of the request the key is taken and nothing else: the person is what the registry says.
 */
import { createHash } from 'node:crypto';
import { fail, ok, type Result } from '@ishizue/outcome';
import { parseResidentCode } from '@ishizue/registry';
import { isIsoDate, type Substitutes } from '@ishizue/text';
import { type PublicKeyInfo, parseCertificationRequest, verifyPossession } from '@ishizue/x509';
import type { JpkiContext } from '../jpki-context.ts';
import { type CertificateKind, isPhoneKind } from '../profile/certificate-kind.ts';
import { isKeyAllowed } from '../profile/key-types.ts';

export interface IssueOrder {
  readonly kind: CertificateKind;
  /** The same id is the same certificate, however often it is asked for. */
  readonly requestId: string;
  readonly residentCode: string;
  /** The card's own id, at most 64 characters. */
  readonly cardId: string;
  /** The card's last day, `2036-02-17`. */
  readonly cardExpiresOn: string;
  /** PKCS#10 in DER, signed with the card's key. */
  readonly certificationRequest: Buffer;
  /** Of a phone's certificate: the application for it, to whose card it is bound. */
  readonly application?: string;
  /** What the holder chose to stand for characters that a signature certificate cannot hold. */
  readonly substitutes?: Substitutes;
  /** The card that the holder has until this one is handed over in exchange: its certificate of the kind is renewed by this one. */
  readonly renewsCard?: string;
}

export type OrderFailure = 'order-malformed' | RequestFailure;

export type RequestFailure =
  | 'certification-request-malformed'
  /** Of a kind that is not certified today (profile/key-types.ts). */
  | 'key-not-allowed'
  | 'possession-not-proved';

export interface CheckedOrder extends Omit<IssueOrder, 'certificationRequest'> {
  readonly publicKey: PublicKeyInfo;
  /** Of everything that is asked for: tells a repetition from another order under the same id. */
  readonly sha256: Buffer;
}

const IDENTIFIER = /^[\x21-\x7e]{1,64}$/;

/** What decides about a key: the profile's rule, and the day. */
type KeyContext = Pick<JpkiContext, 'profile' | 'clock'>;

export function checkOrder(order: IssueOrder, context: KeyContext): Result<CheckedOrder, OrderFailure> {
  const { certificationRequest, ...rest } = order;
  const { kind, requestId, residentCode, cardId, cardExpiresOn, application } = rest;
  const isWellFormed =
    IDENTIFIER.test(requestId) &&
    IDENTIFIER.test(cardId) &&
    isIsoDate(cardExpiresOn) &&
    parseResidentCode(residentCode).ok &&
    (rest.renewsCard === undefined || IDENTIFIER.test(rest.renewsCard)) &&
    isPhoneKind(kind) === (application !== undefined);
  if (!isWellFormed) return fail('order-malformed', 'request id, resident code, card id or card expiry');
  const publicKey = readHolderKey(certificationRequest, context);
  return publicKey.ok ? ok({ ...rest, publicKey: publicKey.value, sha256: digestOf(order) }) : publicKey;
}

/** The key of a request whose sender holds it. */
export function readHolderKey(
  certificationRequest: Buffer,
  { profile, clock }: KeyContext,
): Result<PublicKeyInfo, RequestFailure> {
  const request = parseCertificationRequest(certificationRequest);
  if (!request.ok) return fail('certification-request-malformed', request.failure.code);
  const { publicKey } = request.value;
  if (!isKeyAllowed(profile.keyTypes.holder, publicKey, clock.now()))
    return fail(
      'key-not-allowed',
      `a key of ${publicKey.algorithm.oid} with ${publicKey.sizeBits} bits today`,
    );
  const possession = verifyPossession(request.value);
  return possession.ok ? ok(publicKey) : fail('possession-not-proved', possession.failure.code);
}

function digestOf(order: IssueOrder): Buffer {
  const { kind, residentCode, cardId, cardExpiresOn, certificationRequest, substitutes = {} } = order;
  const renews = order.renewsCard === undefined ? [] : [{ renewsCard: order.renewsCard }];
  const chosen = Object.entries(substitutes).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const asked = [
    kind,
    residentCode,
    cardId,
    cardExpiresOn,
    ...(chosen.length > 0 ? [chosen] : []),
    ...renews,
  ];
  return createHash('sha256').update(JSON.stringify(asked)).update(certificationRequest).digest();
}
