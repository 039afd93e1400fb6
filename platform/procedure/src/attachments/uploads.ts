/**
 * Which files a form may name: those that whoever makes the move uploaded for the field, and those the case had before. And which
 * case names which file, so that a file is kept as long as one does (docs/flows/case-retention.md).
 */
import type { Tx } from '@ishizue/db';
import type { Fields } from '../define/field.ts';
import { attachmentsIn } from '../define/form-value.ts';
import type { Candidate, Moved } from '../desk/judge.ts';

/** The rows that name a file which was not uploaded for its field by who makes the move. */
export async function uploadsMissing(
  tx: Tx,
  kind: number,
  candidates: readonly Candidate[],
): Promise<ReadonlySet<number>> {
  if (!candidates.some(takesFiles)) return new Set();
  const named = candidates.flatMap(({ row, definition, moveName, move, facts, before }) => {
    const given =
      move.from === 'new' || move.amends !== undefined ? attachmentsIn(definition.form, facts.form) : [];
    const had = new Set(
      attachmentsIn(definition.form, before.form).map(({ field, sha256 }) => `${field} ${sha256}`),
    );
    const own = attachmentsIn(move.form ?? {}, facts.own).map(({ field, sha256 }) => ({
      field: `${moveName}/${field}`,
      sha256,
    }));
    return [...given, ...own]
      .filter(({ field, sha256 }) => !had.has(`${field} ${sha256}`))
      .map((one) => ({ ...one, row, actor: facts.actor }));
  });
  if (named.length === 0) return new Set();
  // held to the end of the transaction: who destroys files waits, and then finds them named
  const held = await tx<{ sha256: string }[]>`
    SELECT encode(c.sha256, 'hex') AS sha256 FROM procedure.content c
    WHERE c.kind = ${kind} AND c.sha256 = ANY (
      SELECT decode(given, 'hex') FROM unnest(${[...new Set(named.map(({ sha256 }) => sha256))]}::text[]) AS given)
    ORDER BY c.id FOR KEY SHARE`;
  const isHeld = new Set(held.map(({ sha256 }) => sha256));
  const missing = await tx<{ row: number }[]>`
    SELECT DISTINCT given.row
    FROM unnest(${named.map(({ row }) => row)}::int[], ${named.map(({ field }) => field)}::text[],
      ${named.map(({ sha256 }) => sha256)}::text[], ${named.map(({ actor }) => actor)}::text[]
    ) AS given(row, field, sha256, actor)
    WHERE NOT EXISTS (
      SELECT FROM procedure.upload u
      WHERE u.kind = ${kind} AND u.actor = given.actor AND u.sha256 = decode(given.sha256, 'hex') AND u.field = given.field
    )`;
  return new Set([
    ...missing.map(({ row }) => row),
    ...named.flatMap(({ row, sha256 }) => (isHeld.has(sha256) ? [] : [row])),
  ]);
}

/** Writes which files these cases name from now on. */
export async function nameFiles(tx: Tx, kind: number, moved: readonly Moved[]): Promise<void> {
  const named = moved.flatMap(({ candidate, facts }) =>
    takesFiles(candidate)
      ? [
          ...attachmentsIn(candidate.definition.form, facts.form),
          ...attachmentsIn(candidate.move.form ?? {}, facts.own),
        ].map(({ sha256 }) => ({ caseId: facts.caseId, sha256 }))
      : [],
  );
  if (named.length === 0) return;
  await tx`
    INSERT INTO procedure.named_file (case_id, sha256, kind)
    SELECT case_id, decode(sha256, 'hex'), ${kind}
    FROM unnest(${named.map(({ caseId }) => caseId)}::bigint[], ${named.map(({ sha256 }) => sha256)}::text[])
      AS given(case_id, sha256)
    ON CONFLICT DO NOTHING`;
}

/** Most moves give no files; then thousands of forms need not be looked through. */
const takesFiles = ({ definition, move }: Candidate): boolean =>
  hasAttachment(move.form ?? {}) ||
  ((move.from === 'new' || move.amends !== undefined) && hasAttachment(definition.form));

const hasAttachment = (fields: Fields): boolean =>
  Object.values(fields).some(
    ({ shape }) => shape.kind === 'attachment' || ('fields' in shape && hasAttachment(shape.fields)),
  );
