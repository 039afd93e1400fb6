/**
 * A support measure's announcement and an entry of the same person may reach the national site at once, over two links.
 * One of them must see the other, also where the nation has no row yet of the person that both could lock. So
 * announcements are alone with the books: entries share a lock, an announcement has it to itself, until the transaction
 * ends. What either asks of the books must be asked after it.
 */
import type { Tx } from '@ishizue/db';

const ORDER = 'support announcements';

/** Before an entry asks whose measures it meets: waits for announcements under way, not for other entries. */
export async function awaitAnnouncements(tx: Tx): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended(${ORDER}, 0))`;
}

/** Before an announcement asks where its persons live: waits for entries under way, and those that come wait for it. */
export async function awaitEntries(tx: Tx): Promise<void> {
  await tx`SELECT pg_advisory_xact_lock(hashtextextended(${ORDER}, 0))`;
}
