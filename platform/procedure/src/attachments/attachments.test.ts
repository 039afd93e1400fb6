/** Files by their bytes: what each kind is, what only looks like it; and that one is kept once, used by who brought it, given back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BodyUnreadable } from '@ishizue/http';
import { mustSucceed } from '@ishizue/outcome';
import { oneFile } from '../http/one-file.ts';
import { grant, houseForTest, officer, person, request } from '../testing/index.ts';
import { FileInspector } from './file-inspector.ts';
import { readAttachment } from './read-attachment.ts';

const bytes = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
const pdf = bytes('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n', 'x'.repeat(3000), '\ntrailer\n<<>>\n%%EOF\n');
const chunk = (type: string, data: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return bytes(length, type, data, Buffer.alloc(4));
};
const png = bytes(
  Buffer.from('89504e470d0a1a0a', 'hex'),
  chunk('IHDR', Buffer.alloc(13)),
  chunk('IDAT', Buffer.alloc(2000, 7)),
  chunk('IEND', Buffer.alloc(0)),
);
const jpeg = bytes(
  Buffer.from('ffd8ffe000104a464946', 'hex'),
  Buffer.alloc(2000, 1),
  Buffer.from('ffd9', 'hex'),
);
const zipEnd = bytes('PK\x05\x06', Buffer.alloc(18));

const KINDS: readonly (readonly [string, Buffer, string])[] = [
  ['a PDF', pdf, 'pdf'],
  ['a PNG', png, 'png'],
  ['a JPEG', jpeg, 'jpeg'],
  ['Japanese text', Buffer.from('費目,金額\r\n移行費,100\r\n'), 'text'],
  ['text in Shift_JIS', Buffer.from('94ef96da2c8be08a7a0d0a', 'hex'), 'text'],
  ['a program', Buffer.from('7f454c4602010100', 'hex'), 'attachment-type-refused'],
  ['a ZIP', bytes('PK\x03\x04', Buffer.alloc(100), zipEnd), 'attachment-type-refused'],
  ['a GIF', bytes('GIF89a', Buffer.alloc(10)), 'attachment-type-refused'],
  ['a PDF cut short', pdf.subarray(0, 2000), 'attachment-malformed'],
  ['a PDF with something after it', bytes(pdf, 'more'.repeat(10)), 'attachment-malformed'],
  ['a PDF that is a ZIP too', bytes(pdf, zipEnd), 'attachment-polyglot'],
  ['a PNG cut short', png.subarray(0, -4), 'attachment-malformed'],
  ['a PNG with something after it', bytes(png, '<script>'), 'attachment-malformed'],
  ['a PNG that is a ZIP too', bytes(png, zipEnd), 'attachment-polyglot'],
  ['a PNG without its first chunk', bytes(png.subarray(0, 8), png.subarray(33)), 'attachment-malformed'],
  ['a JPEG cut short', jpeg.subarray(0, -1), 'attachment-malformed'],
  [
    'a JPEG that is a PDF too',
    bytes(jpeg.subarray(0, 20), '%PDF-1.4', jpeg.subarray(20)),
    'attachment-polyglot',
  ],
  ['a page', Buffer.from('\n <!DOCTYPE html><script>alert(1)</script>'), 'attachment-polyglot'],
  ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'attachment-polyglot'],
  ['a script', Buffer.from('#!/bin/sh\n'), 'attachment-polyglot'],
  ['text with a PDF in it', Buffer.from('notes\n%PDF-1.4\n'), 'attachment-polyglot'],
];

test('a file is what its bytes are, however they come in', () => {
  for (const [what, content, expected] of KINDS)
    for (const step of [1, 7, 1024, content.length]) {
      const inspector = new FileInspector();
      for (let at = 0; at < content.length; at += step) inspector.push(content.subarray(at, at + step));
      const found = inspector.finish();
      assert.equal(found.ok ? found.value : found.failure.code, expected, `${what} in steps of ${step}`);
    }
});

async function* inSteps(content: Buffer, step = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += step) yield content.subarray(at, at + step);
}

test('the file of a posted form comes out whole, whatever the pieces', async () => {
  const posted = bytes(
    '--b0\r\ncontent-disposition: form-data; name="x"\r\n\r\nfilename=none\r\n--b0\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: text/html\r\n\r\n',
    pdf,
    '\r\n--b0--\r\n',
  );
  const read = async (content: Buffer, step: number, type = 'multipart/form-data; boundary=b0') => {
    const parts: Buffer[] = [];
    for await (const part of oneFile(inSteps(content, step), type)) parts.push(part);
    return Buffer.concat(parts);
  };
  for (const step of [1, 2, 3, 50, 5000])
    assert.ok((await read(posted, step)).equals(pdf), `steps of ${step}`);
  await assert.rejects(read(posted.subarray(0, 2000), 100), BodyUnreadable);
  await assert.rejects(read(posted, 100, 'multipart/form-data'), BodyUnreadable);
  await assert.rejects(read(bytes('--b0\r\n', 'x'.repeat(9000)), 100), BodyUnreadable);
});

test('a file is kept once, named only by who brought it, refused without a trace, and given back to who sees the case', async (t) => {
  const house = await houseForTest(t);
  const desk = await house.desk(grant, { ceilingOf: () => 1000 });
  const [anna, ben] = [person('anna'), person('ben')];
  const attach = async (by: typeof anna, field: string, content: Buffer) => {
    const stored = await desk.attach(by, field, inSteps(content));
    return stored.ok ? stored.value.sha256 : stored.failure.code;
  };
  const big = bytes('%PDF-1.7\n', Buffer.alloc(600_000, 65), '%%EOF');
  const sha256 = await attach(anna, 'quotation', big);
  assert.equal(await attach(anna, 'quotation', big), sha256);
  assert.equal(await attach(anna, 'quotation', png), 'attachment-type-refused');
  assert.equal(await attach(anna, 'quotation', bytes(big, zipEnd)), 'attachment-polyglot');
  assert.equal(await attach(anna, 'quotation', Buffer.alloc(5_000_001, 65)), 'attachment-too-large');
  assert.equal(await attach(anna, 'quotation', Buffer.alloc(0)), 'attachment-type-refused');
  assert.equal(await attach(anna, 'body', big), 'attachment-field-unknown');
  const [kept] = await house.superuser<{ contents: number; chunks: number; bytes: number }[]>`
    SELECT (SELECT count(*) FROM procedure.content) AS contents, count(*) AS chunks, sum(octet_length(chunk))::bigint AS bytes
    FROM procedure.content_chunk`;
  assert.deepEqual(kept && { ...kept }, { contents: 1, chunks: 3, bytes: big.length });

  const form = {
    body: '131016',
    fiscalYear: 2026,
    kind: 'planning',
    costs: [{ item: 'x', amount: 1 }],
    quotation: sha256,
  };
  const start = (by: typeof anna) => desk.start(by, { move: 'apply', request: request(), form });
  const refused = await start(ben);
  assert.equal(
    refused.ok ? 'opened' : refused.failure.code,
    'attachment-unknown',
    'a hash alone gives nothing',
  );
  const { caseId } = mustSucceed(await start(anna), 'opening');
  const reviewer = officer('o-review', 'grant-reviewer');
  const given = mustSucceed(await readAttachment(desk.place, reviewer, { caseId, sha256 }), 'reading');
  const parts: Buffer[] = [];
  for await (const part of given.body) parts.push(part as Buffer);
  assert.ok(Buffer.concat(parts).equals(big));
  assert.match(String(given.headers['content-disposition']), /^attachment; filename="[0-9a-f]{12}\.pdf"$/);
  assert.equal((await readAttachment(desk.place, ben, { caseId, sha256 })).ok, false);
  assert.equal((await readAttachment(desk.place, anna, { caseId, sha256: '0'.repeat(64) })).ok, false);
  const entries = await house.entries();
  for (const entry of [
    'grant-attach ok',
    'grant-attach attachment-polyglot',
    'grant-read-file ok',
    'grant-read-file case-unknown',
  ])
    assert.ok(entries.includes(entry), entry);
});
