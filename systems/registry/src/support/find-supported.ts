/**
 * Whether persons are under a support measure that a municipality knows of, its own or another's: what everything that gives
 * out addresses asks first. Expiry is by the date of the clock; each look is on the ledger.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { codesOfPersons } from '../codes/retired-codes.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import type { Abuser } from './support-measure.ts';

/** A measure in force as a municipality knows it. */
export interface FlagInForce {
  readonly residentCode: string;
  /** The municipality that decided. */
  readonly origin: string;
  readonly measureId: string;
  readonly validUntil: IsoDate;
  readonly abusers: readonly Abuser[];
}

/** The flags in force of some persons, inside a transaction scoped to the municipality. */
export async function flagsInForce(
  tx: Tx,
  municipality: string,
  residentCodes: readonly string[],
  today: IsoDate,
): Promise<readonly FlagInForce[]> {
  // a flag stays under the code of its day
  const codes = await codesOfPersons(tx, municipalSite(municipality), residentCodes);
  const rows = await tx<FlagInForce[]>`
    SELECT resident_code AS "residentCode", origin, measure_id AS "measureId", valid_until AS "validUntil", abusers
    FROM registry.municipal_support_flag
    WHERE municipality_code = ${municipality} AND resident_code = ANY(${[...residentCodes, ...codes.keys()]})
      AND ${today} BETWEEN valid_from AND valid_until
    ORDER BY resident_code, origin, measure_id`;
  return rows.map((row) => ({ ...row, residentCode: codes.get(row.residentCode) ?? row.residentCode }));
}

/** Those of some persons who are under a support measure; whoever asks says under which access. */
export function findSupported(
  context: RegistryContext,
  municipality: string,
  access: Access,
  residentCodes: readonly string[],
): Promise<ReadonlySet<string>> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const now = context.clock.now();
    const flags = await flagsInForce(tx, municipality, residentCodes, dateInTokyo(now));
    const supported = new Set(flags.map(({ residentCode }) => residentCode));
    await recordEntries(
      tx,
      residentCodes.map((code) => ({
        site,
        at: now,
        ...access,
        subject: context.pseudonyms.of(site, code),
        fields: ['support-measure'],
        result: supported.has(code) ? 'in-force' : 'ok',
      })),
    );
    return supported;
  });
}
