/**
 * The certificates of cards that became void or were suspended. What is due is written with the card's change and struck
 * out only after the authority has revoked, so that a crash between leaves it due: the authority may be told twice, never not
 * at all. The wiring calls `revokeDueCertificates` at start and from time to time.
 */
import type { Sql } from '@ishizue/db';
import type { Access } from '@ishizue/registry';
import type { RevocationReason } from '@ishizue/x509';
import type { CardsContext } from '../cards-context.ts';

interface DueRevocation {
  readonly cardId: string;
  readonly reason: RevocationReason;
  readonly isRipe: boolean;
}

const BATCH_MAX = 1000;

/** Revokes what is due of all cards, at most 1,000 a call; answers how many cards are done. */
export async function revokeDueCertificates(context: CardsContext, access: Access): Promise<number> {
  const rows = await context.sql<DueRevocation[]>`
    SELECT card_id AS "cardId", revocation_due AS reason, true AS "isRipe" FROM cards.card
    WHERE revocation_due_at <= ${new Date(context.clock.now())}
    ORDER BY revocation_due_at LIMIT ${BATCH_MAX}`;
  let done = 0;
  for (const row of rows) if (await revoke(context, access, row)) done += 1;
  return done;
}

/** Revokes what is due of one card. What is not yet ripe is revoked too, and stays due. */
export async function revokeDueOfCard(context: CardsContext, access: Access, cardId: string): Promise<void> {
  const [row] = await context.sql<DueRevocation[]>`
    SELECT card_id AS "cardId", revocation_due AS reason,
      revocation_due_at <= ${new Date(context.clock.now())} AS "isRipe"
    FROM cards.card WHERE card_id = ${cardId} AND revocation_due IS NOT NULL`;
  if (row) await revoke(context, access, row);
}

async function revoke(context: CardsContext, access: Access, due: DueRevocation): Promise<boolean> {
  const revoked = await context.certification.revokeForCard(access, due.cardId, due.reason);
  if (!revoked.ok || !due.isRipe) return false;
  await strikeOut(context.sql, due);
  return true;
}

/** Not if the card became due for another reason meanwhile. */
async function strikeOut(sql: Sql, due: DueRevocation): Promise<void> {
  await sql`
    UPDATE cards.card SET revocation_due = NULL, revocation_due_at = NULL
    WHERE card_id = ${due.cardId} AND revocation_due = ${due.reason}`;
}
