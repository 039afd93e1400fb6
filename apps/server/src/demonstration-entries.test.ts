/** Supplementary family registers of a demonstration whose registers were loaded before there were any. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { systemClock } from '@ishizue/clock';
import { writeRecord } from '@ishizue/csv';
import { mustSucceed } from '@ishizue/outcome';
import { REGISTER_COLUMNS } from '@ishizue/registry';
import { readConfiguration } from './configuration.ts';
import { openCountry } from './country.ts';
import { loadDemonstrationEntries } from './demonstration-entries.ts';
import { loadRegister } from './municipal-register.ts';
import { RejectedRows } from './rejected-rows.ts';
import { openedData } from './testing/index.ts';

const KIYOSE = '132217';
const KAMAKURA = '142042';
const SOUND: Readonly<Record<string, string>> = {
  relationship: '世帯主',
  name: '石川　遥',
  name_kana: 'イシカワ　ハルカ',
  birth_date: '1980-02-17',
  sex: '2',
  town: '元町',
  lot: '4番5号',
  family_register_head: '石川　太郎',
  became_resident_on: '2001-04-01',
  address_fixed_on: '2001-04-01',
};

test('each domicile in the country gets its residents’ entries from all municipalities, once; others are left out', async (t) => {
  const configuration = readConfiguration({
    ISHIZUE_DATA: await openedData(t),
    ISHIZUE_DEMONSTRATION: 'off',
  });
  const country = await openCountry({
    configuration,
    municipalities: [KIYOSE, KAMAKURA],
    clock: systemClock,
  });
  t.after(() => country.close());
  const register = async (municipality: string, rows: readonly Readonly<Record<string, string>>[]) => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      const lines = rows.map((row, index) =>
        REGISTER_COLUMNS.map((column) => {
          const number = column === 'resident_number' || column === 'household_number';
          return number ? String(index + 1) : (row[column] ?? SOUND[column] ?? '');
        }),
      );
      yield Buffer.from([REGISTER_COLUMNS, ...lines].map(writeRecord).join(''));
    }
    const outcome = await loadRegister(country, {
      municipality,
      bytes: bytes(),
      rejects: new RejectedRows(10),
      operator: 'o-setup',
      correlation: randomUUID(),
    });
    assert.equal(mustSucceed(outcome, municipality).loaded, rows.length);
  };
  await register(KIYOSE, [
    { domicile: '東京都清瀬市元町一丁目4番' },
    { domicile: '神奈川県鎌倉市御成町18番' },
    { domicile: '静岡県熱海市春日町8番地' },
    { domicile: '', nationality: 'BRA', residence_status: '永住者', family_register_head: '' },
  ]);
  await register(KAMAKURA, [{ domicile: '神奈川県鎌倉市材木座1番' }, { domicile: '東京都清瀬市中里2番' }]);
  await country.settle(60_000);
  const told: string[] = [];
  const load = () =>
    loadDemonstrationEntries(country, (place, loaded) => void told.push(`${place} ${loaded}`));
  assert.deepEqual(await load(), { loaded: 4, rejected: 0 });
  assert.deepEqual(told, ['東京都清瀬市 2', '神奈川県鎌倉市 2']);
  assert.deepEqual(await load(), { loaded: 0, rejected: 0 }, 'each register once');
  const superuser = country.database.superuser();
  t.after(() => superuser.end());
  const held = await superuser`
    SELECT municipality_code, left(family_register, 6) AS domicile, left(address, 3) AS residence
    FROM overseas.municipal_entry ORDER BY 1, 3`;
  assert.deepEqual(
    held.map((row) => Object.values(row).join(' ')),
    [
      `${KIYOSE} 東京都清瀬市 東京都`,
      `${KIYOSE} 東京都清瀬市 神奈川`,
      `${KAMAKURA} 神奈川県鎌倉 東京都`,
      `${KAMAKURA} 神奈川県鎌倉 神奈川`,
    ],
  );
  const [national] = await superuser`SELECT count(*) AS count FROM overseas.national_person`;
  assert.equal(national?.['count'], 4);
  const [ledger] = await superuser`SELECT count(*) AS count FROM ledger.entry WHERE affair = 'domicile-list'`;
  assert.equal(ledger?.['count'], 4, 'nobody else was read');
});
