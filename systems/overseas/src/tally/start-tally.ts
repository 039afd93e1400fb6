/**
 * A comparison begins at the municipality of domicile: it tells its prefecture how many current entries it has and their
 * digest, on the link on which their changes climb. Flow: docs/flows/overseas.md step 8.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import { type Access, municipalSite } from '@ishizue/registry';
import type { OverseasContext } from '../overseas-context.ts';
import { prefecturalLink } from '../overseas-links.ts';
import { noEntries, OVERSEAS_TALLY, readTallies, type ToldTally } from './tally.ts';

/** @param runId by which the results at the upper sites are known */
export async function startTally(
  context: OverseasContext,
  municipality: string,
  access: Access,
  runId: string,
): Promise<void> {
  const site = municipalSite(municipality);
  await inTransaction(context.sql, { site }, async (tx) => {
    const [held = noEntries(municipality)] = await readTallies(tx, 'overseas.municipal_entry', [
      municipality,
    ]);
    const body: ToldTally = { ...held, runId };
    await recordEntries(tx, [
      {
        site,
        at: context.clock.now(),
        ...access,
        subject: null,
        fields: ['resident-code', 'identity-digest'],
        result: 'told',
      },
    ]);
    const link = prefecturalLink(context.municipalities, municipality);
    await sendAll(tx, [{ link, subject: `tally ${municipality}`, topic: OVERSEAS_TALLY, body }]);
  });
  context.wake();
}
