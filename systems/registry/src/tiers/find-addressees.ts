/**
 * Where letters to many persons go today, as the national site knows it, for the senders of notices: name, address and
 * municipality, and who is under a support measure and must not be written to. Two statements read, one writes the ledger
 * entries, which many persons share (docs/flows/joint-entries.md).
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { recordAlike } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { currentCodes } from '../codes/retired-codes.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { hiddenAmong } from '../support/hidden-from-search.ts';
import type { IdentifiedPerson } from './find-person.ts';

/** Somebody to write to. */
export interface Addressee extends Pick<IdentifiedPerson, 'municipality' | 'status' | 'name' | 'address'> {
  /** Under a support measure: the address goes into no letter and no file. */
  readonly isSupported: boolean;
}

/** The persons there are, by the resident code that was asked for; at most 5,000 a call. */
export function findAddressees(
  context: RegistryContext,
  access: Access,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, Addressee>> {
  const asked = [...new Set(residentCodes)];
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const current = await currentCodes(tx, NATIONAL_SITE, asked);
    const codeOf = (code: string): string => current.get(code) ?? code;
    const rows = await tx<(Omit<Addressee, 'isSupported'> & { readonly residentCode: string })[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name, address
      FROM registry.national_person WHERE resident_code = ANY(${asked.map(codeOf)})`;
    const byCode = new Map(rows.map(({ residentCode, ...person }) => [residentCode, person]));
    const at = context.clock.now();
    const supported = new Set(await hiddenAmong(tx, [...byCode.keys()], dateInTokyo(at)));
    const { correlation, ...common } = access;
    await recordAlike(
      tx,
      { site: NATIONAL_SITE, at, ...common, fields: ['name', 'address', 'support-measure'] },
      asked.map((code) => ({
        subject: context.pseudonyms.of(NATIONAL_SITE, codeOf(code)),
        result: byCode.has(codeOf(code)) ? 'ok' : 'person-unknown',
        correlation,
      })),
    );
    return new Map(
      asked.flatMap((code) => {
        const person = byCode.get(codeOf(code));
        return person ? [[code, { ...person, isSupported: supported.has(codeOf(code)) }] as const] : [];
      }),
    );
  });
}
