/**
 * What belongs to no case and is over: uploads after seven days and the files that nothing names then, what a request said
 * that moved nobody, general delegations two years after their end. Flow: docs/flows/case-retention.md step 6.
 */
import { addDays, endOfDateInTokyo, type IsoDate, yearsAfter } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { CLOCK } from '../desk/acting.ts';
import type { DeskPlace } from '../desk/place.ts';
import { recordTouched } from '../desk/record-moves.ts';
import { type Destroyed, recordDestroyed } from './destruction-record.ts';
import { deleteUnnamed } from './erase-cases.ts';

/** Days for which a file that was brought may be named. */
const UPLOAD_DAYS = 7;
const DELEGATION_YEARS = 2;
const BATCH_ROWS = 500;

const RULES = {
  uploads: `${UPLOAD_DAYS} days from when a file was last brought; decided here`,
  requests: `${UPLOAD_DAYS} days after a request that moved no case; decided here`,
  delegations: `${DELEGATION_YEARS} years after the end of a delegation; decided here`,
} as const;

/** Destroys all that is over; answers how many rows. */
export async function destroyLooseEnds(place: DeskPlace): Promise<number> {
  let destroyed = 0;
  for (const step of [uploadsOver, requestsOver, delegationsOver])
    for (;;) {
      const batch = await inTransaction(place.sql, { site: place.site }, (tx) => runStep(tx, place, step));
      destroyed += batch;
      if (batch === 0) break;
    }
  return destroyed;
}

type Step = (tx: Tx, place: DeskPlace, today: IsoDate) => Promise<readonly Destroyed[]>;

async function runStep(tx: Tx, place: DeskPlace, step: Step): Promise<number> {
  const { at, today } = place.moment();
  const destroyed = (await step(tx, place, today)).filter(({ count }) => count > 0);
  if (destroyed.length === 0) return 0;
  await recordDestroyed(tx, place, at, destroyed);
  const { site, pseudonyms, versions } = place;
  const { id, basis } = versions.kept(versions.all[0]?.validFrom ?? '');
  const by = { actor: CLOCK, terminal: '', correlation: 'background' };
  const fields = destroyed.map(({ what }) => what);
  await recordTouched(tx, { site, pseudonyms, by, at, article: basis, affair: `${id}-destroy`, fields }, [
    { subject: undefined, result: 'ok' },
  ]);
  return destroyed.reduce((sum, { count }) => sum + count, 0);
}

/** The moment at which what happened on the last of so many days is over. */
const before = (day: IsoDate): Date => new Date(endOfDateInTokyo(day));

async function uploadsOver(tx: Tx, { kind }: DeskPlace, today: IsoDate): Promise<readonly Destroyed[]> {
  const lastDay = addDays(today, -1);
  const gone = await tx<{ sha256: Buffer }[]>`
    DELETE FROM procedure.upload u USING (
      SELECT actor, sha256, field FROM procedure.upload
      WHERE kind = ${kind} AND at < ${before(addDays(lastDay, -UPLOAD_DAYS))} ORDER BY at LIMIT ${BATCH_ROWS} FOR UPDATE
    ) old
    WHERE u.kind = ${kind} AND u.actor = old.actor AND u.sha256 = old.sha256 AND u.field = old.field
    RETURNING u.sha256`;
  const files = await deleteUnnamed(
    tx,
    kind,
    gone.map(({ sha256 }) => sha256),
  );
  return [
    { what: 'uploads', count: gone.length, rule: RULES.uploads, lastDay },
    { what: 'files', count: files, rule: RULES.uploads, lastDay },
  ];
}

/** Shares the days of uploads: what nothing came of is not kept. */
async function requestsOver(tx: Tx, { kind }: DeskPlace, today: IsoDate): Promise<readonly Destroyed[]> {
  const lastDay = addDays(today, -1);
  const gone = await tx`
    UPDATE procedure.act SET own = NULL, digest = ${Buffer.alloc(32)},
      actor = CASE WHEN actor LIKE 'person:%' THEN 'person' ELSE actor END
    WHERE id IN (
      SELECT id FROM procedure.act
      WHERE kind = ${kind} AND own IS NOT NULL AND answer->'moved' = '[]'::jsonb
        AND at < ${before(addDays(lastDay, -UPLOAD_DAYS))}
      ORDER BY at LIMIT ${BATCH_ROWS})`;
  return [{ what: 'requests', count: gone.count, rule: RULES.requests, lastDay }];
}

async function delegationsOver(tx: Tx, { kind }: DeskPlace, today: IsoDate): Promise<readonly Destroyed[]> {
  const lastDay = addDays(today, -1);
  const gone = await tx`
    DELETE FROM procedure.delegation WHERE id IN (
      SELECT id FROM procedure.delegation
      WHERE kind = ${kind} AND least(valid_to, revoked_at) < ${before(yearsAfter(lastDay, -DELEGATION_YEARS))}
      ORDER BY least(valid_to, revoked_at) LIMIT ${BATCH_ROWS})`;
  return [{ what: 'delegations', count: gone.count, rule: RULES.delegations, lastDay }];
}
