import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residentCodeOf } from '../identity/resident-code.ts';
import { importRegister } from '../import/import-register.ts';
import { KIYOSE, registerFile, testAccess, testCountry } from '../testing/index.ts';
import { listByDomicile } from './list-by-domicile.ts';
import { recordEvent } from './record-event.ts';

const KAMAKURA_PLACE = '神奈川県鎌倉市';

test('current Japanese residents of the domicile are listed in portions, each once, each on the ledger', async (t) => {
  const country = await testCountry(t);
  const session = country.database.session('registry');
  t.after(() => session.end({ timeout: 1 }));
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const resident = (nth: number, fields: Readonly<Record<string, string>> = {}) => ({
    resident_number: String(nth),
    household_number: String(nth),
    resident_code: residentCodeOf(String(8_000_000_000 + nth)),
    domicile: `${KAMAKURA_PLACE}御成町${nth}番`,
    ...fields,
  });
  const rows = [
    ...Array.from({ length: 2_001 }, (_, index) => resident(index)),
    resident(3_001, { domicile: '東京都清瀬市元町一丁目4番' }),
    resident(3_002, { nationality: 'BRA', residence_status: '永住者' }),
    resident(3_003, { domicile: '' }),
    resident(3_004),
  ];
  async function* text(): AsyncGenerator<string> {
    yield registerFile(rows);
  }
  const reject = (): Promise<void> => Promise.resolve();
  await importRegister(country.context, {
    municipality: KIYOSE,
    text: text(),
    access: testAccess,
    session,
    reject,
  });
  const died = await recordEvent(country.context, KIYOSE, testAccess, 'request-1', {
    reason: 'death',
    residentCode: residentCodeOf('8000003004'),
    eventDate: '2026-11-18',
  });
  assert.ok(died.ok);
  const access = { ...testAccess, affair: 'domicile-list' };
  const portions = await Array.fromAsync(listByDomicile(country.context, KIYOSE, KAMAKURA_PLACE, access));
  assert.deepEqual(
    portions.map((portion) => portion.length),
    [2_000, 1],
  );
  const listed = portions.flat();
  assert.equal(new Set(listed.map(({ residentCode }) => residentCode)).size, 2_001);
  assert.ok(listed.every(({ domicile }) => domicile.startsWith(KAMAKURA_PLACE)));
  assert.equal(listed[0]?.address, '東京都清瀬市元町一丁目4番5号');
  const [entries] = await sql`SELECT count(*) AS count FROM ledger.entry WHERE affair = 'domicile-list'`;
  assert.equal(entries?.['count'], 2_001);
});
