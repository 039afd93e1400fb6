import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placeRomaji, romaji } from './index.ts';

const expectRomaji = (kana: string, letters: string) =>
  assert.deepEqual(romaji(kana), { ok: true, value: letters }, kana);

test('long vowels are written short', () => {
  expectRomaji('トウキョウ', 'Tokyo');
  expectRomaji('オオサカ', 'Osaka');
  expectRomaji('コウチ', 'Kochi');
  expectRomaji('キョウト', 'Kyoto');
  expectRomaji('チュウオウ', 'Chuo');
  expectRomaji('トオカマチ', 'Tokamachi');
  expectRomaji('センター', 'Senta');
  expectRomaji('ニイガタ', 'Niigata'); // only o and u are lengthened
  expectRomaji('オオウチ', 'Ouchi'); // a vowel is lengthened once
  expectRomaji('ヒロオ', 'Hiroo'); // a final オ is written
});

test('a marked meeting of two words keeps both vowels', () => {
  expectRomaji('マツ・ウラ', 'Matsuura');
  expectRomaji('マツウラ', 'Matsura'); // what a reading alone cannot tell
  expectRomaji('イノ・ウエ', 'Inoue');
});

test('ッ doubles the consonant, and is t before ch', () => {
  expectRomaji('サッポロ', 'Sapporo');
  expectRomaji('トットリ', 'Tottori');
  expectRomaji('ハッチョウボリ', 'Hatchobori');
  expectRomaji('ホッチ', 'Hotchi');
  expectRomaji('イッシキ', 'Isshiki');
});

test('ン is n, before b, m and p too', () => {
  expectRomaji('グンマ', 'Gunma');
  expectRomaji('ナンバ', 'Nanba');
  expectRomaji('センダイ', 'Sendai');
  expectRomaji('シンイチ', 'Shinichi');
  expectRomaji('ワン', 'Wan');
});

test('the Hepburn consonants', () => {
  expectRomaji('シチツフジ', 'Shichitsufuji');
  expectRomaji('ヂヅヲヰヱ', 'Jizuoie');
  expectRomaji('シャチュジョギョリュ', 'Shachujogyoryu');
  expectRomaji('ニセコ', 'Niseko');
});

test('any kana will do, anything else is refused', () => {
  expectRomaji('きよせ', 'Kiyose');
  expectRomaji('ｶﾞﾏｺﾞｵﾘ', 'Gamagori');
  expectRomaji('', '');
  for (const text of ['清瀬', 'Kiyose', 'キヨ セ', 'キヨセ1']) {
    const result = romaji(text);
    assert.equal(result.ok ? '' : result.failure.code, 'not-kana', text);
  }
});

test('places as the public JPKI examples show them', () => {
  const places: ReadonlyArray<
    readonly [letters: string, ...parts: ReadonlyArray<readonly [string, string]>]
  > = [
    ['Kiyose-shi', ['清瀬市', 'キヨセシ']],
    ['Kanagawa-ken', ['神奈川県', 'かながわけん']],
    ['Yokohama-shi-Naka-ku', ['横浜市', 'ヨコハマシ'], ['中区', 'ナカク']],
    ['Tokyo-to', ['東京都', 'トウキョウト']],
    ['Kyoto-fu', ['京都府', 'キョウトフ']],
    ['Hokkaido', ['北海道', 'ホッカイドウ']],
    ['Yoichi-gun-Yoichi-cho', ['余市郡', 'ヨイチグン'], ['余市町', 'ヨイチチョウ']],
    ['Oi-machi', ['大井町', 'オオイマチ']],
    ['Kiyokawa-mura', ['清川村', 'キヨカワムラ']],
    ['Yomitan-son', ['読谷村', 'ヨミタンソン']],
    ['Yokkaichi-shi', ['四日市市', 'ヨッカイチシ']],
    ['Matsuura-shi', ['松浦市', 'マツウラシ']],
    ['Toyooka-shi', ['豊岡市', 'トヨオカシ']],
    ['Nishinoomote-shi', ['西之表市', 'ニシノオモテシ']],
    ['Hiroo-cho', ['広尾町', 'ヒロオチョウ']],
    ['Hiroshima-shi-Minami-ku', ['広島市', 'ヒロシマシ'], ['南区', 'ミナミク']],
  ];
  for (const [letters, ...parts] of places) {
    assert.deepEqual(placeRomaji(parts.map(([name, kana]) => ({ name, kana }))), {
      ok: true,
      value: letters,
    });
  }
  assert.equal(placeRomaji([{ name: '清瀬市', kana: '清瀬市' }]).ok, false);
});
