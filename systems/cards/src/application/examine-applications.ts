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
} from '@ishizue/registry';
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
}

interface AskedCase {
  readonly caseId: number;
  readonly actor: string;
  readonly applicant: string;
  readonly form: ApplicationForm;
  readonly record: { readonly applicationId?: string | undefined };
}

export async function examineApplications(
  cases: readonly AskedCase[],
  context: CardsContext,
): Promise<readonly Result<Examined, 'person-unknown' | 'not-yours'>[]> {
  const permitted = cases.filter((one) => mayAsk(one, context.pseudonyms));
  const looks = permitted.map((one) => ({
    access: accessOf(one),
    residentCode: one.form.residentCode,
  }));
  const persons = await findPersons(context.registry, looks);
  const residentCodes = permitted.map(({ form }) => form.residentCode);
  const held = await codesOfHolders(context.registry, residentCodes);
  const codes = new Map(residentCodes.map((code, index) => [code, held[index] ?? [code]]));
  const asked = permitted.flatMap(({ form }) =>
    form.photo === undefined ? [] : [{ sha256: form.photo, residentCode: form.residentCode }],
  );
  const photos = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) => findPhotos(tx, asked));
  return cases.map((one) => {
    const { form, record } = one;
    if (!permitted.includes(one)) return fail('not-yours', 'the application is of somebody else');
    const person = persons.get(form.residentCode);
    if (!person) return fail('person-unknown', 'nobody has this resident code');
    const photo = photos.get(`${form.photo}${form.residentCode}`);
    return ok({
      applicationId: record.applicationId ?? newApplicationId(),
      person,
      photo,
      codes: codes.get(form.residentCode) ?? [],
    });
  });
}

/**
 * A signed-in person applies for themself, or as somebody's representative, which the office then sees proved. Of anybody else
 * they are told nothing: nobody is looked up.
 */
const mayAsk = ({ actor, applicant, form }: AskedCase, pseudonyms: Pseudonyms): boolean =>
  !actor.startsWith('person:') ||
  form.representative !== undefined ||
  applicant === `person:${pseudonyms.of(NATIONAL_SITE, form.residentCode).toString('hex')}`;

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
