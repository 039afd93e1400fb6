/**
 * Owners hear when a card with their application is void, renewed cards too: the application does not follow by itself. A run goes
 * through all cards that have applications and asks cards how they stand, so that nothing is missed however long
 * nobody ran it; each card is told once. An owner learns its own hash of the card, and no person.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type Access, NATIONAL_SITE } from '@ishizue/registry';
import type { CardApplicationsContext } from '../card-applications-context.ts';

export interface OwnerNotice {
  readonly id: number;
  readonly aid: string;
  /** Hexadecimal. */
  readonly cardHash: string;
  readonly reason: 'card-void';
}

const PAGE = 1_000;

/** How many owners’ notices were written. */
export async function noticeVoidCards(context: CardApplicationsContext, access: Access): Promise<number> {
  let told = 0;
  for (let after = ''; ; ) {
    const cardIds = await cardsAfter(context, after);
    const last = cardIds.at(-1);
    if (last === undefined) return told;
    after = last;
    const standing = await context.findCardStates(cardIds);
    const over = standing.filter(({ state }) => state === 'void');
    if (over.length > 0) told += await tell(context, access, over);
  }
}

async function cardsAfter(context: CardApplicationsContext, after: string): Promise<readonly string[]> {
  const rows = await inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ cardId: string }[]>`
      SELECT DISTINCT card_id AS "cardId" FROM card_applications.loading
      WHERE card_id > ${after} AND state NOT IN ('deleted', 'refused') AND card_void_at IS NULL
      ORDER BY 1 LIMIT ${PAGE}`,
  );
  return rows.map(({ cardId }) => cardId);
}

function tell(
  context: CardApplicationsContext,
  access: Access,
  over: readonly { readonly cardId: string; readonly residentCode: string }[],
): Promise<number> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const now = context.clock.now();
    const told = await write(
      tx,
      over.map(({ cardId }) => cardId),
      new Date(now),
    );
    const holders = new Map(over.map(({ cardId, residentCode }) => [cardId, residentCode]));
    await recordEntries(
      tx,
      told.map(({ cardId, aid }) => ({
        site: NATIONAL_SITE,
        at: now,
        ...access,
        subject: context.pseudonyms.of(NATIONAL_SITE, holders.get(cardId) ?? ''),
        fields: ['card-application', aid.toLowerCase(), 'owner-told'],
        result: 'ok',
      })),
    );
    return told.length;
  });
}

const write = (
  tx: Tx,
  cardIds: readonly string[],
  at: Date,
): Promise<readonly { readonly cardId: string; readonly aid: string }[]> => tx<
  { cardId: string; aid: string }[]
>`
  WITH over AS (
    UPDATE card_applications.loading SET card_void_at = ${at}
    WHERE card_id = ANY(${cardIds}) AND state NOT IN ('deleted', 'refused') AND card_void_at IS NULL
    RETURNING card_id, aid, card_hash
  ), told AS (
    INSERT INTO card_applications.owner_notice (owner, aid, card_hash, reason, at)
    SELECT a.owner, o.aid, o.card_hash, 'card-void', ${at} FROM over o JOIN card_applications.application a USING (aid)
  )
  SELECT card_id AS "cardId", aid FROM over`;

/** An owner’s notices behind the one it has already, in their order. */
export async function noticesOf(
  context: Pick<CardApplicationsContext, 'sql'>,
  owner: string,
  after = 0,
): Promise<readonly OwnerNotice[]> {
  return inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<OwnerNotice[]>`
      SELECT id::int AS id, aid, encode(card_hash, 'hex') AS "cardHash", reason FROM card_applications.owner_notice
      WHERE owner = ${owner} AND id > ${after} ORDER BY id LIMIT ${PAGE}`,
  );
}
