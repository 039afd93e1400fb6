import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeText, TextUndecodable } from './decode-text.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const textOf = async (
  bytes: Buffer,
  size: number,
  encoding?: Parameters<typeof decodeText>[1],
): Promise<string> => (await Array.fromAsync(decodeText(pieces(bytes, size), encoding))).join('');

const CP932 = Buffer.from('92b78de8', 'hex'); // 長崎

test('bytes become the same text however they are cut, in the encoding that is named or found out', async () => {
  for (const size of [1, 2, 3, 7, 100]) {
    assert.equal(await textOf(Buffer.from('長崎,辻\u{E0102}\r\n'), size, 'utf-8'), '長崎,辻\u{E0102}\r\n');
    assert.equal(await textOf(CP932, size, 'cp932'), '長崎');
  }
  assert.equal(await textOf(CP932, 100), '長崎');
  assert.equal(await textOf(Buffer.from('a,b\r\n長'), 5), 'a,b\r\n長', 'the first bytes are ASCII: UTF-8');
  assert.equal(await textOf(Buffer.alloc(0), 1), '');
});

test('bytes that the encoding does not allow throw, also where the file ends in the middle of a character', async () => {
  for (const [hex, encoding] of [
    ['61fffe', 'utf-8'],
    ['61e995', 'utf-8'],
    ['6192', 'cp932'],
    ['ff', undefined],
  ] as const)
    await assert.rejects(textOf(Buffer.from(hex, 'hex'), 1, encoding), TextUndecodable, hex);
});
