import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundledReference, MunicipalityDirectory } from '@ishizue/municipalities';
import * as fc from 'fast-check';
import { resolveDomicile } from './resolve-domicile.ts';

const directory = new MunicipalityDirectory(bundledReference());

const codeOf = (text: string): string => {
  const resolved = resolveDomicile(directory, text);
  return resolved.ok ? resolved.value : resolved.failure.code;
};

test('a domicile names its municipality, whatever follows, with county, ward, spaces or another ケ', () => {
  const named: Readonly<Record<string, string>> = {
    東京都千代田区霞が関二丁目1番地: '131016',
    '東京都　清瀬市　元町一丁目4番': '132217',
    東京都西多摩郡瑞穂町大字箱根ケ崎2335番地: '133035',
    神奈川県横浜市中区本町6丁目50番地: '141003',
    神奈川県茅ケ崎市茅ケ崎一丁目1番: '142077',
    神奈川県茅ヶ崎市茅ヶ崎一丁目1番: '142077',
    福岡県小郡市小郡255番地: '402168',
    奈良県大和郡山市北郡山町248番地: '292036',
    広島県安芸郡府中町大通三丁目5番: '343021',
    東京都府中市宮西町2丁目24番地: '132063',
    東京都東村山市本町一丁目2番: '132136',
    // designated cities and cities named as their prefecture stand alone in family registers
    横浜市中区本町6丁目50番地: '141003',
    青森市中央一丁目22番: '022012',
  };
  for (const [text, code] of Object.entries(named)) assert.equal(codeOf(text), code, text);
});

test('what names none, a former municipality, or several is never guessed', () => {
  for (const text of [
    '',
    '東京都',
    '清瀬市元町一丁目4番', // a city that could be another one's namesake stands alone
    '東京都田無市本町一丁目1番', // Nishitokyo since 2001
    '樺太豊原市大通1番',
    '日本国籍',
    '元町一丁目　東京都清瀬市',
    '東京都の清瀬市元町',
  ])
    assert.equal(codeOf(text), 'domicile-unresolved', text);
  // two villages 泊村 in Hokkaido, one of them in the Northern Territories
  assert.equal(codeOf('北海道泊村大字茅沼村711番地'), 'domicile-ambiguous');
  assert.equal(codeOf('北海道古宇郡泊村大字茅沼村711番地'), 'domicile-ambiguous');
});

test('every municipality of today is named by its full name and by no other’s, 泊村 apart', () => {
  for (const { code, name } of directory.municipalities)
    assert.equal(
      codeOf(`${directory.fullName(code)}一番地`),
      name === '泊村' ? 'domicile-ambiguous' : code,
      directory.fullName(code),
    );
});

test('whatever is written: an answer’s name is in the text, directly behind its prefecture or its county', () => {
  const pieces = [...directory.prefectures, ...directory.municipalities].map(({ name }) => name);
  const piece = fc.oneof(fc.constantFrom(...pieces), fc.constantFrom('郡', '山', '大字', '一番地', ' '));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 5 }), (written) => {
      const text = written.join('');
      const resolved = resolveDomicile(directory, text);
      if (!resolved.ok) return;
      const place = directory.getMunicipality(resolved.value);
      const prefecture = directory.getPrefecture(place.prefecture).name;
      const plain = text.replaceAll(' ', '').replaceAll('ヶ', 'ケ');
      const name = place.name.replaceAll('ヶ', 'ケ');
      const direct = plain.startsWith(name) || plain.startsWith(prefecture + name);
      const behindCounty = plain.startsWith(prefecture) && plain.includes(`郡${name}`);
      assert.ok(direct || behindCounty, text);
    }),
    { numRuns: 3000 },
  );
});
