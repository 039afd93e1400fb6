/**
 * Owners hear when a card with their application is void, renewed cards too: the application does not follow by itself. A run takes
 * the cards that became void since the last, and looks once at each loading that is new, so that nothing is missed however
 * long nobody ran it and the work is what is new; each card is told once. An owner learns its own hash of the card, and no person.
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
  for (;;) {
    const over = await context.findVoidCards(PAGE);
    if (over.length === 0) break;
    told += await tell(context, access, over);
    await context.strikeVoidCards(over.map(({ cardId }) => cardId));
  }
  for (;;) {
    const fresh = await newLoadings(context);
    if (fresh.length === 0) return told;
    // asked after the loadings were seen: a card that becomes void from now on is on the list of cards
    const standing = await context.findCardStates([...new Set(fresh.map(({ cardId }) => cardId))]);
    const over = standing.filter(({ state }) => state === 'void');
    if (over.length > 0) told += await tell(context, access, over);
    await markLookedAt(
      context,
      fresh.map(({ loadingId }) => loadingId),
    );
  }
}

const newLoadings = (
  context: CardApplicationsContext,
): Promise<readonly { readonly loadingId: string; readonly cardId: string }[]> =>
  inTransaction(
    context.sql,
    { site: NATIONAL_SITE },
    (tx) => tx<{ loadingId: string; cardId: string }[]>`
      SELECT loading_id AS "loadingId", card_id AS "cardId" FROM card_applications.loading
      WHERE NOT is_looked_at ORDER BY loading_id LIMIT ${PAGE}`,
  );

async function markLookedAt(context: CardApplicationsContext, loadingIds: readonly string[]): Promise<void> {
  await inTransaction(context.sql, { site: NATIONAL_SITE }, (tx) =>
    tx`
      UPDATE card_applications.loading SET is_looked_at = true WHERE loading_id IN (SELECT unnest(${[...loadingIds]}::text[])::uuid)`.execute(),
  );
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
