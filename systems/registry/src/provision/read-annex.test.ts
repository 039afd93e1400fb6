import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatAnnex, parseAnnex, readAnnex } from './read-annex.ts';

const data = readFileSync(new URL('../../data/annex-1.tsv', import.meta.url), 'utf8');
// the texts of the law lie beside the repository where there are any
const LAW = new URL('../../../../../shared/law/住民基本台帳法.txt', import.meta.url);
const MAIN_ROWS = 122;

test('every row from 1 to 122 is there, in order, live or deleted, and each live one has its parts', () => {
  const rows = parseAnnex(data);
  const main = [...new Set(rows.map(({ row }) => Number(row.split('-')[0])))];
  assert.deepEqual(
    main,
    Array.from({ length: MAIN_ROWS }, (_, index) => index + 1),
  );
  assert.equal(new Set(rows.map(({ row }) => row)).size, rows.length);
  const live = rows.filter(({ agencies }) => agencies.length > 0);
  assert.equal(rows.length - live.length, 7);
  for (const { row, acts, affairs } of live) {
    assert.ok(acts.length > 0, `row ${row} names no act`);
    assert.ok(affairs.endsWith('総務省令で定めるもの'), `row ${row} is cut`);
    assert.ok(
      acts.every((act) => affairs.includes(act)),
      `row ${row} names an act that it does not have`,
    );
  }
});

test('a row is read with its agencies, acts and articles', () => {
  const row = parseAnnex(data).find(({ label }) => label === '七十二');
  assert.deepEqual(row?.agencies, ['厚生労働省', '日本年金機構', '全国健康保険協会']);
  assert.deepEqual(row?.acts, ['健康保険法']);
  assert.deepEqual(row?.articles, ['第百二十六条第二項']);
  assert.equal(row?.row, '72');
});

test('the data file is what the script makes of the text of the act', (t) => {
  if (!existsSync(LAW)) {
    // not a pass: what the file says is then proved by the two tests above only
    t.diagnostic('the text of 住民基本台帳法 is not beside the repository: the comparison was not made');
    assert.equal(formatAnnex(parseAnnex(data)), data);
    return;
  }
  assert.equal(formatAnnex(readAnnex(readFileSync(LAW, 'utf8'))), data);
});

test('a text that is laid out otherwise is no table', () => {
  assert.throws(() => readAnnex('別表第一'), /no 別表第一/);
  assert.throws(() => readAnnex('\n別表第一　x\na\nb\nno heading\n別表第二　'), /no heading/);
  assert.throws(() => readAnnex('\n別表第一　x\na\nb\n一　財務省\nsomething\n別表第二　'), /no affairs/);
  assert.throws(() => parseAnnex(data.replace('\t', ' ')), /columns/);
});
