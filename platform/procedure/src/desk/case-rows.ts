/** Cases as they are read for a move: their state locked in the order of their numbers, then their files as they are now. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { AnyForm } from '../define/definition.ts';
import type { Clocks } from './running-deadline.ts';

export interface CaseState {
  readonly caseId: number;
  readonly sequence: number;
  readonly state: string;
  readonly isOpen: boolean;
  readonly deadline: string | null;
  readonly dueOn: IsoDate | null;
  readonly clocks: Clocks | null;
}

export interface CaseFile {
  readonly caseId: number;
  readonly version: IsoDate;
  readonly openedOn: IsoDate;
  readonly subject: string;
  readonly applicant: string;
  /** Empty where it was not asked for. */
  readonly form: AnyForm;
  readonly record: AnyForm;
}

export interface CaseRow extends CaseState, CaseFile {}

export const stateColumns = (tx: Tx) => tx`
  s.case_id AS "caseId", s.sequence, s.state, s.is_open AS "isOpen", s.deadline, s.due_on AS "dueOn", s.clocks`;

export const fileColumns = (tx: Tx, withForm: boolean) => tx`
  f.id AS "caseId", f.version, f.opened_on AS "openedOn", f.subject, f.applicant${
    withForm ? tx`, f.form, coalesce(f.record, '{}') AS record` : tx``
  }`;

const NO_FORM = { form: {}, record: {} };

/**
 * The cases of a procedure by number. The file is read by a second statement, so that who waited for a lock sees what the
 * one before them wrote.
 */
export async function readCases(
  tx: Tx,
  kind: number,
  caseIds: readonly number[],
  { isLocked, withForm }: { readonly isLocked: boolean; readonly withForm: boolean },
): Promise<ReadonlyMap<number, CaseRow>> {
  const ids = [...caseIds];
  const [states, files] = await Promise.all([
    tx<CaseState[]>`
      SELECT ${stateColumns(tx)} FROM procedure.case_state s WHERE s.case_id = ANY (${ids}::bigint[]) AND s.kind = ${kind}
      ORDER BY s.case_id ${isLocked ? tx`FOR NO KEY UPDATE` : tx``}`.execute(),
    tx<CaseFile[]>`
      SELECT ${fileColumns(tx, withForm)} FROM procedure.case_file f WHERE f.id = ANY (${ids}::bigint[]) AND f.kind = ${kind}`.execute(),
  ]);
  const fileOf = new Map(files.map((file) => [file.caseId, file]));
  return new Map(
    states.flatMap((state) => {
      const file = fileOf.get(state.caseId);
      return file ? [[state.caseId, { ...NO_FORM, ...file, ...state }] as const] : [];
    }),
  );
}
