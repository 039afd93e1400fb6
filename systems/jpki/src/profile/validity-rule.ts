/**
 * How long a holder's certificate lasts and who may have one (公的個人認証法施行規則; domain rules 6.1): to the fifth birthday
 * after issue, the sixth where it renews one in that one's last three months; never past the card, and the signature
 * certificate never past the authentication certificate on the same card.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import type { PartialDate } from '@ishizue/text';
import { birthdayAfter } from './birthday.ts';

export interface CertificateRule {
  readonly birthdays: number;
  readonly birthdaysOnRenewal: number;
  /** A renewal is one in so many last months of the certificate that it renews. */
  readonly renewalMonths: number;
  /** The age from which there are signature certificates. */
  readonly signatureAge: number;
  /** Whether adult wards (成年被後見人) have signature certificates: in principle not. */
  readonly signatureForWards: boolean;
}

/** In force since cards are issued. Days, birthdays and ages are dates in Tokyo. */
export const certificateRules = new DatedRules<CertificateRule>('certificates of holders', [
  {
    validFrom: '2016-01-01',
    source: '公的個人認証法 第5条・第24条; 同法施行規則',
    rule: {
      birthdays: 5,
      birthdaysOnRenewal: 6,
      renewalMonths: 3,
      signatureAge: 15,
      signatureForWards: false,
    },
  },
]);

export interface ValidityCase {
  readonly issuedOn: IsoDate;
  readonly birth: PartialDate;
  readonly cardExpiresOn: IsoDate;
  /** Of the live authentication certificate on the card, for a signature certificate. */
  readonly authenticationEndsOn?: IsoDate | undefined;
  /** Of the certificate that this one renews. */
  readonly renewsEndingOn?: IsoDate | undefined;
}

/** The last day of validity, which may lie before the issue where the card has expired. */
export function lastDayOfValidity(question: ValidityCase): IsoDate {
  const { issuedOn, birth, cardExpiresOn, authenticationEndsOn, renewsEndingOn } = question;
  const rule = certificateRules.get(issuedOn);
  const isRenewal = renewsEndingOn !== undefined && isInRenewalWindow(renewsEndingOn, issuedOn);
  const birthday = birthdayAfter(birth, issuedOn, isRenewal ? rule.birthdaysOnRenewal : rule.birthdays);
  return [birthday, cardExpiresOn, authenticationEndsOn ?? birthday].sort()[0] ?? birthday;
}

/** Whether a day is in the last three months of what ends on a day: a renewal on it counts as one. */
export function isInRenewalWindow(endsOn: IsoDate, on: IsoDate): boolean {
  return on <= endsOn && on > monthsBefore(endsOn, certificateRules.get(on).renewalMonths);
}

/** The last day on which what ends may be in the renewal window of a day: who is told of a window that opens. */
export function lastEndInWindow(on: IsoDate): IsoDate {
  let end = addDays(on, DAYS_OF_WINDOW_MAX);
  while (!isInRenewalWindow(end, on)) end = addDays(end, -1);
  return end;
}

const DAYS_OF_WINDOW_MAX = 100;

/** The same day some months before, or the last day of that month where it has none. */
function monthsBefore(date: IsoDate, months: number): IsoDate {
  const monthIndex = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 - months;
  const firstOf = (index: number): IsoDate =>
    `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`;
  const sameDay = addDays(firstOf(monthIndex), Number(date.slice(8)) - 1);
  const lastDay = addDays(firstOf(monthIndex + 1), -1);
  return sameDay < lastDay ? sameDay : lastDay;
}
