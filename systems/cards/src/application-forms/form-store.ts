/** Application forms in and out of PostgreSQL. Callers run inside a transaction of the national site. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { newApplicationId } from '../application/application-id.ts';

type FormState = 'open' | 'used' | 'replaced' | 'withdrawn';

/** Why a form is good for nothing any more. */
export type WithdrawnReason =
  | 'death'
  | 'removed'
  | 'moved'
  | 'number-changed'
  | 'code-changed'
  | 'not-printed';

export interface PaperForm {
  /** The form's own number: opaque, and no secret. */
  readonly formNumber: number;
  /** The id on the paper, which is the id of the application that is made with it. */
  readonly applicationId: string;
  readonly residentCode: string;
  readonly municipality: string;
  readonly madeOn: IsoDate;
  readonly state: FormState;
}

const columns = (tx: Tx) => tx`
  form_number AS "formNumber", application_id AS "applicationId", resident_code AS "residentCode", municipality,
  made_on AS "madeOn", state`;

/** The bearer of a form, as cases and history name them. */
export const bearerOf = ({ formNumber }: Pick<PaperForm, 'formNumber'>): string => `form-${formNumber}`;

/** The forms there are, by their ids; locked in the order of their numbers where they are to change. */
export async function findForms(
  tx: Tx,
  applicationIds: readonly string[],
  lock: 'locked' | 'unlocked',
): Promise<ReadonlyMap<string, PaperForm>> {
  if (applicationIds.length === 0) return new Map();
  const rows = await tx<PaperForm[]>`
    SELECT ${columns(tx)} FROM cards.application_form WHERE application_id = ANY(${[...applicationIds]})
    ORDER BY form_number ${lock === 'locked' ? tx`FOR UPDATE` : tx``}`;
  return new Map(rows.map((row) => [row.applicationId, row]));
}

export async function findFormByRequest(tx: Tx, requestId: string): Promise<PaperForm | undefined> {
  const [row] = await tx<PaperForm[]>`
    SELECT ${columns(tx)} FROM cards.application_form WHERE request_id = ${requestId}`;
  return row;
}

/** Marks forms as used, by applications that are entered. */
export async function useForms(tx: Tx, applicationIds: readonly string[], on: IsoDate): Promise<void> {
  if (applicationIds.length === 0) return;
  const used = await tx`
    UPDATE cards.application_form SET state = 'used', state_on = ${on}
    WHERE application_id = ANY(${[...applicationIds]}) AND state = 'open'`;
  if (used.count !== applicationIds.length) throw new Error('a form changed under its lock');
}

/** Ends the open forms of persons. Answers whose there were. */
export async function withdrawForms(
  tx: Tx,
  reasons: ReadonlyMap<string, WithdrawnReason>,
  on: IsoDate,
): Promise<readonly string[]> {
  if (reasons.size === 0) return [];
  const rows = await tx<{ residentCode: string }[]>`
    UPDATE cards.application_form f SET state = 'withdrawn', reason = given.reason, state_on = ${on}
    FROM unnest(${[...reasons.keys()]}::text[], ${[...reasons.values()]}::text[]) AS given(code, reason)
    WHERE f.resident_code = given.code AND f.state = 'open' RETURNING f.resident_code AS "residentCode"`;
  return rows.map(({ residentCode }) => residentCode);
}

/** A new form of each person; an open one that they had is replaced. */
export async function insertForms(
  tx: Tx,
  persons: readonly { readonly residentCode: string; readonly municipality: string }[],
  on: IsoDate,
  requestId: string | null = null,
): Promise<readonly PaperForm[]> {
  if (persons.length === 0) return [];
  const codes = persons.map(({ residentCode }) => residentCode);
  await tx`
    UPDATE cards.application_form SET state = 'replaced', state_on = ${on}
    WHERE resident_code = ANY(${codes}) AND state = 'open'`;
  return tx<PaperForm[]>`
    INSERT INTO cards.application_form (application_id, request_id, resident_code, municipality, made_on, state, state_on)
    SELECT given.id, ${requestId}, given.code, given.municipality, ${on}::date, 'open', ${on}::date
    FROM unnest(${persons.map(() => newApplicationId())}::text[], ${codes}::text[],
      ${persons.map(({ municipality }) => municipality)}::text[]) AS given(id, code, municipality)
    RETURNING ${columns(tx)}`;
}
