/**
 * Reads for a copy of the record (住民票の写し, 住民基本台帳法 art. 12): the person, the household if asked for. The ledger
 * entry of every member whose data leave is written in the transaction that reads.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import type { Resident } from './resident.ts';
import { findResident, listHousehold } from './resident-store.ts';

export type ReadFailure = 'resident-not-found' | 'resident-not-current';

/** Who is asked for: the person alone, or everyone in the household. */
export type ReadExtent = 'person' | 'household';

/** The resident of a code (first) and, for a household, the other members. Deleted records are not given out. */
export async function readHousehold(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCode: string,
  extent: ReadExtent,
): Promise<Result<readonly Resident[], ReadFailure>> {
  const site = municipalSite(municipality);
  // one snapshot: a change between two reads would mix two states of a household on one paper
  return inTransaction(context.sql, { site, isSnapshot: true }, async (tx) => {
    const resident = await findResident(tx, municipality, residentCode);
    const refusal = !resident
      ? fail('resident-not-found', 'no such resident in this municipality')
      : resident.status !== 'resident'
        ? fail('resident-not-current', 'the record is a deleted one')
        : undefined;
    const members =
      !resident || refusal
        ? []
        : extent === 'person'
          ? [resident]
          : await listHousehold(tx, municipality, resident.householdNumber);
    const subjects = refusal ? [residentCode] : members.map((member) => member.residentCode);
    await recordEntries(
      tx,
      subjects.map((subject) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, subject),
        fields: ['resident-record'],
        result: refusal ? refusal.failure.code : 'ok',
      })),
    );
    return refusal ?? ok(members);
  });
}
