import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addressKey } from './index.ts';

function same(rule: string, ...addresses: readonly string[]): void {
  test(`same address: ${rule}`, () => {
    for (const address of addresses)
      assert.equal(addressKey(address), addressKey(addresses[0] ?? ''), address);
  });
}

function apart(rule: string, ...addresses: readonly string[]): void {
  test(`different addresses: ${rule}`, () => {
    const keys = addresses.map(addressKey);
    assert.equal(new Set(keys).size, keys.length, keys.join(' | '));
  });
}

function keeps(rule: string, ...addresses: readonly string[]): void {
  test(`a name stays a name: ${rule}`, () => {
    for (const address of addresses) assert.equal(addressKey(address), address);
  });
}

same(
  'the lot with its words, in digits and in kanji',
  '霞2丁目1番地2号',
  '霞2-1-2',
  '霞二丁目1番2号',
  '霞２丁目１番地２号',
  '霞二丁目一番二号',
  '霞二丁目一番地二号',
);
same(
  '番地, 番 and nothing after the last number',
  '青葉2-1',
  '青葉2丁目1番地',
  '青葉2丁目1番',
  '青葉二丁目一番',
);
same(
  'の and ノ between numbers',
  '上野1番地の2',
  '上野1番地2',
  '上野1-2',
  '上野1番地ノ2',
  '上野1の2',
  '上野一番地の二',
);
same(
  'characters that look like hyphens',
  ...Array.from('-－‐‑–—―−ー─ｰ', (hyphen) => `霞2${hyphen}1${hyphen}2`),
);
same('ー between kanji numerals', '霞二ー一ー二', '霞二－一－二', '霞2-1-2');
same(
  'tens, hundreds, thousands and positional numerals',
  '上野百二十三番地',
  '上野123番地',
  '上野一二三番地',
);
same('千 and 万', '上野一万二千三百番地', '上野12300');
same('two tens in 丁目', '南二十三丁目', '南23丁目', '南二三丁目');
same('大字 and 字 left out', '秋田市大字上野字中原100番地', '秋田市上野中原100', '秋田市上野字中原100');
same('forms of ケ between kanji', '霞ヶ関1', '霞ケ関1', '霞が関1', '霞ガ関1');
same('spaces before the lot', '東京都 千代田区　霞1-2', '東京都千代田区霞 1-2');
same('spaces inside the lot', '霞2丁目 1番 2号', '霞2丁目1番2号', '霞2 - 1 - 2');
same(
  'the building apart, with a space or straight after the lot',
  '霞2-1-2 コーポ101',
  '霞2丁目1番2号コーポ101',
  '霞2-1-2　コーポ 101',
  '霞2-1-2コーポ１０１',
);
same('old forms of kanji', '澁谷區1', '渋谷区1');
same('一番町 with its lot', '一番町1番1号', '一番町一番一号', '一番町1-1');
same('a town that ends in 番', '麻布十番2丁目3番4号', '麻布十番二丁目三番四号', '麻布十番2-3-4');
same('a town that ends in numerals', '四十万五丁目1', '四十万5丁目1');
same('a lot that has no 丁目, in kanji', '千代田一番一号', '千代田1番1号', '千代田1-1');
same('三田 before and in the lot', '三田三丁目5番', '三田3-5');

apart('other numbers', '霞2-1-2', '霞2-1', '霞2-12', '霞21-2', '霞2-1-2-1', '霞1-2-2');
apart('a room and a lot', '霞2-1-2 101', '霞2-1-2-101', '霞2-1-2101');
apart('buildings', '霞2-1 コーポA', '霞2-1 コーポB', '霞2-1');
apart('numbers in a building', '霞1 メゾン2 101', '霞1 メゾン2101');
apart('新橋 and 橋', '新橋1-1', '橋1-1');
apart('一番町, 1番 and 町', '一番町2', '町1-2', '1-2');
apart('三田, 3田 and 田', '三田1', '3田1', '田1');
apart('二の丸 and 2-丸', '二の丸1', '2-丸1', '丸2-1');
apart('一ノ宮, 一宮 and 1-宮', '一ノ宮1', '一宮1', '1-宮1');
apart('十文字 and 十文', '十文字1', '十文1');
apart('ケ in a word of kana', 'ハケ1', 'ハが1');
apart('ー in a word of kana', 'センター1', 'センタ1', 'センタ-1');
apart('三条 and 3条', '三条1', '3条1');
apart('a park and a lot', '2丁目公園', '2公園');
apart('1番地区 and 1区', '1番地区', '1区');
apart('numerals before a name after the lot', '霞1-三田ビル', '霞1-3田ビル', '霞1-3');

keeps(
  'numerals not before a word of the lot',
  '三田',
  '八千代市',
  '四日市市',
  '九十九里町',
  '三千院',
  '百合丘',
  '千歳市',
  '二十四軒一条',
);
keeps('番 in a name', '一番町', '三番街', '二番館', '六番丁', '麻布十番', '一番目', '七番組');
keeps('号 in a name', '第一号棟', '国道2号線', '101号室', '二号地');
keeps('の and ノ in a name', '二の丸', '三ノ宮', '一の橋', '山の手');
keeps('字 in a name', '十文字町', '大文字町', '一文字');
keeps('丁 that is no 丁目', '砂道町2丁', '三丁');
keeps('数 before 条', '北三条西', '九条');
keeps('ー after kana', 'ニュータウン', 'タワー1', 'センター北');
keeps('ケ in kana', 'ケアハウス', 'アケミ');

test('the whole of a real address', () => {
  assert.equal(
    addressKey('東京都千代田区霞が関２丁目１番２号　中央合同庁舎第２号館'),
    '東京都千代田区霞ケ関2-1-2 中央合同庁舎第2号館',
  );
  assert.equal(addressKey('大阪府大阪市北区梅田三丁目1番3号'), '大阪府大阪市北区梅田3-1-3');
  assert.equal(addressKey('北海道札幌市中央区北1条西2丁目1-1'), '北海道札幌市中央区北1条西2-1-1');
  assert.equal(addressKey('秋田県横手市十文字町字海道下21番地'), '秋田県横手市十文字町海道下21');
  assert.equal(addressKey('石川県金沢市四十万五丁目10番地の3'), '石川県金沢市四十万5-10-3');
  assert.equal(addressKey('静岡県浜松市三ケ日町三ケ日500番地の1'), '静岡県浜松市三ケ日町三ケ日500-1');
});

// A lot in structure, written in every style that municipalities use: one key for one structure, and none for two.
const lots = fc.record({
  town: fc.constantFrom('霞ケ関', '三田', '一番町', '新橋', '橋', '麻布十番', '二の丸', '十文字', '上野'),
  chome: fc.option(fc.integer({ min: 1, max: 42 }), { nil: undefined }),
  ban: fc.integer({ min: 1, max: 2_500 }),
  go: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
  building: fc.constantFrom('', 'コーポ101', 'メゾン三田', '101', 'A'),
});

interface Lot {
  readonly town: string;
  readonly chome: number | undefined;
  readonly ban: number;
  readonly go: number | undefined;
  readonly building: string;
}

function inKanji(value: number): string {
  const digits = '一二三四五六七八九';
  let text = '';
  let rest = value;
  for (const [unit, name] of [
    [1_000, '千'],
    [100, '百'],
    [10, '十'],
  ] as const) {
    const count = Math.floor(rest / unit);
    rest %= unit;
    if (count > 0) text += (count > 1 ? (digits[count - 1] ?? '') : '') + name;
  }
  return rest > 0 ? text + (digits[rest - 1] ?? '') : text;
}

const wide = (value: number): string =>
  String(value).replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));

const STYLES: ReadonlyArray<(lot: Lot) => string> = [
  ({ town, chome, ban, go }) => `${town}${chome ? `${chome}丁目` : ''}${ban}番地${go ? `${go}号` : ''}`,
  ({ town, chome, ban, go }) =>
    `${town}${chome ? `${wide(chome)}丁目` : ''}${wide(ban)}番${go ? `${wide(go)}号` : ''}`,
  ({ town, chome, ban, go }) =>
    `${town}${chome ? `${inKanji(chome)}丁目` : ''}${ban}番${go ? `${go}号` : ''}`,
  ({ town, chome, ban, go }) =>
    `${town}${chome ? `${inKanji(chome)}丁目` : ''}${inKanji(ban)}番地${go ? `${inKanji(go)}号` : ''}`,
  ({ town, chome, ban, go }) => town + [chome, ban, go].filter((part) => part !== undefined).join('-'),
  ({ town, chome, ban, go }) => `${town}　${chome ? `${chome}丁目 ` : ''}${ban}番地${go ? `の${go}` : ''}`,
];

const written = (lot: Lot, style: number, gap: string): string =>
  `大字${(STYLES[style % STYLES.length] ?? String)(lot)}${lot.building && gap + lot.building}`;

test('one lot in any style has one key', () => {
  fc.assert(
    fc.property(lots, fc.nat(), fc.nat(), (lot, one, other) => {
      assert.equal(addressKey(written(lot, one, ' ')), addressKey(written(lot, other, '　')));
    }),
    { numRuns: 3_000 },
  );
});

test('two lots in any styles have two keys', () => {
  const meaning = ({ town, chome, ban, go, building }: Lot) =>
    `${town} ${[chome, ban, go].filter((part) => part !== undefined).join('-')} ${building}`;
  fc.assert(
    fc.property(lots, lots, fc.nat(), fc.nat(), (one, other, styleOfOne, styleOfOther) => {
      fc.pre(meaning(one) !== meaning(other));
      assert.notEqual(
        addressKey(written(one, styleOfOne, ' ')),
        addressKey(written(other, styleOfOther, ' ')),
      );
    }),
    { numRuns: 3_000 },
  );
});

test('the key of a key is the key', () => {
  const pieces = Array.from('12三十〇田丁目番地号の大字文ヶケが-ー A霞コ室ﾞ゛\u0301\u{E0100}　条々髙');
  const address = fc.string({
    unit: fc.constantFrom(...pieces, '丁目', '番地', '大字', '番町', '号室'),
    maxLength: 24,
  });
  fc.assert(
    fc.property(address, (text) => {
      assert.equal(addressKey(addressKey(text)), addressKey(text));
    }),
    { numRuns: 30_000 },
  );
});

test('long and hostile addresses take time in proportion to their length', () => {
  const started = performance.now();
  for (const piece of ['一', '1', '一-', '1の', '大字', '番', ' ', '一番', '号', '千'])
    addressKey(piece.repeat(100_000));
  assert.ok(performance.now() - started < 3_000);
});
