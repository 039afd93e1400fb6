/**
 * Cards that are simply there, for tests that are not about how cards come about; and changes of them that no program would
 * make. Both go past the database's own guard, as a superuser can.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';

/** Runs statements without triggers and foreign keys: what they leave is the test's own business. */
export const pastTheGuard = async (superuser: Sql, work: (tx: Tx) => Promise<unknown>): Promise<void> => {
  await superuser.begin(async (tx) => {
    await tx`SET LOCAL session_replication_role = replica`;
    await work(tx);
  });
};

/** An active card each, numbered from 1 in the order of the codes, with its whole history; their ids. */
export async function plantActiveCards(
  superuser: Sql,
  residentCodes: readonly string[],
  { issuedOn, expiresOn }: { readonly issuedOn: IsoDate; readonly expiresOn: IsoDate },
): Promise<readonly string[]> {
  await pastTheGuard(superuser, async (tx) => {
    const given = tx`unnest(${[...residentCodes]}::text[]) WITH ORDINALITY AS given(code, place)`;
    await tx`
      INSERT INTO cards.application (application_id, request_id, resident_code, state, sequence, received_on, identity_digest)
      SELECT lpad(place::text, 23, '0'), place::text, code, 'handed-over', 1, ${issuedOn}::date, sha256('') FROM ${given}`;
    await tx`
      INSERT INTO cards.card (card_id, application_id, resident_code, state, sequence, issued_on, expires_on)
      SELECT lpad(place::text, 16, '0'), lpad(place::text, 23, '0'), code, 'active', 3, ${issuedOn}::date,
        ${expiresOn}::date FROM ${given}`;
    await tx`
      INSERT INTO cards.card_change (card_id, sequence, state, changed_at)
      SELECT lpad(place::text, 16, '0'), sequence, state, ${issuedOn}::date
      FROM ${given} CROSS JOIN (VALUES (1, 'begun'), (2, 'made'), (3, 'active')) AS step(sequence, state)`;
  });
  return residentCodes.map((_, index) => String(index + 1).padStart(16, '0'));
}
