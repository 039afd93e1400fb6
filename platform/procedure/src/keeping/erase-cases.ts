/** Takes the content of cases that are locked and whose day is over; their facts stay. The database refuses any other case. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { DeskPlace } from '../desk/place.ts';

/** Erases; answers how many files went with them. */
export async function eraseCases(
  tx: Tx,
  place: Pick<DeskPlace, 'kind'>,
  caseIds: readonly number[],
  today: IsoDate,
): Promise<{ readonly files: number }> {
  const { kind } = place;
  const ids = [...caseIds];
  const erased = await tx`
    UPDATE procedure.case_file SET form = '{}', record = NULL, subject = '', applicant = 'destroyed', destroyed_on = ${today}
    WHERE id = ANY (${ids}::bigint[]) AND kind = ${kind}`;
  await tx`
    UPDATE procedure.history SET own = NULL, replaced = NULL, on_behalf = NULL
    WHERE case_id = ANY (${ids}::bigint[]) AND kind = ${kind}`;
  await eraseActs(tx, kind, ids);
  await tx`DELETE FROM procedure.notice WHERE case_id = ANY (${ids}::bigint[]) AND kind = ${kind}`;
  await tx`DELETE FROM procedure.delegation WHERE case_id = ANY (${ids}::bigint[]) AND kind = ${kind}`;
  const named = await tx<{ sha256: Buffer }[]>`
    DELETE FROM procedure.named_file WHERE case_id = ANY (${ids}::bigint[]) AND kind = ${kind} RETURNING sha256`;
  const files = await deleteUnnamed(
    tx,
    kind,
    named.map(({ sha256 }) => sha256),
  );
  // last, since until now the database looked at the day
  const done = await tx`
    UPDATE procedure.case_state SET kept_until = NULL WHERE case_id = ANY (${ids}::bigint[]) AND kind = ${kind}`;
  if (erased.count !== ids.length || done.count !== ids.length)
    throw new Error(`of ${ids.length} cases ${erased.count} were erased and ${done.count} struck out`);
  return { files };
}

/**
 * What requests said, which person made them, and the digest by which they are compared: of those whose cases are all gone.
 * An officer who moved a case is a fact of it.
 */
async function eraseActs(tx: Tx, kind: number, caseIds: readonly number[]): Promise<void> {
  await tx`
    UPDATE procedure.act SET own = NULL, digest = ${Buffer.alloc(32)},
      actor = CASE WHEN actor LIKE 'person:%' THEN 'person' ELSE actor END,
      answer = jsonb_build_object('moved', answer->'moved', 'refused', '[]'::jsonb)
    WHERE kind = ${kind} AND procedure.moved_none_that_is_kept(answer)
      AND id IN (SELECT act FROM procedure.history WHERE case_id = ANY (${[...caseIds]}::bigint[]) AND kind = ${kind})`;
}

/** Deletes those of the files that no case names and nobody has brought lately; answers how many. */
export async function deleteUnnamed(tx: Tx, kind: number, sha256s: readonly Buffer[]): Promise<number> {
  if (sha256s.length === 0) return 0;
  const wanted = [...new Set(sha256s.map((sha256) => sha256.toString('hex')))];
  // whoever is naming or bringing one has it in hand: waited for, and seen by the statement after this one
  const locked = await tx<{ id: number }[]>`
    SELECT id FROM procedure.content WHERE kind = ${kind} AND sha256 = ANY (SELECT decode(hex, 'hex') FROM unnest(${wanted}::text[]) AS hex)
    ORDER BY id FOR UPDATE`;
  const gone = await tx<{ id: number }[]>`
    DELETE FROM procedure.content c
    WHERE c.id = ANY (${locked.map(({ id }) => id)}::bigint[]) AND c.kind = ${kind}
      AND NOT EXISTS (SELECT FROM procedure.named_file n WHERE n.kind = c.kind AND n.sha256 = c.sha256)
      AND NOT EXISTS (SELECT FROM procedure.upload u WHERE u.kind = c.kind AND u.sha256 = c.sha256)
    RETURNING id`;
  await tx`
    DELETE FROM procedure.content_chunk WHERE content_id = ANY (${gone.map(({ id }) => id)}::bigint[]) AND kind = ${kind}`;
  return gone.length;
}
