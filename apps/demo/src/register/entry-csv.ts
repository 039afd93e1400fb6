/**
 * The entry file of a municipality of domicile, made of what municipalities of residence hold: the columns of
 * docs/flows/overseas.md, in pieces and with bounded memory.
 */
import { writeRecord } from '@ishizue/csv';
import { ENTRY_COLUMNS, type EntryColumn } from '@ishizue/overseas';
import type { ResidentByDomicile } from '@ishizue/registry';

/** Writes an entry for each resident, one piece a portion. */
export async function* writeEntryCsv(
  portions: AsyncIterable<readonly ResidentByDomicile[]>,
): AsyncGenerator<Buffer, void, undefined> {
  yield Buffer.from(writeRecord(ENTRY_COLUMNS));
  for await (const residents of portions) {
    const lines = residents.map((resident) => {
      const fields = fieldsOf(resident);
      return writeRecord(ENTRY_COLUMNS.map((column) => fields[column]));
    });
    yield Buffer.from(lines.join(''));
  }
}

const fieldsOf = (resident: ResidentByDomicile): Readonly<Record<EntryColumn, string>> => ({
  resident_code: resident.residentCode,
  family_register: resident.domicile,
  family_register_head: resident.familyRegisterHead ?? '',
  name: resident.name,
  birth_date: resident.birthDate,
  sex: String(resident.sex),
  overseas: '',
  address: resident.address,
  address_fixed_on: resident.addressFixedOn,
});
