/**
 * Decides whether a person may have a certificate and what stands in it, all but its serial number. Pure: who the person
 * is, what the card has and what day it is are given.
 */
import { dateInTokyo, endOfDateInTokyo } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';
import { type PartialDate, parsePartialDate } from '@ishizue/text';
import { serialNumber } from '@ishizue/x509';
import type { Authority } from '../authority/authorities.ts';
import { identityDigest } from '../identity-digest.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { encodeAuthenticationCertificate } from '../profile/authentication-certificate.ts';
import { hasReachedAge } from '../profile/birthday.ts';
import { CARD_KIND_OF } from '../profile/certificate-kind.ts';
import { areaOfResidence, type ResidenceArea } from '../profile/crl-area.ts';
import {
  type AttributesFailure,
  type HolderAttributes,
  holderAttributes,
} from '../profile/holder-attributes.ts';
import { drawHolderNumber } from '../profile/holder-number.ts';
import { encodeSignatureCertificate } from '../profile/signature-certificate.ts';
import { certificateRules, lastDayOfValidity } from '../profile/validity-rule.ts';
import type { CheckedOrder } from './issue-order.ts';

export type DraftFailure =
  | AttributesFailure
  /** Moved out, deceased or removed: nobody's resident now. */
  | 'person-not-resident'
  | 'birth-date-unknown'
  /** Under the age from which there are signature certificates. */
  | 'person-too-young'
  /** A phone's, and the card has no good certificate of the kind by now. */
  | 'card-certificate-missing'
  /** The card, or the authority, ends before the certificate would begin. */
  | 'validity-over';

export interface CertificateDraft {
  readonly area: ResidenceArea;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly identitySha256: Buffer | null;
  /** The serial number of the card's certificate to which a phone's is bound. */
  readonly boundSerial: number | null;
  /** TBSCertificate in DER under a serial number. */
  readonly encode: (serial: number) => Buffer;
}

/** What is live on the card, and on the card that it renews. */
export interface CardCertificates {
  readonly authenticationEndsAt: number | undefined;
  /** Of the same kind, on this card or else on the one that it renews: what this certificate renews. */
  readonly sameKindEndsAt: number | undefined;
  /** What a phone's certificate is bound to: the one of its kind on the card. */
  readonly boundTo: BoundTo | undefined;
}

export interface BoundTo {
  readonly serial: number;
  readonly endsAt: number;
}

type DraftContext = Pick<JpkiContext, 'clock' | 'municipalities' | 'profile' | 'randomBytes'>;

export function draftCertificate(
  context: DraftContext,
  authority: Authority,
  order: CheckedOrder,
  person: IdentifiedPerson,
  card: CardCertificates,
): Result<CertificateDraft, DraftFailure> {
  if (person.status !== 'resident') return fail('person-not-resident', `the person is ${person.status}`);
  const birth = parsePartialDate(person.birthDate);
  if (!birth.ok) throw new Error('the registry gave a birth date that is none');
  const now = context.clock.now();
  const validity =
    order.application === undefined
      ? decideValidity(authority, order, birth.value, card, now)
      : decidePhoneValidity(authority, card, now);
  if (!validity.ok) return validity;
  const attributes = decideAttributes(order, person, birth.value, now);
  if (!attributes.ok) return attributes;
  const area = areaOfResidence(context.municipalities, person.municipality, person.address, dateInTokyo(now));
  const certificate = {
    profile: context.profile,
    authority,
    notBefore: now,
    notAfter: validity.value,
    publicKey: order.publicKey.der,
    holderNumber: drawHolderNumber(context.randomBytes, area.fiveDigits),
    area,
  };
  const items = attributes.value;
  const encode = (number: number): Buffer => {
    const spec = { ...certificate, serial: serialNumber(number) };
    return Buffer.from(
      items
        ? encodeSignatureCertificate({ ...spec, attributes: items })
        : encodeAuthenticationCertificate(spec),
    );
  };
  const identitySha256 = items ? identityDigest(person) : null;
  const boundSerial = order.application === undefined ? null : (card.boundTo?.serial ?? null);
  return ok({ area, notBefore: now, notAfter: validity.value, identitySha256, boundSerial, encode });
}

function decideValidity(
  authority: Authority,
  order: CheckedOrder,
  birth: PartialDate,
  card: CardCertificates,
  now: number,
): Result<number, 'validity-over'> {
  const dayOf = (instant: number | undefined) => (instant === undefined ? undefined : dateInTokyo(instant));
  const lastDay = lastDayOfValidity({
    issuedOn: dateInTokyo(now),
    birth,
    cardExpiresOn: order.cardExpiresOn,
    authenticationEndsOn: order.kind === 'signature' ? dayOf(card.authenticationEndsAt) : undefined,
    renewsEndingOn: dayOf(card.sameKindEndsAt),
  });
  const notAfter = Math.min(endOfDateInTokyo(lastDay), authority.certificate.notAfter);
  return now <= notAfter ? ok(notAfter) : fail('validity-over', 'the card or the authority has ended');
}

/** A phone's certificate lasts as long as the card's (domain rules 6.8); the database refuses a longer one. */
function decidePhoneValidity(
  authority: Authority,
  { boundTo }: CardCertificates,
  now: number,
): Result<number, 'validity-over' | 'card-certificate-missing'> {
  if (!boundTo) return fail('card-certificate-missing', 'the card has no good certificate of the kind');
  const notAfter = Math.min(boundTo.endsAt, authority.certificate.notAfter);
  return now <= notAfter ? ok(notAfter) : fail('validity-over', 'the card or the authority has ended');
}

/** The items of a signature certificate; undefined for the other kind, which holds none. */
function decideAttributes(
  order: CheckedOrder,
  person: IdentifiedPerson,
  birth: PartialDate,
  now: number,
): Result<HolderAttributes | undefined, DraftFailure> {
  if (CARD_KIND_OF[order.kind] === 'authentication') return ok(undefined);
  const today = dateInTokyo(now);
  const isOldEnough = hasReachedAge(birth, certificateRules.get(today).signatureAge, today);
  if (isOldEnough === undefined) return fail('birth-date-unknown', 'the age cannot be told');
  if (!isOldEnough) return fail('person-too-young', 'too young for a signature certificate');
  return holderAttributes({ ...person, birth }, order.substitutes);
}
