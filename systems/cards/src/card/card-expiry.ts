/**
 * Until when a card is valid (個人番号カード省令 art. 26; the age of majority fell to 18 on 1 April 2022): to the 10th birthday
 * after its issue for adults, to the 5th for others, by the age and the rule at receipt of the application, one more where
 * it renews a card in its last three months; never past the end of the holder's period of stay. And from which age it carries a signature certificate.
 */
import type { IsoDate } from '@ishizue/clock';
import { isInRenewalWindow } from '@ishizue/jpki';
import { fail, ok, type Result } from '@ishizue/outcome';
import { DatedRules } from '@ishizue/rules';
import { parsePartialDate } from '@ishizue/text';
import { type DatedBirth, hasAge, nthBirthdayAfter } from './birthday.ts';

export type ExpiryFailure = 'birth-date-unknown' | 'stay-expired';

interface ExpiryRule {
  readonly adultAge: number;
  readonly adultBirthdays: number;
  readonly minorBirthdays: number;
}

const EXPIRY_RULES = new DatedRules<ExpiryRule>('card expiry', [
  {
    validFrom: '2016-01-01',
    validTo: '2022-03-31',
    source: '個人番号カード省令 art. 26, before the change of the Civil Code',
    rule: { adultAge: 20, adultBirthdays: 10, minorBirthdays: 5 },
  },
  {
    validFrom: '2022-04-01',
    source: '個人番号カード省令 art. 26',
    rule: { adultAge: 18, adultBirthdays: 10, minorBirthdays: 5 },
  },
]);

const SIGNATURE_AGE = 15;

export interface ExpiryCase {
  /** As registered, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly receivedOn: IsoDate;
  readonly issuedOn: IsoDate;
  /** The end of the period of stay; null for whoever has none: Japanese, permanent residents, 高度専門職2号, 特別永住者. */
  readonly stayExpiresOn: IsoDate | null;
  /** The last day of the card that this one renews, where it was applied for in that card's last three months. */
  readonly renewsCardOf?: IsoDate | undefined;
}

/** The last day of the card's validity. */
export function cardExpiry(of: ExpiryCase): Result<IsoDate, ExpiryFailure> {
  const birth = datedBirth(of.birthDate);
  if (!birth)
    return fail('birth-date-unknown', 'nothing is known of the birth date: the validity is decided by hand');
  if (of.stayExpiresOn !== null && of.stayExpiresOn < of.issuedOn)
    return fail('stay-expired', 'the period of stay is over');
  const rule = EXPIRY_RULES.get(of.receivedOn);
  const isAdult = hasAge(birth, rule.adultAge, of.receivedOn);
  const birthdays = (isAdult ? rule.adultBirthdays : rule.minorBirthdays) + (isRenewal(of) ? 1 : 0);
  const byAge = nthBirthdayAfter(birth, of.issuedOn, birthdays);
  return ok(of.stayExpiresOn !== null && of.stayExpiresOn < byAge ? of.stayExpiresOn : byAge);
}

/** Whether a card is applied for in the last three months of another: it lasts a birthday longer, so that nothing is lost. */
export const isRenewal = ({
  renewsCardOf,
  receivedOn,
}: Pick<ExpiryCase, 'renewsCardOf' | 'receivedOn'>): boolean =>
  renewsCardOf !== undefined && isInRenewalWindow(renewsCardOf, receivedOn);

/** The nth birthday of a child, counted from birth; undefined where nothing is known of the birth date. */
export function birthdayOf(birthDate: string, n: number): IsoDate | undefined {
  const birth = datedBirth(birthDate);
  return birth && nthBirthdayAfter(birth, birthDate.replaceAll('-00', '-01'), n);
}

/** Whether the card carries a signature certificate: not below fifteen (公的個人認証法: 署名用). */
export function carriesSignature(birthDate: string, on: IsoDate): boolean {
  const birth = datedBirth(birthDate);
  return birth !== undefined && hasAge(birth, SIGNATURE_AGE, on);
}

/** A birth date as registered; undefined where nothing is known of it. */
export function datedBirth(birthDate: string): DatedBirth | undefined {
  const parsed = parsePartialDate(birthDate);
  return parsed.ok && parsed.value.known !== 'nothing' ? parsed.value : undefined;
}
