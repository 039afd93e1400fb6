/** Runs and notices of expiry in and out of PostgreSQL, set by set. Callers run inside a transaction of the national site. */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';

export interface ExpiryRun {
  readonly runId: string;
  readonly endsFrom: IsoDate;
  readonly endsTo: IsoDate;
  readonly openedAt: Date;
  readonly claimedTo: string;
  readonly claimedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Opens a run, or finds it as it was left; locked. */
export async function openRun(
  tx: Tx,
  run: Pick<ExpiryRun, 'runId' | 'endsFrom' | 'endsTo' | 'openedAt'>,
): Promise<ExpiryRun> {
  await tx`
    INSERT INTO cards.expiry_run (run_id, ends_from, ends_to, opened_at)
    VALUES (${run.runId}, ${run.endsFrom}, ${run.endsTo}, ${run.openedAt}) ON CONFLICT DO NOTHING`;
  const [found] = await tx<ExpiryRun[]>`
    SELECT run_id AS "runId", ends_from AS "endsFrom", ends_to AS "endsTo", opened_at AS "openedAt",
      claimed_to AS "claimedTo", claimed_at AS "claimedAt", finished_at AS "finishedAt"
    FROM cards.expiry_run WHERE run_id = ${run.runId} FOR UPDATE`;
  if (!found) throw new Error('a run is gone');
  return found;
}

/** What ends on a card, before it is known whether its holder was told. */
export interface EndingCard {
  readonly residentCode: string;
  readonly cardId: string;
  readonly authenticationEndsOn: IsoDate | null;
  readonly signatureEndsOn: IsoDate | null;
  readonly cardEndsOn: IsoDate | null;
}

/** Cards in use that end within the span, of holders after one code up to another ('' for no end). */
export async function findEndingCards(
  tx: Tx,
  { endsFrom, endsTo }: Pick<ExpiryRun, 'endsFrom' | 'endsTo'>,
  after: string,
  upTo: string,
): Promise<readonly { readonly residentCode: string; readonly cardId: string; readonly endsOn: IsoDate }[]> {
  return tx`
    SELECT resident_code AS "residentCode", card_id AS "cardId", expires_on AS "endsOn" FROM cards.card
    WHERE state = 'active' AND resident_code > ${after} AND (${upTo} = '' OR resident_code <= ${upTo})
      AND expires_on BETWEEN ${endsFrom} AND ${endsTo} ORDER BY resident_code`;
}

/**
 * Strikes from what ends what the holder was told before, and what ends with a period of stay, of which no notice is sent
 * (domain rules 5.4); answers what is left, of cards in use.
 */
export async function enterTold(tx: Tx, cards: readonly EndingCard[]): Promise<readonly EndingCard[]> {
  const rows = await tx<{ cardId: string; what: string; endsOn: IsoDate }[]>`
    INSERT INTO cards.expiry_told (card_id, what, ends_on)
    SELECT card.card_id, each.what, each.ends_on
    FROM jsonb_to_recordset(${tx.json(cards.map((one) => ({ ...one })))}) AS given("cardId" text,
        "authenticationEndsOn" date, "signatureEndsOn" date, "cardEndsOn" date)
      JOIN cards.card ON card.card_id = given."cardId" AND card.state = 'active'
      JOIN cards.application USING (application_id)
      CROSS JOIN LATERAL (VALUES ('authentication', "authenticationEndsOn"), ('signature', "signatureEndsOn"),
        ('card', "cardEndsOn")) AS each(what, ends_on)
    WHERE each.ends_on IS NOT NULL
      AND NOT (application.stay_expires_on IS NOT NULL AND each.ends_on = card.expires_on)
    ON CONFLICT DO NOTHING
    RETURNING card_id AS "cardId", what, ends_on AS "endsOn"`;
  const told = new Map(rows.map(({ cardId, what, endsOn }) => [`${cardId} ${what}`, endsOn]));
  return cards
    .map((card) => ({
      ...card,
      authenticationEndsOn: told.get(`${card.cardId} authentication`) ?? null,
      signatureEndsOn: told.get(`${card.cardId} signature`) ?? null,
      cardEndsOn: told.get(`${card.cardId} card`) ?? null,
    }))
    .filter((card) => card.authenticationEndsOn ?? card.signatureEndsOn ?? card.cardEndsOn);
}

/** A letter that is entered. */
export interface ClaimedCard extends EndingCard {
  readonly municipality: string;
}

/** Enters letters, and binds to them what they tell. */
export async function insertNotices(
  tx: Tx,
  runId: string,
  cards: readonly ClaimedCard[],
  on: IsoDate,
): Promise<void> {
  await tx`
    WITH entered AS (
      INSERT INTO cards.expiry_notice (run_id, resident_code, card_id, authentication_ends_on, signature_ends_on,
        card_ends_on, municipality, state, state_on)
      SELECT ${runId}, "residentCode", "cardId", "authenticationEndsOn", "signatureEndsOn", "cardEndsOn", municipality,
        'claimed', ${on}
      FROM jsonb_to_recordset(${tx.json(cards.map((one) => ({ ...one })))}) AS given("residentCode" text, "cardId" text,
        "authenticationEndsOn" date, "signatureEndsOn" date, "cardEndsOn" date, municipality text)
      RETURNING notice_id, card_id)
    UPDATE cards.expiry_told AS told SET notice_id = entered.notice_id
    FROM entered WHERE told.card_id = entered.card_id AND told.notice_id IS NULL`;
}

/** Takes back what nobody is told after all: of persons who are no residents now. */
export async function forgetUntold(tx: Tx, cardIds: readonly string[]): Promise<void> {
  await tx`DELETE FROM cards.expiry_told WHERE card_id = ANY(${[...cardIds]}) AND notice_id IS NULL`;
}

export async function storeClaimedTo(tx: Tx, runId: string, claimedTo: string): Promise<void> {
  await tx`UPDATE cards.expiry_run SET claimed_to = ${claimedTo} WHERE run_id = ${runId}`;
}

/** All were looked at: letters are parted into bundles, which stay what they are. */
export async function storeClaimed(tx: Tx, runId: string, bundle_max: number, at: Date): Promise<void> {
  await tx`
    UPDATE cards.expiry_notice AS n SET bundle = parted.bundle
    FROM (SELECT notice_id, 1 + (row_number() OVER (PARTITION BY municipality ORDER BY notice_id) - 1) / ${bundle_max}::int
        AS bundle FROM cards.expiry_notice WHERE run_id = ${runId}) AS parted
    WHERE n.notice_id = parted.notice_id AND n.state = 'claimed'`;
  await tx`UPDATE cards.expiry_run SET claimed_at = ${at} WHERE run_id = ${runId}`;
}

export interface BundleName {
  readonly municipality: string;
  readonly bundle: number;
}

/** The bundles of a run with letters in some state, in order. */
export async function findBundles(tx: Tx, runId: string, state: string): Promise<readonly BundleName[]> {
  return tx<BundleName[]>`
    SELECT DISTINCT municipality, bundle FROM cards.expiry_notice
    WHERE run_id = ${runId} AND state = ${state} AND bundle IS NOT NULL ORDER BY municipality, bundle`;
}

export interface ExpiryNotice extends EndingCard {
  readonly noticeId: number;
  readonly state: string;
}

/** The letters of a bundle, locked. */
export async function lockBundle(
  tx: Tx,
  runId: string,
  { municipality, bundle }: BundleName,
): Promise<readonly ExpiryNotice[]> {
  return tx<ExpiryNotice[]>`
    SELECT notice_id AS "noticeId", resident_code AS "residentCode", card_id AS "cardId",
      authentication_ends_on AS "authenticationEndsOn", signature_ends_on AS "signatureEndsOn",
      card_ends_on AS "cardEndsOn", state
    FROM cards.expiry_notice
    WHERE run_id = ${runId} AND municipality = ${municipality} AND bundle = ${bundle}
    ORDER BY notice_id FOR UPDATE`;
}

/** What became of a letter when its bundle was written. */
export interface NoticeOutcome {
  readonly noticeId: number;
  readonly isAtCounter: boolean;
  /** Why none was made; what it was to tell may be told by a later run. */
  readonly trouble: string | null;
}

export async function storeOutcomes(tx: Tx, outcomes: readonly NoticeOutcome[], on: IsoDate): Promise<void> {
  await tx`
    WITH changed AS (
      UPDATE cards.expiry_notice AS n SET state = CASE WHEN o.trouble IS NULL THEN 'made' ELSE 'left' END,
        is_at_counter = o."isAtCounter", trouble = o.trouble, state_on = ${on}
      FROM jsonb_to_recordset(${tx.json(outcomes.map((one) => ({ ...one })))}) AS o("noticeId" int, "isAtCounter" boolean,
        trouble text)
      WHERE n.notice_id = o."noticeId" AND n.state = 'claimed' RETURNING n.notice_id, n.state)
    DELETE FROM cards.expiry_told AS told USING changed
    WHERE told.notice_id = changed.notice_id AND changed.state = 'left'`;
}

export interface ExpiryFile {
  readonly name: string;
  readonly notices: number;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export async function storeFiles(tx: Tx, runId: string, files: readonly ExpiryFile[]): Promise<void> {
  await tx`
    INSERT INTO cards.expiry_file (run_id, name, notices, bytes, sha256)
    SELECT ${runId}::text, f.name, f.notices, f.bytes, decode(f.sha256, 'hex')
    FROM jsonb_to_recordset(${tx.json(files.map((file) => ({ ...file })))}) AS f(name text, notices int, bytes bigint,
      sha256 text)
    ON CONFLICT (run_id, name) DO UPDATE SET notices = excluded.notices, bytes = excluded.bytes, sha256 = excluded.sha256`;
}

/** What a run came to; names nobody. */
export interface ExpiryRunReport {
  readonly runId: string;
  readonly endsFrom: IsoDate;
  readonly endsTo: IsoDate;
  readonly isFinished: boolean;
  readonly states: Readonly<Record<string, number>>;
  /** Of the letters made, those that are not posted. */
  readonly atCounter: number;
  readonly files: readonly ExpiryFile[];
}

export async function readRunReport(tx: Tx, runId: string): Promise<ExpiryRunReport | undefined> {
  const [run] = await tx<Omit<ExpiryRunReport, 'files'>[]>`
    SELECT run_id AS "runId", ends_from AS "endsFrom", ends_to AS "endsTo", finished_at IS NOT NULL AS "isFinished",
      (SELECT coalesce(jsonb_object_agg(state, count), '{}') FROM (SELECT state, count(*) FROM cards.expiry_notice
        WHERE run_id = ${runId} GROUP BY state) AS counted) AS states,
      (SELECT count(*)::int FROM cards.expiry_notice WHERE run_id = ${runId} AND is_at_counter) AS "atCounter"
    FROM cards.expiry_run WHERE run_id = ${runId}`;
  if (!run) return undefined;
  const files = await tx<ExpiryFile[]>`
    SELECT name, notices, bytes::int, encode(sha256, 'hex') AS sha256 FROM cards.expiry_file
    WHERE run_id = ${runId} ORDER BY name`;
  return { ...run, files: files.map((file) => ({ ...file })) };
}
