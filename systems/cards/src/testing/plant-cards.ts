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

/** An active card each, numbered in the order of the codes (from 1 unless said), with its whole history; their ids. */
export async function plantActiveCards(
  superuser: Sql,
  residentCodes: readonly string[],
  days: { readonly issuedOn: IsoDate; readonly expiresOn: IsoDate },
  firstNumber = 1,
): Promise<readonly string[]> {
  const { issuedOn, expiresOn } = days;
  const places = residentCodes.map((_, index) => firstNumber + index);
  await pastTheGuard(superuser, async (tx) => {
    const given = tx`unnest(${[...residentCodes]}::text[], ${places}::int[]) AS given(code, place)`;
    await tx`
      INSERT INTO cards.application (application_id, request_id, resident_code, state, sequence, received_on, identity_digest)
      SELECT lpad(place::text, 23, '0'), place::text, code, 'handed-over', 8, ${issuedOn}::date, sha256('') FROM ${given}`;
    await tx`
      INSERT INTO cards.application_change (application_id, sequence, state, changed_at)
      SELECT lpad(place::text, 23, '0'), step.sequence, step.state, ${issuedOn}::date FROM ${given} CROSS JOIN unnest(ARRAY['received',
        'accepted', 'manufacturing', 'made', 'shipped', 'arrived', 'set-up', 'handed-over']) WITH ORDINALITY AS step(state, sequence)`;
    await tx`
      INSERT INTO cards.card (card_id, application_id, resident_code, state, sequence, issued_on, expires_on)
      SELECT lpad(place::text, 16, '0'), lpad(place::text, 23, '0'), code, 'active', 3, ${issuedOn}::date,
        ${expiresOn}::date FROM ${given}`;
    await tx`
      INSERT INTO cards.card_change (card_id, sequence, state, changed_at)
      SELECT lpad(place::text, 16, '0'), sequence, state, ${issuedOn}::date
      FROM ${given} CROSS JOIN (VALUES (1, 'begun'), (2, 'made'), (3, 'active')) AS step(sequence, state)`;
  });
  return places.map((place) => String(place).padStart(16, '0'));
}
