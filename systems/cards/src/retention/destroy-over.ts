/**
 * What cards keep beside cases and is over: photographs that no application names, applications that had no case and ended
 * without a card; those of a case go with it. Some hundreds a transaction, each with its record. Flow: docs/flows/case-retention.md step 7.
 */
import { addDays, dateInTokyo, endOfDateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntry } from '@ishizue/ledger';
import type { CaseDesk } from '@ishizue/procedure';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntries } from '../card-entries.ts';
import type { CardsContext } from '../cards-context.ts';
import { deleteUnnamedPhotos } from './application-keeping.ts';
import { KEPT_SOURCE, rowKeptUntil } from './years-kept.ts';

/** A day more than a file that was brought may be named, so that no application names a photograph that is gone. */
const PHOTO_DAYS = 8;
const PHOTO_RULE = `${PHOTO_DAYS} days from when a photograph was last sent that no application names; decided here`;
const BATCH_ROWS = 500;

const BY: Access = {
  actorKind: 'system',
  actor: 'card-keeping',
  terminal: '',
  article: '番号法 第16条の2',
  affair: 'card-application-destroy',
  correlation: 'background',
};

/** Destroys all that is over; answers how many rows. */
export async function destroyCardsOver(context: CardsContext, desk: CaseDesk): Promise<number> {
  let destroyed = 0;
  for (const step of [photosOver, applicationsOver])
    for (;;) {
      const batch = await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
        step(tx, context, desk, dateInTokyo(context.clock.now())),
      );
      destroyed += batch;
      if (batch === 0) break;
    }
  return destroyed;
}

async function photosOver(tx: Tx, context: CardsContext, desk: CaseDesk, today: IsoDate): Promise<number> {
  const lastDay = addDays(today, -1);
  const unnamed = await tx<{ sha256: Buffer }[]>`
    SELECT sha256 FROM cards.photo
    WHERE NOT is_named AND looked_at < ${new Date(endOfDateInTokyo(addDays(lastDay, -PHOTO_DAYS)))}
    ORDER BY looked_at LIMIT ${BATCH_ROWS}`;
  const count = await deleteUnnamedPhotos(
    tx,
    unnamed.map(({ sha256 }) => sha256),
  );
  if (count === 0) return 0;
  await desk.recordDestroyed(tx, [{ what: 'photographs', count, rule: PHOTO_RULE, lastDay }]);
  const at = context.clock.now();
  const said = { ...BY, subject: null, fields: ['photograph', 'destroyed'], result: 'ok' };
  await recordEntry(tx, { site: NATIONAL_SITE, at, ...said });
  return count;
}

interface EndedApplication {
  readonly applicationId: string;
  readonly residentCode: string;
  readonly endedOn: IsoDate;
}

/** Oldest first; the rule of the oldest is no longer than that of those after it. */
async function applicationsOver(
  tx: Tx,
  context: CardsContext,
  desk: CaseDesk,
  today: IsoDate,
): Promise<number> {
  const ended = await tx<EndedApplication[]>`
    SELECT application_id AS "applicationId", resident_code AS "residentCode", ended_on AS "endedOn" FROM cards.application a
    WHERE ended_on + interval '1 year' < least(${today}::date, current_date)
      AND NOT EXISTS (SELECT FROM cards.application_wish w WHERE w.application_id = a.application_id)
    ORDER BY ended_on, application_id LIMIT ${BATCH_ROWS} FOR UPDATE`;
  const over = ended.filter(({ endedOn }) => rowKeptUntil(endedOn) < today);
  if (over.length === 0) return 0;
  const gone = await tx`
    DELETE FROM cards.application WHERE application_id = ANY (${over.map(({ applicationId }) => applicationId)}::text[])`;
  if (gone.count !== over.length)
    throw new Error(`of ${over.length} applications ${gone.count} were deleted`);
  const lastDay = over.reduce((latest, { endedOn }) => {
    const day = rowKeptUntil(endedOn);
    return day > latest ? day : latest;
  }, '');
  await desk.recordDestroyed(tx, [{ what: 'applications', count: over.length, rule: KEPT_SOURCE, lastDay }]);
  await recordCardEntries(
    tx,
    context,
    BY,
    ['application', 'history', 'destroyed'],
    over.map(({ residentCode }) => ({ residentCode, result: 'ok' })),
  );
  return over.length;
}
