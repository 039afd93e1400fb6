import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { decodeFileText, detectEncoding, type FileEncoding, FileTextDecoder } from './index.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);

/** The text, or the failure's code and detail. */
function decoded(input: Uint8Array, encoding: FileEncoding): string {
  const result = decodeFileText(input, encoding);
  return result.ok ? result.value : `${result.failure.code}: ${result.failure.detail}`;
}

function decodedInChunks(input: Uint8Array, encoding: FileEncoding, size: number): string {
  const decoder = new FileTextDecoder(encoding);
  let text = '';
  for (let start = 0; start < input.length; start += size) {
    const part = decoder.write(input.subarray(start, start + size));
    if (!part.ok) return `${part.failure.code}: ${part.failure.detail}`;
    text += part.value;
  }
  const end = decoder.end();
  return end.ok ? text : `${end.failure.code}: ${end.failure.detail}`;
}

test('UTF-8 is read with and without a byte order mark', () => {
  assert.equal(decoded(Buffer.from('\uFEFF髙橋,\u{20BB7}\u{E0102}\n'), 'utf-8'), '髙橋,\u{20BB7}\u{E0102}\n');
  assert.equal(decoded(Buffer.from('髙\uFEFF'), 'utf-8'), '髙\uFEFF'); // only at the start is it a mark
  assert.equal(decodedInChunks(Buffer.from('\uFEFF\uFEFFa'), 'utf-8', 1), '\uFEFFa');
  assert.equal(decoded(bytes(), 'utf-8'), '');
});

test('CP932 is read with Windows’ characters', () => {
  const input = bytes(0x82, 0xa0, 0xfb, 0xfc, 0xb1, 0x41, 0x5c, 0x7e, 0x87, 0x40, 0xf0, 0x40);
  assert.equal(decoded(input, 'cp932'), 'あ髙ｱA\\~①\uE000');
});

test('the seven symbols come out alike from both encodings', () => {
  const inCp932 = bytes(0x81, 0x60, 0x81, 0x61, 0x81, 0x7c, 0x81, 0x5c, 0x81, 0x91, 0x81, 0x92, 0x81, 0xca);
  const windows = '\uFF5E\u2225\uFF0D\u2015\uFFE0\uFFE1\uFFE2';
  assert.equal(decoded(inCp932, 'cp932'), windows);
  assert.equal(decoded(Buffer.from(windows), 'utf-8'), windows);
  assert.equal(decoded(Buffer.from('\u301C\u2016\u2212\u2014\u00A2\u00A3\u00AC'), 'utf-8'), windows);
});

test('an invalid byte is a failure at its place in the file, never U+FFFD', () => {
  const invalid: ReadonlyArray<readonly [FileEncoding, readonly number[], number]> = [
    ['utf-8', [0x41, 0xff], 1],
    ['utf-8', [0xe9, 0xab, 0x99, 0x80], 3],
    ['utf-8', [0x41, 0xc0, 0x80], 1], // overlong
    ['utf-8', [0x41, 0x42, 0xed, 0xa0, 0x80], 2], // a surrogate
    ['utf-8', [0xf4, 0x90, 0x80, 0x80], 0], // above U+10FFFF
    ['utf-8', [0xe9, 0xab, 0x41], 0], // cut by another character
    ['cp932', [0x41, 0x80], 1],
    ['cp932', [0x82, 0xa0, 0x82, 0x20], 2],
    ['cp932', [0x85, 0x40], 0], // an empty cell
    ['cp932', [0x41, 0xfd], 1],
  ];
  for (const [encoding, values, offset] of invalid) {
    for (let size = 1; size <= values.length; size++) {
      assert.equal(
        decodedInChunks(bytes(...values), encoding, size),
        `invalid-byte: invalid byte at offset ${offset}`,
      );
    }
  }
});

test('a file that ends inside a character is a failure', () => {
  assert.equal(decoded(bytes(0x41, 0xe9, 0xab), 'utf-8'), 'truncated-character: character cut at offset 1');
  assert.equal(decoded(bytes(0x41, 0x82), 'cp932'), 'truncated-character: character cut at offset 1');
});

test('a failure stays', () => {
  const decoder = new FileTextDecoder('utf-8');
  const first = decoder.write(bytes(0xff));
  assert.deepEqual(decoder.write(bytes(0x41)), first);
  assert.deepEqual(decoder.end(), first);
});

test('the bytes that wait are not those that the caller overwrites', () => {
  const decoder = new FileTextDecoder('utf-8');
  const chunk = Buffer.from([0xe9, 0xab]);
  decoder.write(chunk);
  chunk.fill(0);
  assert.deepEqual(decoder.write(bytes(0x99)), { ok: true, value: '\u9AD9' });
});

test('any bytes in any chunks: what the platform’s strict decoder reads, and refuses, so do we', () => {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0x41, 0xc2, 0xe3, 0x81, 0x82, 0xed, 0xa0, 0xf0, 0xf4, 0x8f, 0x90, 0xbf),
  );
  const input = fc.oneof(
    fc.array(byte, { maxLength: 12 }).map((values) => Uint8Array.from(values)),
    fc.string({ unit: 'binary', maxLength: 8 }).map((text) => new Uint8Array(Buffer.from(text))),
  );
  fc.assert(
    fc.property(input, fc.integer({ min: 1, max: 5 }), (value, size) => {
      let expected: string | undefined;
      try {
        expected = strict.decode(value);
      } catch {
        expected = undefined;
      }
      const ours = decodedInChunks(value, 'utf-8', size);
      assert.equal(ours, decoded(value, 'utf-8'));
      if (expected === undefined) assert.match(ours, /^(invalid-byte|truncated-character): /);
      else if (!/[\uFEFF\u301C\u2016\u2212\u2014\u00A2\u00A3\u00AC]/.test(expected))
        assert.equal(ours, expected);
    }),
    { numRuns: 5_000 },
  );
});

test('every pair of bytes in CP932 is read as the C library reads it', (t) => {
  const lines: Uint8Array[] = [];
  for (let first = 0x81; first <= 0xfc; first++) {
    for (let second = 0x40; second <= 0xfc; second++) {
      const pair = bytes(first, second);
      if (
        (first < 0xa0 || first > 0xdf) &&
        first < 0xf0 &&
        second !== 0x7f &&
        decodeFileText(pair, 'cp932').ok
      )
        lines.push(pair);
    }
  }
  assert.equal(lines.length, 6_879 + 83 + 374); // JIS X 0208, NEC row 13, NEC's selection of IBM's
  const input = Buffer.concat(lines.map((line) => Buffer.concat([line, Buffer.from('\n')])));
  const iconv = spawnSync('iconv', ['-f', 'CP932', '-t', 'UTF-8'], { input });
  if (iconv.error !== undefined) {
    t.skip('no iconv program on this machine');
    return;
  }
  const theirs = iconv.stdout.toString('utf8');
  assert.equal(iconv.status, 0, iconv.stderr.toString());
  assert.equal(decoded(input, 'cp932'), theirs);
});

test('the encoding is told from the first bytes', () => {
  const name = Buffer.from('氏名,髙橋　太郎\r\n');
  const inCp932 = bytes(0x8e, 0x81, 0x96, 0xbc, 0x2c, 0x8d, 0x82, 0x8b, 0xb4);
  assert.equal(detectEncoding(name), 'utf-8');
  assert.equal(detectEncoding(Buffer.from('\uFEFFa')), 'utf-8');
  assert.equal(detectEncoding(name.subarray(0, name.length - 4)), 'utf-8'); // cut inside a character
  assert.equal(detectEncoding(name.subarray(0, 8)), 'utf-8');
  assert.equal(detectEncoding(inCp932), 'cp932');
  assert.equal(detectEncoding(inCp932.subarray(0, 8)), 'cp932');
  assert.equal(detectEncoding(Buffer.from('id,name\r\n')), 'ascii');
  assert.equal(detectEncoding(bytes()), 'ascii');
  assert.equal(detectEncoding(Buffer.from('氏名\n', 'utf16le')), 'unknown');
  assert.equal(detectEncoding(Buffer.from('\uFEFFa', 'utf16le')), 'unknown');
  assert.equal(detectEncoding(bytes(0x1b, 0x24, 0x42, 0x3b, 0x61)), 'unknown'); // ISO-2022-JP
  assert.equal(detectEncoding(bytes(0x41, 0xff, 0xff)), 'unknown');
});
