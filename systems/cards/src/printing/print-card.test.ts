/** What is printed on a card: both faces at card size, read back by Poppler; given out as it was made, and kept nowhere. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { openTypeface, renderDocument } from '@ishizue/pdf';
import { testAccess } from '@ishizue/registry/testing';
import { deliverInHouse } from '../hand-over/in-one-house.ts';
import { makeCard } from '../making/make-card.ts';
import { applied, codeOf, countryOf } from '../testing/counter.ts';
import { type CardFace, cardFaceSpec } from './card-face.ts';
import { readCardImage } from './print-card.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
const photo = readFileSync(new URL('fixtures/silhouette.jpg', import.meta.url));

const FACE: CardFace = {
  cardId: '0123456789ABCDEF',
  issuedOn: '2026-11-20',
  expiresOn: '2036-02-17',
  person: {
    name: '石川　遥',
    formerSurname: '山田',
    alias: null,
    birthDate: '1980-02-17',
    sex: 2,
    address: '東京都清瀬市元町一丁目4番5号　清瀬グリーンハイツ壱番館1203号室',
  },
  individualNumber: '123456789018',
  securityCode: '0421',
  photo,
};

/** What Poppler says of a PDF; undefined where it is not installed. */
function poppler(t: TestContext, program: string, pdf: Uint8Array, ...args: string[]): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-face-'));
  try {
    const file = path.join(folder, 'face.pdf');
    writeFileSync(file, pdf);
    const { status, stdout, stderr, error } = spawnSync(
      program,
      [...args, file, ...(program === 'pdftotext' ? ['-'] : [])],
      {
        encoding: 'utf8',
      },
    );
    if (error) {
      t.skip('SKIPPED: Poppler is not installed (apt-get install poppler-utils)');
      return undefined;
    }
    assert.deepEqual([status, stderr], [0, '']);
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('both faces are of card size; the number is on the back alone, the serial in a bar code', async (t) => {
  const { bytes, pages } = mustSucceed(await renderDocument(typeface, cardFaceSpec(FACE)), 'the faces');
  assert.equal(pages, 2);
  const info = poppler(t, 'pdfinfo', bytes);
  if (info === undefined) return;
  const [, width, height] = /Page size:\s+([\d.]+) x ([\d.]+) pts/.exec(info) ?? [];
  assert.ok(
    Math.abs((Number(width) * 25.4) / 72 - 85.6) < 0.05 &&
      Math.abs((Number(height) * 25.4) / 72 - 53.98) < 0.05,
  );
  const [front = '', back = ''] = [1, 2].map((page) =>
    (poppler(t, 'pdftotext', bytes, '-raw', '-f', String(page), '-l', String(page)) ?? '').replace(
      /\s+/g,
      '',
    ),
  );
  for (const said of [
    '石川遥［山田］',
    '清瀬市元町一丁目4番5号',
    '1980年2月17日',
    '女',
    '2036年2月17日まで有効',
    '0421',
    '追記欄',
  ])
    assert.ok(front.includes(said), `${said} in ${front}`);
  assert.ok(!front.includes('1234') && !front.includes(FACE.cardId));
  for (const said of ['123456789018', '石川遥［山田］', '1980年2月17日', FACE.cardId])
    assert.ok(back.includes(said), `${said} in ${back}`);
  assert.ok(!back.includes('0421') && !back.includes('清瀬市'));
  const images = poppler(t, 'pdfimages', bytes, '-list');
  assert.match(images ?? '', /1\s+0 image\s+236\s+304\s+rgb/);
});

test('made again it is the same; what cannot be printed is refused, and what is no photograph', async () => {
  const render = (face: CardFace) => renderDocument(typeface, cardFaceSpec(face));
  const sha = async (face: CardFace) => mustSucceed(await render(face), 'rendering').sha256;
  assert.equal(await sha(FACE), await sha({ ...FACE }));
  assert.notEqual(await sha(FACE), await sha({ ...FACE, securityCode: '0422' }));
  assert.equal(codeOf(await render({ ...FACE, photo: undefined })), 'ok');
  const withName = (name: string): Promise<Result<unknown>> =>
    render({ ...FACE, person: { ...FACE.person, name } });
  assert.equal(codeOf(await withName('石川\u{e000}')), 'glyph-missing');
  assert.equal(codeOf(await withName('石'.repeat(120))), 'text-overflow');
  for (const junk of [
    Buffer.from('GIF89a'),
    photo.subarray(0, 30),
    Buffer.concat([photo.subarray(0, 2), Buffer.alloc(40)]),
  ])
    assert.equal(codeOf(await render({ ...FACE, photo: junk })), 'image-unusable');
});

test('the image is given out as it was made, until the card is sent; whoever has no number gets no card yet', async (t) => {
  const { country, codes } = await countryOf(t, 2);
  let number: string | undefined;
  let code = '0421';
  const press = {
    ...country.cards.press,
    numberOf: () => number,
    securityCodeOf: () => Promise.resolve(code),
  };
  const cards = { ...country.cards, press, printing: { printPhotoOf: () => Promise.resolve(photo) } };
  const id = await applied(country, codes[0] ?? '');
  assert.equal(codeOf(await makeCard(cards, testAccess, id, country.workshop)), 'number-missing');
  number = '123456789018';
  const { cardId } = mustSucceed(await makeCard(cards, testAccess, id, country.workshop), 'making');
  const image = () => readCardImage(cards, testAccess, cardId);
  const bytes = mustSucceed(await image(), 'the image');
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  const [kept] = await cards.sql<
    { sha: string }[]
  >`SELECT encode(sha256, 'hex') AS sha FROM cards.card_print`;
  assert.equal(createHash('sha256').update(bytes).digest('hex'), kept?.sha);
  code = '0422';
  assert.equal(codeOf(await image()), 'print-differs');
  code = '0421';
  assert.equal(codeOf(await readCardImage(cards, testAccess, '0000000000000000')), 'card-unknown');
  const unprinted = await makeCard(
    country.cards,
    testAccess,
    await applied(country, codes[1] ?? ''),
    country.workshop,
  );
  const other = mustSucceed(unprinted, 'where nothing is printed').cardId;
  assert.equal(codeOf(await readCardImage(cards, testAccess, other)), 'print-unknown');
  mustSucceed(await deliverInHouse(cards, testAccess, cardId), 'delivering');
  assert.equal(codeOf(await image()), 'print-unknown');
});
