/**
 * Additions at the counter (番号法 art. 17): what changed is told within 14 days, the face gets a line, and the chip is
 * rewritten by the desk, which shows what it read back. Later ones are taken, and said to be late.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import { isIsoDate } from '@ishizue/text';
import { actAtCounter, type Desk, type DeskFailure } from '../life/counter-act.ts';
import type { CardLife } from '../life/life-context.ts';
import { type ChipAttributes, chipDigest } from './chip-digest.ts';
import { tellBy } from './tell-rule.ts';
import { type FaceAddition, type WriteFailure, writeOnFace } from './write-on-face.ts';

/** What the counter writes by itself; the others go with an act of their own. */
export const COUNTER_ADDITIONS = ['address', 'name', 'stay'] as const;

export type AdditionFailure = WriteFailure | DeskFailure | 'change-day-invalid' | 'continuing-use-due';

/** An addition, and whether its change was told too late. */
export interface ToldAddition extends FaceAddition {
  readonly isLate: boolean;
}

/** Writes what the register says now onto the face. */
export async function addToFace(
  life: CardLife,
  desk: Desk,
  told: {
    readonly cardId: string;
    readonly kind: (typeof COUNTER_ADDITIONS)[number];
    readonly changedOn: IsoDate;
  },
): Promise<Result<ToldAddition, AdditionFailure>> {
  const { cardId, kind, changedOn } = told;
  const today = dateInTokyo(life.cards.clock.now());
  const isDay = isIsoDate(changedOn) && changedOn <= today;
  type Added = Promise<Result<ToldAddition, AdditionFailure>>;
  return actAtCounter(life, desk, cardId, `face-${kind}`, async (tx, { card, person }): Added => {
    if (!isDay || changedOn < card.issuedOn)
      return fail('change-day-invalid', 'nothing of the card changed on such a day');
    // a line with the new address is what continuing use writes, and only that
    const [waiting] = await tx`
      SELECT FROM cards.residence_case WHERE card_id = ${cardId} AND last_day IS NOT NULL`;
    if (waiting) return fail('continuing-use-due', 'the card has to be continued after a move first');
    const written = await writeOnFace(tx, { card, person, kind, changedOn }, life.cards.clock.now());
    return written.ok ? ok({ ...written.value.addition, isLate: today > tellBy(changedOn) }) : written;
  });
}

export type ReadBackFailure = DeskFailure | 'addition-unknown' | 'read-back-differs';

export type ConfirmedChip = Pick<FaceAddition, 'cardId' | 'addition'>;

/** Notes that the chip says what it has to; shown again, the answer is the same. */
export function confirmChip(
  life: CardLife,
  desk: Desk,
  read: { readonly cardId: string; readonly addition: number; readonly chip: ChipAttributes },
): Promise<Result<ConfirmedChip, ReadBackFailure>> {
  const { cardId, addition, chip } = read;
  type Confirmed = Promise<Result<ConfirmedChip, ReadBackFailure>>;
  return actAtCounter(life, desk, cardId, 'chip-read-back', async (tx): Confirmed => {
    const [row] = await tx<{ digest: Buffer | null }[]>`
      SELECT chip_sha256 AS digest FROM cards.face_addition WHERE card_id = ${cardId} AND addition = ${addition}`;
    if (!row?.digest) return fail('addition-unknown', 'no addition with something for the chip');
    if (!chipDigest(cardId, chip).equals(row.digest))
      return fail('read-back-differs', 'the chip says something else than it has to');
    await tx`
      UPDATE cards.face_addition SET chip_written_at = ${new Date(life.cards.clock.now())}
      WHERE card_id = ${cardId} AND addition = ${addition} AND chip_written_at IS NULL`;
    return ok({ cardId, addition });
  });
}
