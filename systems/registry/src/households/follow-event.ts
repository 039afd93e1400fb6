/**
 * What follows in a household when somebody has left it or comes back, in the transaction of the event: who remains alone is
 * head (施行令 art. 25), and where an event is undone, so is that. Each person touched has a ledger entry.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import type { Resident } from '../municipal/resident.ts';
import { listHousehold } from '../municipal/resident-store.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { reversed, storeAct } from './household-store.ts';
import { HEAD } from './relationship.ts';
import type { Settled } from './settle-household.ts';

/** Call when the record after the event is written; `after.sequence` is the event's. */
export async function followEvent(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  { before, decision, takesBack }: Settled,
  after: Resident,
): Promise<void> {
  const { municipality, residentNumber } = after;
  const cause = { residentNumber, sequence: after.sequence };
  const at = context.clock.now();
  const { eventDate } = decision;
  const origin = { requestId: null, requestDigest: null, cause };
  if (takesBack) {
    const moves = reversed(takesBack);
    const undoes = takesBack.actNumber;
    await storeAct(tx, municipality, { kind: 'undo', eventDate, at }, { ...origin, undoes }, moves);
    const members = await listHousehold(tx, municipality, after.householdNumber);
    const heirs = members.filter((one) => moves.some((move) => move.residentNumber === one.residentNumber));
    await enter(tx, context, access, municipality, heirs);
  }
  if (before?.status !== 'resident') return;
  if (after.status === 'resident' && after.householdNumber === before.householdNumber) return;
  const [heir, ...others] = await listHousehold(tx, municipality, before.householdNumber);
  if (!heir || others.length > 0 || heir.relationship === HEAD) return;
  const { householdNumber, relationship } = heir;
  const move = {
    residentNumber: heir.residentNumber,
    householdBefore: householdNumber,
    relationshipBefore: relationship,
    householdAfter: householdNumber,
    relationshipAfter: HEAD,
  };
  await storeAct(tx, municipality, { kind: 'sole-member', eventDate, at }, { ...origin, undoes: null }, [
    move,
  ]);
  await enter(tx, context, access, municipality, [heir]);
}

async function enter(
  tx: Tx,
  context: RegistryContext,
  access: Access,
  municipality: string,
  members: readonly Resident[],
): Promise<void> {
  const site = municipalSite(municipality);
  await recordEntries(
    tx,
    members.map(({ residentCode }) => ({
      site,
      at: context.clock.now(),
      ...access,
      subject: context.pseudonyms.of(site, residentCode),
      fields: ['household', 'head-change'],
      result: 'ok',
    })),
  );
}
