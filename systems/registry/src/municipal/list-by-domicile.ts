/**
 * What a municipality of residence tells a municipality of domicile all at once, when that begins to keep its supplementary
 * register (the initial load of docs/flows/overseas.md): today's Japanese residents whose domicile begins with the
 * given place, in portions. The ledger entry of each is written in the transaction that reads the portion.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Access } from '../access.ts';
import { formatAddress } from '../identity/address.ts';
import type { Sex } from '../identity/event-reason.ts';
import { municipalSite, type RegistryContext } from '../registry-context.ts';
import type { Resident } from './resident.ts';
import { residentColumns } from './resident-store.ts';

/** A resident as far as an entry needs it. */
export interface ResidentByDomicile {
  readonly residentCode: string;
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly sex: Sex;
  readonly address: string;
  readonly addressFixedOn: string;
  readonly domicile: string;
  readonly familyRegisterHead: string | null;
}

const PORTION = 2_000;

/** @param place what the domicile begins with: `東京都清瀬市` */
export async function* listByDomicile(
  context: RegistryContext,
  municipality: string,
  place: string,
  access: Access,
): AsyncGenerator<readonly ResidentByDomicile[]> {
  for (let after = ''; ; ) {
    const portion = await readPortion(context, municipality, place, access, after);
    if (portion.length > 0) yield portion;
    if (portion.length < PORTION) return;
    after = portion.at(-1)?.residentCode ?? '';
  }
}

function readPortion(
  context: RegistryContext,
  municipality: string,
  place: string,
  access: Access,
  after: string,
): Promise<readonly ResidentByDomicile[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const residents = await residentsOf(tx, municipality, place, after);
    await recordEntries(
      tx,
      residents.map(({ residentCode }) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', 'domicile'],
        result: 'ok',
      })),
    );
    return residents.map((resident) => ({
      residentCode: resident.residentCode,
      name: resident.name,
      birthDate: resident.birthDate,
      sex: resident.sex,
      address: formatAddress(context.municipalities, municipality, resident),
      addressFixedOn: resident.addressFixedOn,
      domicile: resident.domicile ?? '',
      familyRegisterHead: resident.familyRegisterHead,
    }));
  });
}

const residentsOf = (
  tx: Tx,
  municipality: string,
  place: string,
  after: string,
): Promise<readonly Resident[]> => tx<Resident[]>`
  SELECT ${residentColumns(tx)} FROM registry.municipal_resident
  WHERE municipality_code = ${municipality} AND status = 'resident' AND nationality = 'JPN'
    AND starts_with(domicile, ${place}) AND resident_code > ${after}
  ORDER BY resident_code LIMIT ${PORTION}`;
