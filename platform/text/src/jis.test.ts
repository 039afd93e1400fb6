import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { isJisX0208, isSupplementaryKanji, type JisClass, jisClassOf } from './index.ts';

test('the sets have the sizes that the standards state', () => {
  const counts = new Map<JisClass, number>();
  for (let codePoint = 0; codePoint <= 0xffff; codePoint++) {
    const jisClass = jisClassOf(codePoint);
    if (jisClass !== undefined) counts.set(jisClass, (counts.get(jisClass) ?? 0) + 1);
  }
  assert.equal(counts.get('level-1'), 2965);
  assert.equal(counts.get('level-2'), 3390);
  assert.equal(counts.get('supplementary-kanji'), 5801);
  assert.equal(counts.get('non-kanji'), 524 + 7); // seven have two code points
});

test('the supplementary kanji are those that the MJ list marks as JIS X 0212', () => {
  const file = createRequire(import.meta.url).resolve('@mandel59/mojidata/dist/moji.db');
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare('SELECT DISTINCT "対応するUCS" AS ucs FROM mji WHERE "X0212" IS NOT NULL')
    .all();
  database.close();
  assert.equal(rows.length, 5801);
  for (const row of rows) assert.ok(isSupplementaryKanji(String(row['ucs'])), String(row['ucs']));
});

test('vendor extensions that EUC-JP decoders know are in no standard', () => {
  for (const character of ['髙', '\uFA11', '①', '㈱', '\u{20BB7}', '🙂', '\uFA19']) {
    assert.equal(isJisX0208(character), false, character);
    assert.equal(isSupplementaryKanji(character), false, character);
  }
  assert.ok(isJisX0208('々') && isJisX0208('　') && isJisX0208('Ａ') && isJisX0208('高'));
  assert.equal(isJisX0208('高橋'), false); // one character is asked for
  assert.equal(isJisX0208(''), false);
});

test('both code points of a JIS symbol are the symbol', () => {
  for (const symbol of '〜～‖∥−－¢￠£￡¬￢—―') assert.ok(isJisX0208(symbol), symbol);
});
