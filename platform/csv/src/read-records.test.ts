import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type CsvRecord, RECORD_CHARACTERS_MAX, readRecords } from './read-records.ts';

async function read(text: string, piece = 7): Promise<readonly CsvRecord[]> {
  async function* pieces(): AsyncGenerator<string> {
    for (let start = 0; start < text.length; start += piece) yield text.slice(start, start + piece);
  }
  const records: CsvRecord[] = [];
  for await (const batch of readRecords(pieces())) records.push(...batch);
  return records;
}

const quoted = (field: string): string => `"${field.replaceAll('"', '""')}"`;

test('whatever was written by RFC 4180 is read back, however the text is cut', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', 'あ', ',', '"', '\n', '\r', ' '), maxLength: 6 });
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, piece, end) => {
        const text = rows.map((row) => row.map(quoted).join(',') + end).join('');
        assert.deepEqual(await read(text, piece), rows);
      },
    ),
  );
});

test('plain lines, empty lines, and a last line without an end', async () => {
  assert.deepEqual(await read('a,b\r\n\r\n,\nc,d'), [
    ['a', 'b'],
    ['', ''],
    ['c', 'd'],
  ]);
  assert.deepEqual(await read(''), []);
});

test('a malformed record costs itself alone', async () => {
  for (const bad of ['x,"y"z', 'x,y"z', '"x', 'x,"y""', '"x"y"']) {
    for (const piece of [1, 3, 1000])
      assert.deepEqual(
        await read(`a,b\n${bad}\nc,"d"\ne,f\n`, piece),
        [['a', 'b'], undefined, ['c', 'd'], ['e', 'f']],
        bad,
      );
  }
});

test('a line that is too long is one malformed record, and its text is not kept', async () => {
  const long = 'x'.repeat(RECORD_CHARACTERS_MAX * 3);
  assert.deepEqual(await read(`a,b\n${long}\nc,d\n`, 5000), [['a', 'b'], undefined, ['c', 'd']]);
  assert.deepEqual(await read(`a,b\n"${long}\nc,d\n`, 5000), [['a', 'b'], undefined, ['c', 'd']]);
});
