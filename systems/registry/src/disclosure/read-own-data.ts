/**
 * Identity data as a site holds them now, for the paper of a disclosure: all items of 本人確認情報 with the last change, and the
 * codes that the person has had there. The look is on the ledger in the same transaction, also where there is nobody.
 */
import { inTransaction } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { codesOfPerson, currentCodes } from '../codes/retired-codes.ts';
import type { EventReason } from '../identity/event-reason.ts';
import type { IdentifiedPerson } from '../tiers/find-person.ts';
import { ofPrefecture } from '../tiers/person-store.ts';
import type { DisclosureContext } from './disclosure-context.ts';

/** A person's data, with the individual number in clear. */
export interface OwnData extends Omit<IdentifiedPerson, 'individualNumber'> {
  readonly individualNumber: string | null;
  readonly nameKana: string | null;
  /** The last change. */
  readonly reason: EventReason;
  readonly eventDate: string;
  /** Of the last notice of the municipality: with the municipality it names what is held, without saying any of it. */
  readonly sequence: number;
  /** All codes, that of now first. */
  readonly codes: readonly string[];
}

/** Which notice the data are of, `132217/3`. */
export const heldOf = ({ municipality, sequence }: Pick<OwnData, 'municipality' | 'sequence'>): string =>
  `${municipality}/${sequence}`;

type Row = Omit<OwnData, 'codes' | 'individualNumber'> & Pick<IdentifiedPerson, 'individualNumber'>;

/** The data of a resident code, also of one that is used up. */
export async function readOwnData(
  { registry, tier }: DisclosureContext,
  access: Access,
  residentCode: string,
): Promise<OwnData | undefined> {
  const found = await inTransaction(registry.sql, { site: tier.site }, async (tx) => {
    const code = (await currentCodes(tx, tier.site, [residentCode])).get(residentCode) ?? residentCode;
    const [person] = await tx<Row[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, status, name, name_kana AS "nameKana",
        former_surname AS "formerSurname", alias, birth_date AS "birthDate", sex, address,
        individual_number AS "individualNumber", reason, event_date AS "eventDate", sequence
      FROM ${tx(tier.personTable)} WHERE ${ofPrefecture(tx, tier)} resident_code = ${code}`;
    await recordEntries(tx, [
      {
        site: tier.site,
        at: registry.clock.now(),
        ...access,
        subject: registry.pseudonyms.of(tier.site, code),
        fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', 'individual-number', 'change'],
        result: person ? 'ok' : 'person-unknown',
      },
    ]);
    return person && { ...person, codes: await codesOfPerson(tx, tier.site, code) };
  });
  return found && registry.numbers.openRow(found);
}

/** Which notice is held of each of some codes now; whom the site does not hold is not in the answer. */
export async function readHeld(
  { registry, tier }: DisclosureContext,
  access: Access,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return inTransaction(registry.sql, { site: tier.site }, async (tx) => {
    const current = await currentCodes(tx, tier.site, residentCodes);
    const codes = residentCodes.map((code) => current.get(code) ?? code);
    const rows = await tx<Pick<OwnData, 'residentCode' | 'municipality' | 'sequence'>[]>`
      SELECT resident_code AS "residentCode", municipality_code AS municipality, sequence
      FROM ${tx(tier.personTable)} WHERE ${ofPrefecture(tx, tier)} resident_code = ANY(${codes})`;
    const heldBy = new Map(rows.map((row) => [row.residentCode, heldOf(row)]));
    await recordEntries(
      tx,
      codes.map((code) => ({
        site: tier.site,
        at: registry.clock.now(),
        ...access,
        subject: registry.pseudonyms.of(tier.site, code),
        fields: ['change'],
        result: heldBy.has(code) ? 'ok' : 'person-unknown',
      })),
    );
    return new Map(
      residentCodes.flatMap((asked, index) => {
        const held = heldBy.get(codes[index] ?? '');
        return held === undefined ? [] : [[asked, held] as const];
      }),
    );
  });
}
