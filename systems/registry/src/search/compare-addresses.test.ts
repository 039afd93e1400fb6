import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import { addressParts } from '@ishizue/text';
import { areaNamesOf } from './area-names.ts';
import { agreementOf, type Lenience, seekAddress } from './compare-addresses.ts';

const areas = areaNamesOf(new MunicipalityDirectory(bundledReference()));
const agreement = (query: string, held: string): readonly Lenience[] | undefined =>
  agreementOf(seekAddress(query, areas), addressParts(held));

const HOUSE = '東京都清瀬市元町二丁目1番2号';
const FLAT = `${HOUSE}　コーポさくら101号室`;

function agrees(
  rule: string,
  held: string,
  leniences: readonly Lenience[],
  ...queries: readonly string[]
): void {
  test(`agrees ${leniences.length === 0 ? 'whole' : `with ${leniences.join(' and ')}`}: ${rule}`, () => {
    for (const query of queries) assert.deepEqual(agreement(query, held), leniences, query);
  });
}

function differs(rule: string, held: string, ...queries: readonly string[]): void {
  test(`another address: ${rule}`, () => {
    for (const query of queries) assert.equal(agreement(query, held), undefined, query);
  });
}

agrees('丁目, 番地, 号 or hyphens', HOUSE, [], '東京都清瀬市元町2丁目1番地2号', '東京都清瀬市元町2-1-2');
agrees(
  'full width and kanji numerals',
  HOUSE,
  [],
  '東京都清瀬市元町２－１－２',
  '東京都清瀬市元町二丁目一番二号',
);
agrees('大字 and 字', '秋田県秋田市上野中原100番地', [], '秋田県秋田市大字上野字中原100');
agrees('spaces', FLAT, [], '東京都 清瀬市 元町 2-1-2 コーポさくら 101');
agrees(
  '号室, 号 or nothing after the room',
  FLAT,
  [],
  `${HOUSE} コーポさくら101`,
  `${HOUSE}コーポさくら１０１号`,
);
agrees('forms of characters', '東京都渋谷区広尾1番', [], '東京都澁谷區廣尾1番');
agrees('the county of a town', '東京都瑞穂町箱根ケ崎5番地', [], '東京都西多摩郡瑞穂町箱根ヶ崎5');

agrees('the query ends with the lot', FLAT, ['building-missing'], HOUSE, '東京都清瀬市元町2-1-2');
agrees('the register ends with the lot', HOUSE, ['building-missing'], FLAT, `${HOUSE} 101`);
agrees('the room in the lot', FLAT, ['room-in-lot'], '東京都清瀬市元町2-1-2-101');
agrees('no prefecture', HOUSE, ['prefecture-missing'], '清瀬市元町2-1-2');
agrees('no prefecture, no building', FLAT, ['prefecture-missing', 'building-missing'], '清瀬市元町2-1-2');
agrees(
  'no prefecture but the county',
  '東京都瑞穂町二本木5番地',
  ['prefecture-missing'],
  '西多摩郡瑞穂町二本木5',
);

differs(
  'another lot',
  HOUSE,
  '東京都清瀬市元町2-1-3',
  '東京都清瀬市元町2-12',
  '東京都清瀬市元町2-1',
  '東京都清瀬市元町1-2-2',
);
differs('another town', HOUSE, '東京都清瀬市上元町2-1-2', '東京都清瀬市松山2-1-2');
differs('another municipality', HOUSE, '東京都府中市元町2-1-2', '北海道清瀬市元町2-1-2');
differs(
  'another building or room',
  FLAT,
  `${HOUSE} コーポさくら102`,
  `${HOUSE} コーポわかば101`,
  `${HOUSE} 101`,
);
differs('another room in the lot', FLAT, '東京都清瀬市元町2-1-2-102', '東京都清瀬市元町2-1-2-1');
differs(
  'the rest of a lot after a space is no building',
  '東京都清瀬市元町1番地',
  '東京都清瀬市元町1番地 2-3',
);
differs('no lot to share', '東京都青ヶ島村無番地', '東京都青ヶ島村無番地コーポ101');
differs('a name that two prefectures have', '東京都府中市元町1番地', '府中市元町1番地');
differs('郡 that is no county', '福島県郡山市元町1番地', '福島県山市元町1番地', '山市元町1番地');
differs('the county of another prefecture', '東京都瑞穂町二本木5番地', '埼玉県西多摩郡瑞穂町二本木5');

test('names with 郡 in them are read as they are', () => {
  for (const name of ['福島県郡山市', '福岡県小郡市', '奈良県大和郡山市', '岐阜県郡上市', '愛知県蒲郡市'])
    assert.deepEqual(agreement(`${name}元町1`, `${name}元町1番地`), [], name);
  assert.deepEqual(agreement('蒲郡市元町1', '愛知県蒲郡市元町1番地'), ['prefecture-missing']);
});

test('the area of every municipality is read as itself', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  for (const { code } of directory.municipalities) {
    const address = `${directory.fullName(code)}元町1番地`;
    assert.deepEqual(agreement(address, address), [], address);
  }
});

test('an area without its prefecture is completed to its own municipality or not at all', () => {
  const directory = new MunicipalityDirectory(bundledReference());
  let completed = 0;
  for (const { code, name } of directory.municipalities) {
    const { place, isPrefectureAdded } = seekAddress(`${name}元町1番地`, areas);
    if (!isPrefectureAdded) continue;
    completed++;
    assert.equal(place, addressParts(`${directory.fullName(code)}元町1番地`).place);
  }
  assert.ok(completed > 1_600, `${completed} completed`);
});
