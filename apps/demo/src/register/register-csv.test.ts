import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeFileText, type FileEncoding, resolveGlyphReferences } from '@ishizue/text';
import { generateRegister } from './generate-register.ts';
import { appendMalformedLines, MALFORMED_LINE_KINDS } from './malformed-lines.ts';
import { writeRegisterCsv } from './register-csv.ts';
import { REGISTER_COLUMNS, type RegisterRow } from './register-row.ts';

const options = { municipality: '221309', people: 6_000, seed: 'csv', asOf: '2026-04-01' } as const;

async function* listed(rows: readonly RegisterRow[]): AsyncGenerator<RegisterRow, void, undefined> {
  yield* rows;
}

async function written(rows: readonly RegisterRow[], encoding: FileEncoding): Promise<string> {
  const bytes = Buffer.concat(await Array.fromAsync(writeRegisterCsv(listed(rows), encoding)));
  const text = decodeFileText(bytes, encoding);
  assert.ok(text.ok);
  const resolved = resolveGlyphReferences(text.value);
  assert.ok(resolved.ok);
  return resolved.value;
}

/** RFC 4180 by the letter, one character at a time: written apart from the writer. */
function parseCsv(text: string): readonly string[][] {
  const records: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (quoted) {
      if (character !== '"') field += character;
      else if (text[index + 1] === '"') field += text[++index] ?? '';
      else quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === ',' || character === '\n') {
      records.at(-1)?.push(field);
      field = '';
      if (character === '\n') records.push([]);
    } else if (character !== '\r') field += character;
  }
  records.pop();
  return records;
}

for (const encoding of ['utf-8', 'cp932'] as const)
  test(`a register in ${encoding} is read back as it was generated`, async () => {
    const rows = await Array.fromAsync(generateRegister(options));
    const [header, ...records] = parseCsv(await written(rows, encoding));
    assert.deepEqual(header, [...REGISTER_COLUMNS]);
    assert.equal(records.length, rows.length);
    for (const [index, record] of records.entries()) {
      const row = rows[index];
      assert.deepEqual(record, row && REGISTER_COLUMNS.map((column) => row[column]));
    }
  });

test('commas, quotes and line breaks in a field are quoted, other fields are not', async () => {
  const [row] = await Array.fromAsync(generateRegister({ ...options, people: 1 }));
  assert.ok(row);
  const odd = { ...row, resident_number: '', building: 'A,"B"\r\n2', previous_address: '最後"' };
  const text = await written([odd], 'utf-8');
  assert.ok(text.includes(',"A,""B""\r\n2",'));
  const [, record] = parseCsv(text.replaceAll('\r\n2', '\n2'));
  assert.equal(record?.length, REGISTER_COLUMNS.length);
  assert.equal(record?.[0], '');
  assert.equal(record?.[19], 'A,"B"\n2');
  assert.equal(record?.at(-1), '最後"');
});

test('an empty register is a header', async () => {
  assert.equal(await written([], 'cp932'), `${REGISTER_COLUMNS.join(',')}\r\n`);
});

test('pieces stay small however long the register', async () => {
  const sizes: number[] = [];
  for await (const piece of writeRegisterCsv(generateRegister({ ...options, people: 5_000 }), 'utf-8'))
    sizes.push(piece.length);
  assert.ok(sizes.length > 5);
  assert.ok(Math.max(...sizes) < 131_072);
});

test('malformed lines of each kind can be appended, and invalid bytes really are invalid', async () => {
  for (const encoding of ['utf-8', 'cp932'] as const) {
    const good = Buffer.concat(await Array.fromAsync(writeRegisterCsv(listed([]), encoding)));
    const with_ = (kinds: Parameters<typeof appendMalformedLines>[2]) =>
      Array.fromAsync(appendMalformedLines(writeRegisterCsv(listed([]), encoding), encoding, kinds));
    assert.equal((await with_(undefined)).length, 1 + MALFORMED_LINE_KINDS.length);
    const broken = Buffer.concat(await with_(['bytes-invalid']));
    assert.equal(decodeFileText(broken, encoding).ok, false);
    assert.ok(broken.subarray(0, good.length).equals(good));
    const [, short] = parseCsv(Buffer.concat(await with_(['column-missing'])).toString('latin1'));
    const [, long] = parseCsv(Buffer.concat(await with_(['column-too-many'])).toString('latin1'));
    assert.equal(short?.length, REGISTER_COLUMNS.length - 1);
    assert.equal(long?.length, REGISTER_COLUMNS.length + 1);
  }
});
