/** Whether what is proposed about an authority's generations can be done now; asked at the proposal and at the approval. */
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import type { CeremonyPlan } from './ceremony-store.ts';

export type PlanFailure =
  /** No first generation yet, no such generation, or it is not signed yet. */
  | 'generation-unknown'
  /** Another generation is made already and does not issue yet. */
  | 'generation-waiting'
  | 'generation-retired'
  /** A switch is for a day to come, at most a year ahead, within the generation's own validity. */
  | 'switch-day-invalid'
  /** It issues, or is to issue, itself. */
  | 'generation-issuing'
  /** Certificates under it are in date, or their entries did not stand on a list made after their end yet. */
  | 'generation-needed';

interface GenerationRow {
  readonly generation: number;
  readonly isSigned: boolean;
  readonly issuesFrom: Date | null;
  readonly retiredAt: Date | null;
}

const GENERATIONS_MAX = 127;
const YEAR_MS = 366 * 86_400_000;

/** Answers the generation that it is about. */
export async function checkPlan(
  tx: Tx,
  context: JpkiContext,
  plan: CeremonyPlan,
): Promise<Result<number, PlanFailure>> {
  const rows = await readGenerations(tx, plan.kind);
  const [newest] = rows;
  if (!newest) return fail('generation-unknown', 'there is no first generation yet');
  if (plan.act === 'next-generation') return checkNext(newest);
  const row = rows.find(({ generation }) => generation === plan.generation);
  if (!row?.isSigned) return fail('generation-unknown', 'no generation of that number is signed');
  if (row.retiredAt) return fail('generation-retired', 'it has ended for good');
  const checked =
    plan.act === 'retire'
      ? await checkRetirement(tx, context, plan.kind, row)
      : await checkSwitch(context, plan.kind, row, plan.issuesFrom);
  return checked.ok ? ok(row.generation) : checked;
}

const readGenerations = (tx: Tx, kind: CertificateKind): Promise<readonly GenerationRow[]> => tx<
  GenerationRow[]
>`
  SELECT generation, signature IS NOT NULL AS "isSigned", issues_from AS "issuesFrom", retired_at AS "retiredAt"
  FROM jpki.authority WHERE kind = ${kind} ORDER BY generation DESC`;

/** A generation that waits to issue is enough: another one would be a key that nobody watches. */
function checkNext({ generation, isSigned, issuesFrom }: GenerationRow): Result<number, PlanFailure> {
  if (!isSigned) return ok(generation); // a crash left it half made: this ceremony completes it
  if (!issuesFrom) return fail('generation-waiting', `generation ${generation} does not issue yet`);
  return generation < GENERATIONS_MAX
    ? ok(generation + 1)
    : fail('generation-unknown', `there are ${GENERATIONS_MAX} generations`);
}

async function checkSwitch(
  context: JpkiContext,
  kind: CertificateKind,
  { generation }: GenerationRow,
  issuesFrom: number,
): Promise<Result<undefined, PlanFailure>> {
  const now = context.clock.now();
  context.authorities.forget();
  const authority = (await context.authorities.standing()).find(
    (each) => each.kind === kind && each.generation === generation,
  );
  if (!authority) return fail('generation-unknown', 'the generation has run out');
  const isGood =
    issuesFrom >= now && issuesFrom <= now + YEAR_MS && issuesFrom < authority.certificate.notAfter;
  return isGood ? ok(undefined) : fail('switch-day-invalid', 'a day to come, within a year and its validity');
}

async function checkRetirement(
  tx: Tx,
  context: JpkiContext,
  kind: CertificateKind,
  { generation, issuesFrom }: GenerationRow,
): Promise<Result<undefined, PlanFailure>> {
  const now = new Date(context.clock.now());
  const current = await context.authorities.findCurrent(kind);
  const isToIssue = issuesFrom !== null && issuesFrom.getTime() > now.getTime();
  if (isToIssue || !current || current.generation === generation)
    return fail('generation-issuing', 'another generation has to issue first');
  const [row] = await tx<{ isNeeded: boolean }[]>`
    WITH ended AS (SELECT max(expires_at) AS at FROM jpki.certificate WHERE kind = ${kind} AND generation = ${generation})
    SELECT coalesce(at >= ${now} OR EXISTS (SELECT FROM jpki.crl
        WHERE kind = ${kind} AND generation = ${generation} AND this_update <= ended.at), false) AS "isNeeded"
    FROM ended`;
  return row?.isNeeded === false
    ? ok(undefined)
    : fail('generation-needed', 'certificates or list entries still depend on it');
}
