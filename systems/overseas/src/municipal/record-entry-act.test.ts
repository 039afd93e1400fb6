import assert from 'node:assert/strict';
import { test } from 'node:test';
import { residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { bytesOf, loadFile } from '../load/load-for-test.ts';
import { entryFile, testOverseas } from '../testing/index.ts';
import type { EntryAct } from './decide-entry-act.ts';
import { recordEntryAct } from './record-entry-act.ts';

const HARUKA = '24727059608';
const NEW = residentCodeOf('0123456789');

const enter: EntryAct = {
  act: 'enter',
  residentCode: NEW,
  eventDate: '2026-11-10',
  familyRegister: '神奈川県鎌倉市御成町18番',
  familyRegisterHead: '石川　太郎',
  name: '石川　葵',
  birthDate: '2026-11-01',
  sex: 1,
  address: '東京都清瀬市元町一丁目4番5号',
  addressFixedOn: '2026-11-01',
};

test('an officer enters, corrects and deletes as the family register has it; all tiers follow, refusals change nothing', async (t) => {
  const house = await testOverseas(t);
  const sql = house.country.database.superuser();
  t.after(() => sql.end());
  await loadFile(t, house, KAMAKURA, bytesOf(entryFile([{}])));
  await house.country.settle();
  const outcomes: string[] = [];
  const act = async (one: EntryAct, municipality = KAMAKURA): Promise<string> => {
    const done = await recordEntryAct(house.context, municipality, testAccess, one);
    await house.country.settle();
    const outcome = done.ok ? 'ok' : done.failure.code;
    outcomes.push(outcome);
    return outcome;
  };
  const tiers = async (code: string): Promise<readonly string[]> => {
    const rows = await sql<{ held: string }[]>`
      SELECT name || ' ' || birth_date || ' ' || state AS held FROM overseas.municipal_entry WHERE resident_code = ${code}
      UNION ALL SELECT name || ' ' || birth_date || ' ' || state FROM overseas.prefectural_person
      WHERE resident_code = ${code}
      UNION ALL SELECT name || ' ' || birth_date || ' ' || state FROM overseas.national_person
      WHERE resident_code = ${code}`;
    return rows.map(({ held }) => held);
  };
  const same = (held: string): readonly string[] => [held, held, held];
  const day = { residentCode: HARUKA, eventDate: '2026-11-10' };

  assert.equal(await act(enter), 'ok');
  assert.deepEqual(await tiers(NEW), same('石川　葵 2026-11-01 current'));
  assert.equal(await act(enter), 'entry-exists');
  assert.equal(await act({ ...day, act: 'correct', name: '髙橋　遥', birthDate: '1980-02-18' }), 'ok');
  assert.deepEqual(await tiers(HARUKA), same('髙橋　遥 1980-02-18 current'));
  assert.equal(await act({ ...day, act: 'correct', name: '髙橋　遥' }), 'correction-changes-nothing');
  for (const [code, wrong] of [
    ['resident-code-check-digit', { ...enter, residentCode: '24727059600' }],
    ['resident-code-malformed', { ...enter, residentCode: '123456789018' }],
    ['text-refused', { ...enter, name: '' }],
    ['text-refused', { ...day, act: 'correct', name: '石\u202e川' }],
    ['individual-number-in-text', { ...day, act: 'correct', name: '石川 123456789018' }],
    ['birth-date-invalid', { ...day, act: 'correct', birthDate: '1980-13-01' }],
    ['event-date-invalid', { ...enter, addressFixedOn: '2026-10-01' }],
    ['event-date-invalid', { ...day, act: 'delete', eventDate: '2099-01-01' }],
    [
      'domicile-elsewhere',
      { ...enter, residentCode: residentCodeOf('0123456780'), familyRegister: '東京都清瀬市元町' },
    ],
    ['entry-unknown', { act: 'delete', residentCode: residentCodeOf('0123456780'), eventDate: '2026-11-10' }],
  ] as const)
    assert.equal(await act(wrong), code);
  assert.equal(await act({ ...day, act: 'delete' }, KIYOSE), 'entry-unknown', 'another municipality’s entry');
  assert.equal(await act({ ...day, act: 'delete' }), 'ok');
  assert.deepEqual(await tiers(HARUKA), same('髙橋　遥 1980-02-18 deleted'));
  assert.equal(await act({ ...day, act: 'delete' }), 'entry-deleted');
  assert.equal(await act({ ...day, act: 'correct', name: '石川　遥' }), 'entry-deleted');
  assert.deepEqual(await tiers(NEW), same('石川　葵 2026-11-01 current'));
  const ledger = await sql<{ result: string }[]>`
    SELECT result FROM ledger.entry WHERE site LIKE 'municipal/%' AND NOT 'initial-load' = ANY (fields) ORDER BY tx, id`;
  assert.deepEqual(
    ledger.map(({ result }) => result),
    outcomes,
    'every act is on the ledger, refused or not',
  );
});
