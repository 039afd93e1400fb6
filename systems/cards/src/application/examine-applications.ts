/**
 * Asks the register and the photographs about applications, before anything is locked: many at once, a statement each. Whoever
 * asks is on each person's ledger.
 */
import { inTransaction } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { CaseFacts } from '@ishizue/procedure';
import {
  type Access,
  codesOfHolders,
  findPersons,
  type IdentifiedPerson,
  NATIONAL_SITE,
  parentsOf,
} from '@ishizue/registry';
import { bearerOf, findForms, type PaperForm } from '../application-forms/form-store.ts';
import type { CardsContext } from '../cards-context.ts';
import { findPhotos, type LookedAtPhoto } from '../photo/photo-store.ts';
import type { ApplicationForm } from './application-form.ts';
import { newApplicationId } from './application-id.ts';

/** What the register and the photograph say, and the id of the application: a new one where it has none. */
export interface Examined {
  readonly applicationId: string;
  readonly person: IdentifiedPerson;
  readonly photo: LookedAtPhoto | undefined;
  /** All codes that the person has had. */
  readonly codes: readonly string[];
  /** Whether the form that is named is this person's, and good for this application; true where none is named. */
  readonly isFormRight: boolean;
}

interface AskedCase {
  readonly caseId: number;
  readonly actor: string;
  readonly applicant: string;
  readonly form: ApplicationForm;
  readonly record: { readonly applicationId?: string | undefined };
}

type NotExamined = 'person-unknown' | 'not-yours' | 'representative-not-proved';

export async function examineApplications(
  cases: readonly AskedCase[],
  context: CardsContext,
): Promise<readonly Result<Examined, NotExamined>[]> {
  const papers = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    findForms(
      tx,
      cases.flatMap(({ form }) => form.formId ?? []),
      'unlocked',
    ),
  );
  const paperOf = ({ form }: AskedCase): PaperForm | undefined => papers.get(form.formId ?? '');
  const permitted = cases.filter((one) => mayAsk(one, paperOf(one), context.pseudonyms));
  const looks = permitted.map((one) => ({
    access: accessOf(one),
    residentCode: one.form.residentCode,
  }));
  const persons = await findPersons(context.registry, looks);
  const residentCodes = permitted.map(({ form }) => form.residentCode);
  const held = await codesOfHolders(context.registry, residentCodes);
  const codes = new Map(residentCodes.map((code, index) => [code, held[index] ?? [code]]));
  const strangers = await findStrangers(context, permitted, persons);
  const asked = permitted.flatMap(({ form }) =>
    form.photo === undefined ? [] : [{ sha256: form.photo, residentCode: form.residentCode }],
  );
  const photos = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findPhotos(tx, asked));
  return cases.map((one) => {
    const { form, record } = one;
    if (!permitted.includes(one)) return fail('not-yours', 'the application is of somebody else');
    // whoever is not shown to be a parent does not even learn whether there is such a child
    if (strangers.has(one)) return fail('representative-not-proved', 'the register does not show a parent');
    const person = persons.get(form.residentCode);
    if (!person) return fail('person-unknown', 'nobody has this resident code');
    const photo = photos.get(`${form.photo}${form.residentCode}`);
    const isFormRight = form.formId === undefined || isRight(one, paperOf(one));
    const applicationId = record.applicationId ?? form.formId ?? newApplicationId();
    return ok({ applicationId, person, photo, isFormRight, codes: codes.get(form.residentCode) ?? [] });
  });
}

/** Open for a new application; of one that was made with it, the one that it was made with. */
const isRight = ({ form, record }: AskedCase, paper: PaperForm | undefined): boolean =>
  paper?.residentCode === form.residentCode &&
  (record.applicationId === undefined
    ? paper.state === 'open'
    : record.applicationId === paper.applicationId);

/**
 * A signed-in person applies for themself, or as somebody's representative; whoever holds a form, for the person of the form. Of
 * anybody else they are told nothing: nobody is looked up.
 */
function mayAsk(one: AskedCase, paper: PaperForm | undefined, pseudonyms: Pseudonyms): boolean {
  const { actor, applicant, form } = one;
  if (actor.startsWith('bearer:'))
    return (
      paper !== undefined &&
      actor === `bearer:${bearerOf(paper)}` &&
      applicant === actor &&
      paper.residentCode === form.residentCode
    );
  return (
    !actor.startsWith('person:') || form.representative !== undefined || isSelf(applicant, form, pseudonyms)
  );
}

const isSelf = (applicant: string, form: ApplicationForm, pseudonyms: Pseudonyms): boolean =>
  applicant === holderKey(pseudonyms, form.residentCode);

/** As a signed-in person is known here. */
const holderKey = (pseudonyms: Pseudonyms, residentCode: string): string =>
  `person:${pseudonyms.of(NATIONAL_SITE, residentCode).toString('hex')}`;

/**
 * Of those who apply from a session of their own as a parent, the ones whom the register does not show to be one: or anybody who knows
 * a child's code, name and birth date could open the application that bars the real one. At a counter the proof is seen.
 */
async function findStrangers(
  { registry, pseudonyms }: CardsContext,
  cases: readonly AskedCase[],
  persons: ReadonlyMap<string, IdentifiedPerson>,
): Promise<ReadonlySet<AskedCase>> {
  const asParents = cases.filter(
    ({ actor, applicant, form }) =>
      actor.startsWith('person:') &&
      form.representative?.relation === 'parent' &&
      !form.ward &&
      !isSelf(applicant, form, pseudonyms),
  );
  const shown = new Set<AskedCase>();
  const placed = asParents.flatMap((one) => {
    const person = persons.get(one.form.residentCode);
    return person ? [{ one, person }] : [];
  });
  // the register of a municipality is asked once, for all of its children
  for (const [municipality, some] of Map.groupBy(placed, ({ person }) => person.municipality)) {
    const looks = some.map(({ one, person }) => ({
      access: accessOf(one),
      residentCode: person.residentCode,
    }));
    const parents = await parentsOf(registry, municipality, looks);
    for (const { one, person } of some) {
      const keys = (parents.get(person.residentCode) ?? []).map((code) => holderKey(pseudonyms, code));
      if (keys.includes(one.applicant)) shown.add(one);
    }
  }
  return new Set(asParents.filter((one) => !shown.has(one)));
}

const ACTOR_KINDS = { operator: 'operator', person: 'person', site: 'site' } as const;

function accessOf({ actor, caseId }: AskedCase): Access {
  const [kind = '', ...rest] = actor.split(':');
  const id = rest.join(':');
  return {
    actorKind: ACTOR_KINDS[kind as keyof typeof ACTOR_KINDS] ?? 'system',
    actor: id,
    terminal: '',
    article: '番号法 第16条の2',
    affair: 'card-application-examine',
    correlation: caseId === 0 ? 'card-application' : `card-application ${caseId}`,
  };
}

export type ApplicationFacts<Own = unknown, Prepared = unknown> = CaseFacts<
  ApplicationForm,
  ApplicationRecord,
  Own,
  Prepared
>;

interface ApplicationRecord {
  readonly applicationId: string;
  readonly visitCheckedBy?: string | undefined;
}
