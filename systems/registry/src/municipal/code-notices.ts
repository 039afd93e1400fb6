/**
 * The written notice of a new resident code (住民基本台帳法 30-4): each change has one, which waits until a batch takes it to be
 * printed. What goes on the paper is read from the record in the transaction that marks the notice printed, with its ledger
 * entry; the same batch again gives the same papers. A code that has changed again meanwhile is not printed.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { formatAddress } from '../identity/address.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import type { Resident } from './resident.ts';
import { residentColumns } from './resident-store.ts';

/** Papers of one batch at the most: one answer. */
const CODE_NOTICES_MAX = 200;

/** What the paper says, and to whom it goes. */
export interface CodeNotice {
  readonly residentNumber: string;
  readonly sequence: number;
  readonly name: string;
  readonly postalCode: string | null;
  readonly address: string;
  readonly residentCode: string;
}

/** Takes the oldest notices into a batch and marks them printed. */
export function takeCodeNotices(
  context: RegistryContext,
  municipality: string,
  access: Access,
  batchId: string,
): Promise<readonly CodeNotice[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const now = context.clock.now();
    await tx`SELECT pg_advisory_xact_lock(hashtextextended(${`${municipality} code notices`}, 0))`;
    await tx`
      UPDATE registry.municipal_code_notice n
      SET state = 'printed', state_on = ${dateInTokyo(now)}::date, batch_id = ${batchId}
      WHERE municipality_code = ${municipality} AND state = 'queued'
        AND NOT EXISTS (SELECT FROM registry.municipal_code_notice b
          WHERE b.municipality_code = ${municipality} AND b.batch_id = ${batchId})
        AND (resident_number, sequence) IN (
          SELECT resident_number, sequence FROM registry.municipal_code_notice
          WHERE municipality_code = ${municipality} AND state = 'queued'
          ORDER BY state_on, resident_number LIMIT ${CODE_NOTICES_MAX})`;
    const rows = await tx<(Resident & { noticeSequence: number })[]>`
      SELECT n.sequence AS "noticeSequence", r.* FROM registry.municipal_code_notice n
      JOIN (SELECT ${residentColumns(tx)} FROM registry.municipal_resident
        WHERE municipality_code = ${municipality}) r ON r."residentNumber" = n.resident_number
      WHERE n.municipality_code = ${municipality} AND n.batch_id = ${batchId} AND n.state = 'printed'
      ORDER BY n.resident_number, n.sequence`;
    await recordEntries(
      tx,
      rows.map(({ residentCode }) => ({
        site,
        at: now,
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['name', 'address', 'resident-code'],
        result: 'ok',
      })),
    );
    return rows.map((row) => ({
      residentNumber: row.residentNumber,
      sequence: row.noticeSequence,
      name: row.name,
      postalCode: row.postalCode,
      address: formatAddress(context.municipalities, municipality, row),
      residentCode: row.residentCode,
    }));
  });
}
