/** Asks the numbering centre again for a resident's number (after a loss, or to be sure): the answer is the same number. */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import { RESIDENT_RECORDED } from './notices.ts';
import { findResident } from './resident-store.ts';

export async function requestNumber(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCode: string,
): Promise<Result<undefined, 'resident-not-found'>> {
  const site = municipalSite(municipality);
  const asked = await inTransaction(context.sql, { site }, async (tx) => {
    const resident = await findResident(tx, municipality, residentCode);
    await recordEntries(tx, [
      {
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['resident-code'],
        result: resident ? 'ok' : 'resident-not-found',
      },
    ]);
    if (!resident) return fail('resident-not-found', 'no such resident in this municipality');
    await sendAll(
      tx,
      context
        .newRecordLinks(municipality)
        .map((link) => ({ link, subject: residentCode, topic: RESIDENT_RECORDED, body: { residentCode } })),
    );
    return ok(undefined);
  });
  context.wake();
  return asked;
}
