/**
 * Writing an addition on a card that is locked: its lines, and what the chip has to say from now on (券面事項入力補助: name,
 * address, birth date, sex), of which only a digest is kept. An addition that does not fit is refused, and it is noted that
 * the column is full: the holder may have another card free of charge (domain rules 5.5).
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { amendCard } from '../card/amend-card.ts';
import type { Card } from '../card/card-store.ts';
import { type ChipAttributes, chipDigest } from './chip-digest.ts';
import { type AdditionKind, additionText, type FacePerson, fitLines } from './face-column.ts';
import { endReports } from './face-reports.ts';

export type WriteFailure = 'face-full' | 'card-state-refused' | 'card-expired';

export interface FaceAddition {
  readonly cardId: string;
  readonly addition: number;
  /** To be printed into the column, from the first free line on. */
  readonly lines: readonly string[];
  /** To be written into the chip and read back; null where nothing of it changes. */
  readonly chip: ChipAttributes | null;
}

export interface FaceWriting {
  readonly card: Card;
  readonly person: FacePerson;
  readonly kind: AdditionKind;
  readonly changedOn: IsoDate;
}

export interface WrittenFace {
  readonly addition: FaceAddition;
  /** The card after it. */
  readonly card: Card;
}

/**
 * Writes an addition. `now` in milliseconds since the epoch.
 * @param before is done once it is sure that the addition fits; where it fails, nothing is written
 */
export async function writeOnFace<Code extends string = never>(
  tx: Tx,
  { card, person, kind, changedOn }: FaceWriting,
  now: number,
  before?: () => Promise<Result<unknown, Code> | undefined>,
): Promise<Result<WrittenFace, WriteFailure | Code>> {
  const today = dateInTokyo(now);
  if (card.state !== 'active') return fail('card-state-refused', `the card is ${card.state}`);
  if (today > card.expiresOn) return fail('card-expired', 'the card is past its last day');
  const { cardId } = card;
  const [used] = await tx<{ lines: number; additions: number }[]>`
    SELECT (SELECT count(*)::int FROM cards.face_line WHERE card_id = ${cardId}) AS lines,
      (SELECT count(*)::int FROM cards.face_addition WHERE card_id = ${cardId}) AS additions`;
  if (!used) throw new Error('a count has a row');
  const lines = fitLines(additionText(kind, person, changedOn, card.expiresOn), used.lines);
  if (!lines.ok) {
    await tx`
      INSERT INTO cards.face_full (card_id, found_on) VALUES (${cardId}, ${today}) ON CONFLICT DO NOTHING`;
    return lines;
  }
  const done = await before?.();
  if (done && !done.ok) return done;
  const { name, address, birthDate, sex } = person;
  const chip = kind === 'address' || kind === 'name' ? { name, address, birthDate, sex } : null;
  const addition: FaceAddition = { cardId, addition: used.additions + 1, lines: lines.value, chip };
  await enter(tx, addition, { kind, changedOn, firstLine: used.lines + 1, at: new Date(now) });
  if (kind === 'address' || kind === 'name') await endReports(tx, cardId, [kind, 'data'], 'told', today);
  return ok({ addition, card: await amendCard(tx, card, { reason: `face-${kind}` }, now) });
}

async function enter(
  tx: Tx,
  { cardId, addition, lines, chip }: FaceAddition,
  told: { readonly kind: AdditionKind; readonly changedOn: IsoDate; readonly firstLine: number; at: Date },
): Promise<void> {
  await tx`
    INSERT INTO cards.face_addition (card_id, addition, kind, changed_on, entered_at, chip_sha256)
    VALUES (${cardId}, ${addition}, ${told.kind}, ${told.changedOn}, ${told.at},
      ${chip === null ? null : chipDigest(cardId, chip)})`;
  await tx`
    INSERT INTO cards.face_line (card_id, line, addition, text)
    SELECT ${cardId}, ${told.firstLine}::int + ordinality::int - 1, ${addition}, text
    FROM unnest(${[...lines]}::text[]) WITH ORDINALITY AS given(text, ordinality)`;
}
