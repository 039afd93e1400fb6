/**
 * What becomes of an application's case when its time is over: it stays as long as its card is not void; then its photograph goes
 * with it, of which the digest stays, and the substitutes that were chosen. Flow: docs/flows/case-retention.md step 7.
 */
import { addDays, dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { KeptCase } from '@ishizue/procedure';
import type { CardsContext } from '../cards-context.ts';

type Cases = readonly KeptCase<{ readonly applicationId: string }>[];

/** An application that is on its way after all its years is looked at again then. */
const LOOK_AGAIN_DAYS = 30;

/** Those whose application is on its way, or whose card is not void: until the card's last day at least. */
export async function stillNeeded(
  tx: Tx,
  cases: Cases,
  { clock }: CardsContext,
): Promise<ReadonlyMap<number, IsoDate>> {
  const today = dateInTokyo(clock.now());
  const rows = await tx<{ caseId: number; day: IsoDate }[]>`
    SELECT given.case_id AS "caseId", greatest(max(c.expires_on), ${addDays(today, LOOK_AGAIN_DAYS)}::date) AS day
    FROM unnest(${cases.map(({ caseId }) => caseId)}::bigint[],
      ${cases.map(({ record }) => record.applicationId ?? null)}::text[]) AS given(case_id, application_id)
    JOIN cards.application a USING (application_id)
    LEFT JOIN cards.card c ON c.application_id = a.application_id AND c.state <> 'void'
    WHERE c.card_id IS NOT NULL OR a.state NOT IN ('handed-over', 'undelivered', 'refused')
    GROUP BY given.case_id`;
  return new Map(rows.map(({ caseId, day }) => [caseId, day]));
}

/** What the applications asked for besides a card, and their photographs; those that ended without a card as a whole. */
export async function takeWishes(tx: Tx, cases: Cases): Promise<Readonly<Record<string, number>>> {
  const wishes = await tx<{ applicationId: string; digest: Buffer | null }[]>`
    UPDATE cards.application_wish SET photo_digest = photo_sha256, photo_sha256 = NULL, substitutes = '{}'
    WHERE case_id = ANY (${cases.map(({ caseId }) => caseId)}::bigint[])
    RETURNING application_id AS "applicationId", photo_digest AS digest`;
  const applications = await tx`
    DELETE FROM cards.application WHERE application_id = ANY (${wishes.map((one) => one.applicationId)}::text[])
      AND ended_on + interval '1 year' < current_date`;
  const photographs = await deleteUnnamedPhotos(
    tx,
    wishes.flatMap(({ digest }) => (digest ? [digest] : [])),
  );
  return { wishes: wishes.length, applications: applications.count, photographs };
}

/** Those of the photographs that no application names; whoever is naming one is waited for. */
export async function deleteUnnamedPhotos(tx: Tx, sha256s: readonly Buffer[]): Promise<number> {
  if (sha256s.length === 0) return 0;
  const these = () =>
    tx`ANY (SELECT decode(hex, 'hex') FROM unnest(${sha256s.map((sha256) => sha256.toString('hex'))}::text[]) AS hex)`;
  await tx`SELECT FROM cards.photo WHERE sha256 = ${these()} ORDER BY sha256 FOR UPDATE`;
  const { count } = await tx`
    DELETE FROM cards.photo WHERE sha256 = ${these()} AND NOT is_named
      AND looked_at <= now() - interval '7 days'`;
  return count;
}
