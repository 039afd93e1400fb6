/**
 * What a program sees to be wrong with an application, by the rules of its day of receipt: pure, so that the same is said when it
 * comes in, when it is put right and when it is accepted. Of each fault its code only; the words are with the definition.
 */
import type { IsoDate } from '@ishizue/clock';
import { isIdentityProved } from '@ishizue/jpki';
import type { IdentifiedPerson } from '@ishizue/registry';
import { areSubstitutesOffered, nameKey } from '@ishizue/text';
import { hasAge } from '../card/birthday.ts';
import { cardExpiry, datedBirth } from '../card/card-expiry.ts';
import { needsPhoto, type PhotoFinding, photoFindings } from '../photo/photo-rules.ts';
import type { LookedAtPhoto } from '../photo/photo-store.ts';
import { type ApplicationForm, documentsShown } from './application-form.ts';
import type { Deficiency } from './deficiencies.ts';

/** What no correction of an application helps against. */
export type HardFault = 'person-not-resident' | 'birth-date-unknown' | 'stay-expired' | 'identity-not-proved';

export interface ExaminedApplication {
  readonly form: ApplicationForm;
  readonly person: IdentifiedPerson;
  /** Undefined where there is none, or where it was never looked at. */
  readonly photo: LookedAtPhoto | undefined;
  readonly receivedOn: IsoDate;
}

/** Below this age a legal representative applies (施行令 art. 13; the same age as for the signature certificate). */
const OWN_HAND_AGE = 15;

export function hardFaults({ form, person, receivedOn }: ExaminedApplication): readonly HardFault[] {
  if (person.status !== 'resident') return ['person-not-resident'];
  const { birthDate } = person;
  const stayExpiresOn = form.stayExpiresOn ?? null;
  const expiry = cardExpiry({ birthDate, receivedOn, issuedOn: receivedOn, stayExpiresOn });
  if (!expiry.ok) return [expiry.failure.code];
  const documents = documentsShown(form);
  const isProved = documents.length === 0 || isIdentityProved(documents, receivedOn);
  return isProved ? [] : ['identity-not-proved'];
}

/** What the applicant can put right. */
export function deficienciesOf(examined: ExaminedApplication): readonly Deficiency[] {
  const { form, person } = examined;
  const isSamePerson =
    [person.name, person.alias].some((name) => name !== null && nameKey(name) === nameKey(form.name)) &&
    person.birthDate === form.birthDate;
  return [
    ...(isSamePerson ? [] : (['data-mismatch'] as const)),
    ...(form.declared ? [] : (['unsigned'] as const)),
    ...representativeFaults(examined),
    ...photoFaults(examined),
    ...(areOffered(form, person) ? [] : (['substitute-not-offered'] as const)),
  ];
}

function representativeFaults({ form, person, receivedOn }: ExaminedApplication): readonly Deficiency[] {
  const birth = datedBirth(person.birthDate);
  const isOfAge = birth !== undefined && hasAge(birth, OWN_HAND_AGE, receivedOn);
  const { representative } = form;
  // or whoever calls themself a representative could apply for any grown-up
  if (isOfAge && !form.ward) return representative ? ['representative-not-proved'] : [];
  if (!representative) return ['representative-missing'];
  // whose child somebody is, the office sees in the register; what a court gave has to be shown
  const isProved = representative.proof !== undefined || (representative.relation === 'parent' && !form.ward);
  return isProved ? [] : ['representative-not-proved'];
}

/** The findings on the photograph, none where there is none. */
export const findingsOf = ({ photo, receivedOn }: ExaminedApplication): readonly PhotoFinding[] =>
  photo ? photoFindings(photo.measures, receivedOn, photo.twins) : [];

function photoFaults(examined: ExaminedApplication): readonly Deficiency[] {
  const { form, person, photo, receivedOn } = examined;
  if (!needsPhoto(person.birthDate, receivedOn)) return form.photo === undefined ? [] : ['photo-not-taken'];
  if (form.photo === undefined || !photo) return ['photo-missing'];
  const refusing = findingsOf(examined).filter(({ weight }) => weight === 'refuses');
  const isDated = ({ code }: PhotoFinding): boolean => code === 'photo-old' || code === 'photo-in-future';
  return [
    ...(refusing.some((finding) => !isDated(finding)) ? (['photo-size'] as const) : []),
    ...(refusing.some(isDated) ? (['photo-old'] as const) : []),
  ];
}

/** Each character once, by one that may stand for it. */
function areOffered({ substitutes = [] }: ApplicationForm, { name, address }: IdentifiedPerson): boolean {
  const chosen = Object.fromEntries(substitutes.map((one) => [one.character, one.substitute]));
  return Object.keys(chosen).length === substitutes.length && areSubstitutesOffered(name + address, chosen);
}
