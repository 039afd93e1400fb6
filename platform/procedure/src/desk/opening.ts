/**
 * Openings as cases that are not there yet: each gets its number, and an applicant. Applicants are persons and sites; an officer who
 * files for somebody says for whom, a delegate of all of somebody's cases too. Who comes to the counter has no account: an
 * officer who files for them does not become the applicant, and without the role sees nothing of the case.
 */
import type { Tx } from '@ishizue/db';
import { type ActingBy, keyOf, type Lent } from './acting.ts';
import type { CaseRow } from './case-rows.ts';
import { type Asked, type MoveToMake, newCase } from './judge.ts';
import type { DeskPlace } from './place.ts';

/** An applicant without an account; no actor has this key. */
const AT_COUNTER = 'counter';

/** New cases by row. @param isReal false before the transaction that opens them: they have no numbers then */
export async function openingFor(
  tx: Tx,
  { versions }: DeskPlace,
  { by, lent, moment }: MoveToMake,
  rows: readonly Asked[],
  isReal: boolean,
): Promise<ReadonlyMap<number, CaseRow>> {
  const definition = versions.find(moment.today);
  if (!definition) return new Map();
  const ids = isReal ? await newNumbers(tx, rows.length) : [];
  return new Map(
    rows.flatMap((asked, index) => {
      const applicant = applicantFor(by, lent, asked.applicant);
      if (applicant === undefined) return [];
      return [
        [asked.row, newCase(definition, { ...asked, caseId: ids[index] ?? 0 }, applicant, moment)] as const,
      ];
    }),
  );
}

function applicantFor(
  { actor }: ActingBy,
  lent: readonly Lent[],
  named: string | undefined,
): string | undefined {
  const me = keyOf(actor);
  // or any operator could apply, where only the role for it may file
  if (actor.kind === 'operator' && (named === undefined || named === me)) return AT_COUNTER;
  if (named === undefined || named === me) return me;
  // who holds a role files for others; the move says whether the role may open cases
  if (actor.kind === 'operator' || actor.kind === 'system') return named;
  return lent.some(({ from, caseId, role }) => from === named && caseId === null && role === null)
    ? named
    : undefined;
}

async function newNumbers(tx: Tx, count: number): Promise<readonly number[]> {
  const rows = await tx<{ ids: number[] }[]>`
    SELECT array_agg(nextval('procedure.case_file_id_seq')) AS ids FROM generate_series(1, ${count}::int)`;
  return rows[0]?.ids ?? [];
}
