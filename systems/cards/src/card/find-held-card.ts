/**
 * The card of somebody that is not void (the one in hand before one that is on its way), found by its holder, by its own id or by its application's, for the call centre:
 * what a caller is asked about, and whose it is. The look is on the ledger.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import { recordCardEntry } from '../card-entry.ts';
import type { CardsContext } from '../cards-context.ts';
import type { CardState } from './card-lifecycle.ts';

/** By exactly one of the three. */
export type HeldCardKey =
  | { readonly residentCode: string }
  | { readonly cardId: string }
  | { readonly applicationId: string };

export interface HeldCard {
  readonly cardId: string;
  readonly residentCode: string;
  readonly state: CardState;
  readonly expiresOn: IsoDate;
  /** When its holder got it; null where nobody has it yet. */
  readonly handedOverOn: IsoDate | null;
}

export async function findHeldCard(
  context: CardsContext,
  access: Access,
  key: HeldCardKey,
): Promise<HeldCard | undefined> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const by =
      'residentCode' in key
        ? tx`c.resident_code = ${key.residentCode}`
        : 'cardId' in key
          ? tx`c.card_id = ${key.cardId}`
          : tx`c.application_id = ${key.applicationId}`;
    const [row] = await tx<(Omit<HeldCard, 'handedOverOn'> & { readonly handedOverAt: Date | null })[]>`
      SELECT c.card_id AS "cardId", c.resident_code AS "residentCode", c.state, c.expires_on AS "expiresOn",
        (SELECT min(h.changed_at) FROM cards.card_change h
          WHERE h.card_id = c.card_id AND h.state = 'active') AS "handedOverAt"
      FROM cards.card c WHERE ${by} AND c.state <> 'void'
      ORDER BY c.state IN ('active', 'suspended') DESC LIMIT 1`;
    const residentCode = 'residentCode' in key ? key.residentCode : row?.residentCode;
    if (residentCode !== undefined)
      await recordCardEntry(tx, context, access, {
        residentCode,
        fields: ['card'],
        result: row ? 'ok' : 'card-none',
      });
    if (!row) return undefined;
    const { handedOverAt, ...card } = row;
    return { ...card, handedOverOn: handedOverAt && dateInTokyo(handedOverAt.getTime()) };
  });
}
