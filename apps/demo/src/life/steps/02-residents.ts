/** Step 2: the municipality hands over a register file with the household of the story and rows that are wrong. */
import { writeRecord } from '@ishizue/csv';
import { ENTRY_COLUMNS } from '@ishizue/overseas';
import { z } from 'zod';
import { eventually, type LifeStep, orUndefined } from '../life-step.ts';
import { HOME_SITE, NATIONAL, type Person, type Story, TERMINAL } from '../story.ts';

const counts = z.object({
  read: z.int(),
  loaded: z.int(),
  unchanged: z.int(),
  rejected: z.int(),
  rejects: z.array(z.object({ row: z.int(), code: z.string() })),
});
const resident = z.object({ residentCode: z.string(), individualNumber: z.string().nullable() });
const identified = z.object({ name: z.string(), status: z.string() });

export const residents: LifeStep = {
  number: 2,
  title: { ja: '住民の登録', en: 'Residents' },
  explains: {
    ja: '清瀬市が住民記録のファイルを渡します。正しい行は登録され、誤った行は行番号と理由とともに返されます。',
    en: 'Kiyose hands over a register file. Good rows load; bad rows come back with row number and reason.',
  },
  async play(story, checks) {
    const { client, state } = story;
    const file = { bytes: Buffer.from(registerFile(story)), mediaType: 'text/csv' };
    story.keep('register.csv', file.bytes);
    const first = await client.send(HOME_SITE, '/register-files', file, counts);
    const rejected = first.rejects.map(({ row, code }) => `${row} ${code}`).join(', ');
    checks.that(
      first.loaded + first.unchanged === 2 &&
        rejected === '4 birth-date-invalid, 5 resident-code-check-digit',
      '正しい2行が登録され、誤った2行が理由とともに返された',
      'the two good rows loaded, the two bad ones came back with their reasons',
      rejected,
    );
    const second = await client.send(HOME_SITE, '/register-files', file, counts);
    checks.that(
      second.loaded === 0 && second.unchanged === 2,
      '同じファイルをもう一度渡しても何も変わらない',
      'the same file again changes nothing',
    );
    for (const person of [state.adult, state.elder]) {
      const found = await client.act(HOME_SITE, '/residents/search', search(person), resident);
      person.residentCode = found.residentCode;
    }
    const entries = { bytes: Buffer.from(entryFile(story)), mediaType: 'text/csv' };
    story.keep('entries.csv', entries.bytes);
    const entered = await client.send(HOME_SITE, '/entry-files', entries, counts);
    checks.that(
      entered.loaded + entered.unchanged === 2,
      '2人の戸籍の附票も登録された',
      'their entries of the supplementary family register loaded too: their domicile is in the city',
    );
    const adult = await eventually(
      () =>
        orUndefined('person-unknown', () =>
          client.act(NATIONAL, '/persons/look-up', lookUp(state.adult), identified),
        ),
      'the record at the national site',
    );
    checks.that(
      adult.name === state.adult.name && adult.status === 'resident',
      '氏名の文字（髙𣘺）が全国サーバまでそのまま届いた',
      'the characters of the name (髙𣘺) arrived unchanged at the national site',
    );
    return {
      ja: '2人世帯が登録され、住民票コードが付番されました。',
      en: 'A household of two was loaded; their resident codes came from the national allocation.',
    };
  },
};

const search = ({ name, birthDate }: Person) => ({ name, birthDate, terminal: TERMINAL });
const lookUp = ({ residentCode }: Person) => ({ residentCode, terminal: TERMINAL });

const DOMICILE = '東京都清瀬市元町一丁目4番';

/** The entries of the two at the municipality of domicile, which is the same city. */
function entryFile(story: Story): string {
  const rows = [story.state.adult, story.state.elder].map((person) => [
    story.known(person.residentCode, 'the resident code'),
    DOMICILE,
    person.name,
    person.name,
    person.birthDate,
    String(person.sex),
    '',
    '東京都清瀬市元町一丁目4番5号　コーポ礎203',
    '2015-04-01',
  ]);
  return [ENTRY_COLUMNS, ...rows].map(writeRecord).join('');
}

const COLUMNS = [
  'resident_number',
  'household_number',
  'relationship',
  'resident_code',
  'name',
  'name_kana',
  'birth_date',
  'sex',
  'nationality',
  'postal_code',
  'town',
  'lot',
  'building',
  'domicile',
  'family_register_head',
  'became_resident_on',
  'address_fixed_on',
] as const;

function registerFile({ state }: Story): string {
  const { adult, elder, householdNumber } = state;
  const rows = [
    rowOf(adult, householdNumber, '世帯主'),
    rowOf(elder, householdNumber, '父'),
    {
      ...rowOf(adult, `${householdNumber}1`, '世帯主'),
      resident_number: `${adult.residentNumber}8`,
      birth_date: '1990-02-30',
    },
    {
      ...rowOf(elder, `${householdNumber}2`, '世帯主'),
      resident_number: `${adult.residentNumber}9`,
      resident_code: '24727059600',
    },
  ];
  const lines = rows.map((row) => COLUMNS.map((column) => row[column]).join(','));
  return `${[COLUMNS.join(','), ...lines].join('\r\n')}\r\n`;
}

function rowOf(
  person: Person,
  householdNumber: string,
  relationship: string,
): Record<(typeof COLUMNS)[number], string> {
  return {
    resident_number: person.residentNumber,
    household_number: householdNumber,
    relationship,
    resident_code: '',
    name: person.name,
    name_kana: person.nameKana,
    birth_date: person.birthDate,
    sex: String(person.sex),
    nationality: 'JPN',
    postal_code: '2040021',
    town: '元町一丁目',
    lot: '4番5号',
    building: 'コーポ礎203',
    domicile: DOMICILE,
    family_register_head: person.name,
    became_resident_on: '2015-04-01',
    address_fixed_on: '2015-04-01',
  };
}
