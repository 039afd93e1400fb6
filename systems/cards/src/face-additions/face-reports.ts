/**
 * What a holder has to tell of the card, because the register says something else than the face (番号法 art. 17). Opened by the
 * registry's notices for a card in somebody's hand, unless the card says it already; ended where the face is written, the
 * change is undone, or a move leaves it to the continuing of the card. Flow: docs/flows/card-life.md step 5.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { IdentityChanged } from '@ishizue/registry';
import { type Card, lockUsableCards } from '../card/card-store.ts';
import { identityDigest } from '../identity-digest.ts';
import { chipDigest } from './chip-digest.ts';
import { tellBy } from './tell-rule.ts';

/** What has to be told; `data` where the register was corrected and the notice does not say in what. */
export type ReportedChange = 'address' | 'name' | 'data';

const CHANGES: Readonly<Partial<Record<IdentityChanged['reason'], ReportedChange>>> = {
  'move-within': 'address',
  'alias-change': 'name',
  'former-surname-change': 'name',
  'minor-correction': 'data',
  'ex-officio-correction': 'data',
};

/** Whether a notice may change what has to be told. */
export const isAboutFace = ({ reason, status }: IdentityChanged): boolean =>
  status === 'resident' && (reason in CHANGES || reason === 'undo' || reason === 'move-in');

/** Follows notices, in their order; answers whose cards have something to be told now. */
export async function hearFaceChanges(
  tx: Tx,
  heard: readonly IdentityChanged[],
  today: IsoDate,
): Promise<readonly string[]> {
  if (heard.length === 0) return [];
  const cards = await lockUsableCards(tx, [...new Set(heard.map(({ residentCode }) => residentCode))]);
  const said = await whatCardsSay(tx, cards);
  const ends: End[] = [];
  const opened = new Map<string, Report & { readonly residentCode: string }>();
  for (const card of cards)
    for (const notice of heard.filter(({ residentCode }) => residentCode === card.residentCode)) {
      const { cardId, residentCode } = card;
      const what = CHANGES[notice.reason];
      const end = endBy(card, notice, said.get(cardId)?.(notice) === true);
      if (end) ends.push(end);
      for (const each of end?.whats ?? []) opened.delete(`${cardId} ${each}`);
      if (what && !end)
        opened.set(`${cardId} ${what}`, { ...reportOf(card, what, notice, today), residentCode });
    }
  for (const reason of ['undone', 'moved'] as const)
    await endAlike(
      tx,
      ends.filter((end) => end.reason === reason),
      reason,
      today,
    );
  await takeAlong(
    tx,
    heard.filter(({ reason }) => reason === 'move-in'),
    cards,
  );
  await open(tx, [...opened.values()]);
  return [...new Set([...opened.values()].map(({ residentCode }) => residentCode))];
}

const ALL = ['address', 'name', 'data'] as const;

interface End {
  readonly cardId: string;
  readonly reason: 'undone' | 'moved';
  readonly whats: readonly ReportedChange[];
}

/** What a notice ends: all where the card says what it says; of who has come from elsewhere the address, which is continued. */
function endBy({ cardId }: Card, { reason }: IdentityChanged, says: boolean): End | undefined {
  if (says) return { cardId, reason: 'undone', whats: ALL };
  return reason === 'move-in' ? { cardId, reason: 'moved', whats: ['address'] } : undefined;
}

interface Report {
  readonly cardId: string;
  readonly what: ReportedChange;
  readonly municipality: string;
  readonly changedOn: IsoDate;
  readonly noticedOn: IsoDate;
  readonly dueOn: IsoDate;
}

const reportOf = (
  { cardId }: Card,
  what: ReportedChange,
  { municipality, eventDate, noticedOn }: IdentityChanged,
  today: IsoDate,
): Report => ({
  cardId,
  what,
  municipality,
  changedOn: eventDate,
  noticedOn: noticedOn ?? today,
  dueOn: tellBy(eventDate),
});

/** By card, whether it says what a notice says: by the last digest that is kept of it. An alias is in the first one only. */
async function whatCardsSay(
  tx: Tx,
  cards: readonly Card[],
): Promise<ReadonlyMap<string, (notice: IdentityChanged) => boolean>> {
  const rows = await tx<{ cardId: string; applicationId: string; atFirst: Buffer; since: Buffer | null }[]>`
    SELECT c.card_id AS "cardId", c.application_id AS "applicationId", a.identity_digest AS "atFirst", (
      SELECT f.chip_sha256 FROM cards.face_addition f
      WHERE f.card_id = c.card_id AND f.chip_sha256 IS NOT NULL ORDER BY f.addition DESC LIMIT 1) AS since
    FROM cards.card c JOIN cards.application a USING (application_id)
    WHERE c.card_id = ANY (${cards.map(({ cardId }) => cardId)}::text[])`;
  return new Map(
    rows.map(({ cardId, applicationId, atFirst, since }) => [
      cardId,
      (notice: IdentityChanged) =>
        since === null
          ? identityDigest(applicationId, notice).equals(atFirst)
          : CHANGES[notice.reason] !== 'name' && chipDigest(cardId, notice).equals(since),
    ]),
  );
}

/** Ends open reports of a card, of some kinds. */
export async function endReports(
  tx: Tx,
  cardId: string,
  whats: readonly ReportedChange[],
  reason: 'told' | 'undone' | 'moved',
  today: IsoDate,
): Promise<void> {
  await tx`
    UPDATE cards.face_report SET ended_on = ${today}, end_reason = ${reason}
    WHERE card_id = ${cardId} AND what = ANY (${[...whats]}::text[]) AND ended_on IS NULL`;
}

async function endAlike(tx: Tx, ends: readonly End[], reason: End['reason'], today: IsoDate): Promise<void> {
  const pairs = ends.flatMap(({ cardId, whats }) => whats.map((what) => ({ cardId, what })));
  if (pairs.length === 0) return;
  await tx`
    UPDATE cards.face_report r SET ended_on = ${today}, end_reason = ${reason}
    FROM unnest(${pairs.map(({ cardId }) => cardId)}::text[], ${pairs.map(({ what }) => what)}::text[]) AS given(card_id, what)
    WHERE r.card_id = given.card_id AND r.what = given.what AND r.ended_on IS NULL`;
}

/** Who has moved brings the card to the new municipality, also for what was open before. */
async function takeAlong(tx: Tx, moves: readonly IdentityChanged[], cards: readonly Card[]): Promise<void> {
  if (moves.length === 0) return;
  const cardOf = new Map(cards.map(({ residentCode, cardId }) => [residentCode, cardId]));
  const last = [...new Map(moves.map((move) => [cardOf.get(move.residentCode) ?? '', move.municipality]))];
  await tx`
    UPDATE cards.face_report r SET municipality = given.municipality
    FROM unnest(${last.map(([cardId]) => cardId)}::text[], ${last.map(([, municipality]) => municipality)}::text[])
      AS given(card_id, municipality)
    WHERE r.card_id = given.card_id AND r.ended_on IS NULL`;
}

/** Opens reports; of a kind that is open already the first change counts, and where the card is to be brought now. */
async function open(tx: Tx, reports: readonly Report[]): Promise<void> {
  if (reports.length === 0) return;
  await tx`
    INSERT INTO cards.face_report (card_id, number, what, municipality, changed_on, noticed_on, due_on)
    SELECT n."cardId", coalesce((SELECT max(number) FROM cards.face_report f WHERE f.card_id = n."cardId"), 0)
        + row_number() OVER (PARTITION BY n."cardId" ORDER BY n.what),
      n.what, n.municipality, n."changedOn", n."noticedOn", n."dueOn"
    FROM jsonb_to_recordset(${tx.json(reports as never)})
      AS n("cardId" text, what text, municipality text, "changedOn" date, "noticedOn" date, "dueOn" date)
    ON CONFLICT (card_id, what) WHERE ended_on IS NULL DO UPDATE SET municipality = excluded.municipality`;
}
