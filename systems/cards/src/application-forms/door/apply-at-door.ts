/**
 * What a visitor does at the door: sends a file, applies with the form, puts right what the office found to be wrong. Name and birth date of
 * the application are the register's of this moment: nobody types them, and they are shown to nobody here.
 */
import { inTransaction } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Field, Fields, StoredFile } from '@ishizue/procedure';
import { findPersons, NATIONAL_SITE } from '@ishizue/registry';
import {
  applicationForm,
  CHANNELS,
  ONLINE,
  representativeFields,
} from '../../application/application-form.ts';
import type { ApplicationState } from '../../application/application-lifecycle.ts';
import { DEFICIENCIES, type Deficiency } from '../../application/deficiencies.ts';
import type { PaperForm } from '../form-store.ts';
import { bearing, type DoorDesk, doorAccess } from './door-desk.ts';
import { countUpload, findVisit, keepFile, type Visit } from './visit.ts';

const { photo, email, stayExpiresOn, certificates, braille, ward, declared } = applicationForm;
const { name, relation, proof } = representativeFields;
const channel: Field = {
  ...applicationForm.channel,
  shape: {
    kind: 'choice',
    options: Object.fromEntries(ONLINE.map((one) => [one, CHANNELS[one]])),
  },
};
// the proof is a file, which is sent by itself
const representative: Field = {
  ...applicationForm.representative,
  shape: { kind: 'group', fields: { name, relation } },
};

/** What a visitor fills in to apply: nothing that says who the application is for. */
export const DOOR_FIELDS: Fields = {
  channel,
  email,
  stayExpiresOn,
  certificates,
  braille,
  ward,
  representative,
  declared,
};
/** What is given anew where something was wrong. */
export const AMENDED_FIELDS: Fields = { representative, declared };

/** The fields that take a file here. */
export const DOOR_FILES = ['photo', 'representative.proof'] as const;
export type DoorFile = (typeof DOOR_FILES)[number];
export const FILE_FIELDS: Readonly<Record<DoorFile, Field>> = { photo, 'representative.proof': proof };

/** What the form is good for now. */
export type DoorStanding =
  | { readonly may: 'apply' }
  | {
      readonly may: 'resubmit';
      readonly caseId: number;
      readonly sequence: number;
      readonly dueOn: string | null;
      readonly deficiencies: readonly Deficiency[];
      /** What stays as it is where nothing else is given; shown to nobody. */
      readonly kept: Readonly<Record<string, unknown>>;
    }
  | { readonly may: 'nothing'; readonly state: ApplicationState };

/** What a visit stands before, from the form, the application and its case. */
export async function standingOf(
  { cards, applications }: DoorDesk,
  correlation: string,
  { form }: Visit,
): Promise<DoorStanding> {
  if (form.state === 'open') return { may: 'apply' };
  const row = await inTransaction(cards.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [found] = await tx<{ state: ApplicationState; caseId: number | null }[]>`
      SELECT a.state, w.case_id::int AS "caseId" FROM cards.application a
      LEFT JOIN cards.application_wish w USING (application_id) WHERE a.application_id = ${form.applicationId}`;
    return found;
  });
  if (!row) throw new Error('a form was used by no application');
  if (row.state !== 'deficient' || row.caseId === null) return { may: 'nothing', state: row.state };
  const by = bearing(form, correlation);
  const found = await applications.read(by, row.caseId);
  const history = await applications.history(by, row.caseId);
  // what a clerk entered from the post is put right by the post or at a counter
  if (!found.ok || !history.ok || !found.value.moves.includes('resubmit'))
    return { may: 'nothing', state: row.state };
  const told = history.value.findLast(({ move }) => move === 'return')?.own?.['deficiencies'];
  const { caseId, sequence, dueOn } = found.value;
  const deficiencies = deficienciesIn(told);
  const { photo: sent, ...rest } = keptOf(found.value.form);
  const kept =
    deficiencies.includes('photo-not-taken') || sent === undefined ? rest : { ...rest, photo: sent };
  return { may: 'resubmit', caseId, sequence, dueOn, deficiencies, kept };
}

const KEPT = ['photo', 'representative', 'substitutes'];
const keptOf = (form: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(form).filter(([field]) => KEPT.includes(field)));

const deficienciesIn = (told: unknown): readonly Deficiency[] =>
  (Array.isArray(told) ? told : []).filter(
    (code): code is Deficiency => typeof code === 'string' && Object.hasOwn(DEFICIENCIES, code),
  );

/** Takes a file for a field, as the desk of applications does. */
export async function attachAtDoor(
  door: DoorDesk,
  correlation: string,
  token: string,
  field: DoorFile,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Result<StoredFile>> {
  const visit = await findVisit(door, correlation, token);
  if (!visit.ok) return visit;
  if (!(await countUpload(door, token))) return fail('attachment-too-many', 'too many files of one visit');
  const stored = await door.applications.attach(bearing(visit.value.form, correlation), field, bytes);
  if (stored.ok) await keepFile(door, token, field, stored.value.sha256);
  return stored;
}

export interface DoorWish {
  /** Made with the page: the same is carried out once. */
  readonly request: string;
  /** Values of `DOOR_FIELDS` and the channel, or of `AMENDED_FIELDS`. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Applies, or sends again what was put right: whichever the form stands before. */
export async function applyAtDoor(
  door: DoorDesk,
  correlation: string,
  token: string,
  { request, values }: DoorWish,
): Promise<Result<void>> {
  const visit = await findVisit(door, correlation, token);
  if (!visit.ok) return visit;
  const { form, files } = visit.value;
  const standing = await standingOf(door, correlation, visit.value);
  // sent twice: the first was carried out
  if (standing.may === 'nothing') return ok(undefined);
  const said = await saidByRegister(door, correlation, form);
  if (!said.ok) return said;
  const content = {
    ...(standing.may === 'resubmit' && standing.kept),
    ...values,
    ...said.value,
    ...filesOf(values, files),
  };
  const by = bearing(form, correlation);
  const { residentCode, applicationId: formId } = form;
  const done =
    standing.may === 'apply'
      ? await door.applications.start(by, {
          move: 'apply',
          request,
          form: { ...content, residentCode, formId },
        })
      : await door.applications.move(by, {
          caseId: standing.caseId,
          move: 'resubmit',
          request,
          expected: standing.sequence,
          form: content,
        });
  return done.ok ? ok(undefined) : done;
}

function filesOf(values: DoorWish['values'], files: Visit['files']): Readonly<Record<string, unknown>> {
  const given = values['representative'];
  const sent = files['representative.proof'];
  const isGiven = typeof given === 'object' && given !== null;
  return {
    ...(files['photo'] !== undefined && { photo: files['photo'] }),
    ...(isGiven && sent !== undefined && { representative: { ...given, proof: sent } }),
  };
}

async function saidByRegister(
  { cards }: DoorDesk,
  correlation: string,
  { residentCode }: PaperForm,
): Promise<Result<{ readonly name: string; readonly birthDate: string }, 'person-unknown'>> {
  const looks = [{ access: doorAccess(correlation), residentCode }];
  const person = (await findPersons(cards.registry, looks)).get(residentCode);
  if (!person) return fail('person-unknown', 'nobody has this resident code');
  return ok({ name: person.name, birthDate: person.birthDate });
}
