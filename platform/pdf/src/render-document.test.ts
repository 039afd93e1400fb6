import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { suite, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { Block, DocumentSpec, Row } from './document-spec.ts';
import { PAGES_MAX, ROWS_MAX } from './flow.ts';
import { needsPoppler, poppler } from './poppler-for-tests.ts';
import { encodeQr } from './qr-code.ts';
import { renderDocument } from './render-document.ts';
import { createSecurityPattern } from './security-pattern.ts';
import { baseCharacter } from './shaper.ts';
import { openTypeface } from './typeface.ts';

const bundled = mustSucceed(await openTypeface([]), 'the bundled face');
const widest = mustSucceed(await openTypeface(), 'all faces of this machine');
const background = mustSucceed(createSecurityPattern(bundled, { warning: '複写' }), 'background');

/** Compatibility ideographs, one character outside the basic plane, and sequences with both kinds of selector. */
const HARD = '\u795E\uFA19\u5D0E\uFA11\u9AD8\u9AD9\u{2000B}\u795E\uFE00\u8FBB\u{E0100}\u514E\u{E0100}';

function paper(body: readonly Block[], more: Partial<DocumentSpec> = {}): DocumentSpec {
  return {
    id: 'T-0001',
    title: '住民票の写し',
    author: '礎市',
    createdAt: Date.UTC(2023, 10, 22),
    body,
    ...more,
  };
}

function sample(id: string, name: string, residents: number): DocumentSpec {
  const label = (text: string) => ({ text, role: 'label', align: 'distributed' }) as const;
  const rows = Array.from({ length: residents }, (_, index): Row[] => [
    {
      cells: [
        { text: String(index + 1), rows: 2, align: 'center' },
        label('氏名'),
        { text: name, fit: 'shrink', size_pt: 14 },
        label('続柄'),
        { text: '世帯主' },
      ],
      height_mm: 11,
    },
    { cells: [label('住所'), { text: '東京都千代田区霞が関二丁目１番２号　合同庁舎第二号館', columns: 3 }] },
  ]);
  return paper(
    [
      { kind: 'heading', text: '住民票', size_pt: 22, align: 'distributed', width_mm: 60 },
      { kind: 'space', height_mm: 5 },
      { kind: 'table', columns_mm: [10, 24, 76, 20, 40], rows: rows.flat() },
      { kind: 'paragraph', text: `この写しは、原本と相違ないことを証明する。${name}` },
      {
        kind: 'area',
        height_mm: 30,
        items: [
          {
            kind: 'text',
            x_mm: 60,
            y_mm: 10,
            width_mm: 60,
            height_mm: 8,
            text: '礎市長',
            align: 'distributed',
          },
          { kind: 'seal', x_mm: 120, y_mm: 2, size_mm: 24, shape: 'square', text: '礎市長之印' },
          { kind: 'seal', x_mm: 10, y_mm: 4, size_mm: 20, shape: 'round', text: '契印' },
          { kind: 'barcode', x_mm: 0, y_mm: 24, width_mm: 60, height_mm: 6, data: id },
        ],
      },
    ],
    { id },
  );
}

/** The text layer in the order of the content, without the spaces that readers guess. */
function textOf(bytes: Uint8Array): string {
  return poppler('pdftotext', bytes, ['-raw'], '-').replace(/\s/g, '');
}

async function refusal(spec: DocumentSpec, typeface = bundled): Promise<string> {
  const result = await renderDocument(typeface, spec);
  return result.ok ? 'made' : `${result.failure.code}: ${result.failure.detail}`;
}

suite('a rendered paper', () => {
  test('embeds every font as a subset with a map to Unicode', async (t) => {
    if (!needsPoppler(t)) return;
    const spec = { ...sample('S-1', HARD, 2), background };
    const { bytes } = mustSucceed(await renderDocument(widest, spec), 'sample');
    const [, , ...fonts] = poppler('pdffonts', bytes).trim().split('\n');
    assert.ok(fonts.length >= 1);
    for (const font of fonts)
      assert.match(font, /^ISHIZ[A-Z]\+\S+\s+CID TrueType\s+Identity-H\s+yes yes yes/);
  });

  test('gives back exactly the characters that were set, hard ones too', async (t) => {
    if (!needsPoppler(t)) return;
    const { bytes, substitutes } = mustSucceed(
      await renderDocument(bundled, sample('S-1', HARD, 1)),
      'sample',
    );
    const text = textOf(bytes);
    assert.equal(text.split(HARD).length, 3, text);
    for (const words of ['住民票', '氏名', '続柄', '合同庁舎第二号館', '礎市長', 'S-1', '1/1']) {
      assert.ok(text.includes(words), words);
    }
    assert.deepEqual(substitutes, []);
  });

  test('takes from a wider face what the first lacks, and says the same text', async (t) => {
    if (!needsPoppler(t)) return;
    if (widest.faces.length < 2) return t.skip('SKIPPED: IPAmj Mincho is not installed (fonts-ipamj-mincho)');
    const name = '\u{20BB7}\u7530\u845B\u{E0101}\u57CE';
    const { bytes } = mustSucceed(await renderDocument(widest, sample('S-2', name, 1)), 'sample');
    assert.equal(textOf(bytes).split(name).length, 3);
    assert.match(poppler('pdffonts', bytes), /IPAmjMincho/);
  });

  test('gives two characters that share a glyph their own text, in one paper and in the next', async (t) => {
    if (!needsPoppler(t)) return;
    const shared = '\u02DC\u0303'.at(0) ?? '';
    const twins = ['\u{29FCE}', '\u{29FD7}'];
    assert.equal(
      bundled.find(twins[0] ?? '')?.glyph,
      bundled.find(twins[1] ?? '')?.glyph,
      'the font changed',
    );
    for (const text of [twins.join(shared), twins.toReversed().join(shared), twins[1] ?? '']) {
      const { bytes } = mustSucceed(
        await renderDocument(bundled, paper([{ kind: 'paragraph', text }])),
        text,
      );
      assert.ok(textOf(bytes).includes(text));
    }
  });

  test('is tagged, in Japanese, with its title, and without complaint from a reader', async (t) => {
    if (!needsPoppler(t)) return;
    const { bytes, pages } = mustSucceed(
      await renderDocument(bundled, sample('S-3', '礎　花子', 1)),
      'sample',
    );
    const info = poppler('pdfinfo', bytes);
    assert.match(info, /^Title:\s+住民票の写し$/m);
    assert.match(info, /^Tagged:\s+yes$/m);
    assert.match(info, new RegExp(`^Pages:\\s+${pages}$`, 'm'));
    assert.match(bytes.toString('latin1'), /\/Lang \(ja-JP\)[^]*\/DisplayDocTitle true/);
    const structure = poppler('pdfinfo', bytes, ['-struct-text']).replace(/\s+/g, ' ');
    assert.match(
      structure,
      /H1 \(block\) "住民票" Table \(block\) TR TD "1" TH: \/Scope \/Row "氏名" TD "礎 花子"/,
    );
  });

  test('is the same bytes again, and other bytes for another name or date', async () => {
    const hash = async (spec: DocumentSpec): Promise<string> => {
      const { bytes, sha256 } = mustSucceed(await renderDocument(bundled, spec), 'sample');
      assert.equal(sha256, createHash('sha256').update(bytes).digest('hex'));
      return sha256;
    };
    const first = await hash(sample('S-4', '甲野　太郎', 3));
    assert.notEqual(await hash({ ...sample('S-4', '甲野　太郎', 3), background }), first);
    assert.equal(await hash(sample('S-4', '甲野　太郎', 3)), first);
    assert.notEqual(await hash(sample('S-4', '甲野　次郎', 3)), first);
    assert.notEqual(await hash({ ...sample('S-4', '甲野　太郎', 3), createdAt: 1 }), first);
  });

  test('has nothing of the nineteen others that were made at the same time', async (t) => {
    if (!needsPoppler(t)) return;
    const kanji = Array.from('甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉');
    const specs = kanji.map((character, index) =>
      sample(`ID-${index}-X`, character.repeat(4), 1 + (index % 12)),
    );
    const alone = mustSucceed(await renderDocument(bundled, specs[7] ?? paper([])), 'alone').sha256;
    const papers = await Promise.all(specs.map((spec) => renderDocument(bundled, spec)));
    for (const [index, result] of papers.entries()) {
      const { bytes, pages, sha256 } = mustSucceed(result, `paper ${index}`);
      const text = textOf(bytes);
      const found = kanji.filter((character) => text.includes(character.repeat(4)));
      assert.deepEqual(found, [kanji[index]]);
      assert.equal(text.split(`ID-${index}-X`).length - 1, pages, 'the id stands once on every page');
      if (index === 7) assert.equal(sha256, alone, 'the same paper as when made alone');
    }
  });
});

suite('pages', () => {
  const numbered = (rows: number, more: Partial<Row> = {}): Block => ({
    kind: 'table',
    columns_mm: [20, 100],
    head_rows: 1,
    rows: [
      {
        cells: [
          { text: '番号', role: 'label' },
          { text: '事項', role: 'label' },
        ],
      },
      ...Array.from(
        { length: rows },
        (_, index): Row => ({ cells: [{ text: `[${index}]` }, { text: '異動' }], ...more }),
      ),
    ],
  });

  test('hold every row once, in order, under a repeated head, and are numbered n of m', async (t) => {
    if (!needsPoppler(t)) return;
    const { bytes, pages } = mustSucceed(await renderDocument(bundled, paper([numbered(90)])), 'table');
    assert.equal(pages, 3);
    const text = textOf(bytes);
    assert.deepEqual(
      text.match(/(?<=\[)\d+(?=\])/g)?.map(Number),
      Array.from({ length: 90 }, (_, index) => index),
    );
    assert.equal(text.split('番号').length - 1, pages);
    for (let page = 1; page <= pages; page++) assert.ok(text.includes(`${page}/${pages}`));
  });

  test('break where told, keep a heading with what follows, and drop space at their top', async (t) => {
    if (!needsPoppler(t)) return;
    const fill: Block = { kind: 'area', height_mm: 240, items: [] };
    const heading: Block = { kind: 'heading', text: '見出し', keep_with_next: true };
    const next: Block = { kind: 'area', height_mm: 20, items: [] };
    const kept = await renderDocument(bundled, paper([fill, { kind: 'space', height_mm: 2 }, heading, next]));
    const { bytes, pages } = mustSucceed(kept, 'kept');
    assert.equal(pages, 2);
    assert.match(textOf(bytes), /^T-00011\/2.*見出し/);
    const broken = [fill, { kind: 'page-break' }, { kind: 'space', height_mm: 9 }, fill] as const;
    assert.equal(mustSucceed(await renderDocument(bundled, paper([...broken])), 'broken').pages, 2);
    assert.equal(mustSucceed(await renderDocument(bundled, paper([])), 'empty').pages, 1);
  });

  test('carry what stands on every page', async (t) => {
    if (!needsPoppler(t)) return;
    const everyPage: DocumentSpec['everyPage'] = ({ page, pages }) => [
      { kind: 'text', x_mm: 20, y_mm: 8, width_mm: 60, height_mm: 6, text: `続紙${page}の${pages}` },
    ];
    const { bytes } = mustSucceed(
      await renderDocument(bundled, paper([numbered(60)], { everyPage })),
      'paper',
    );
    assert.match(textOf(bytes), /続紙1の2.*続紙2の2/);
  });

  test('are refused when a row is taller than one, or when there are too many', async () => {
    const tall = paper([numbered(1, { height_mm: 280 })]);
    assert.match(await refusal(tall), /^block-too-tall/);
    const many = paper(
      Array.from({ length: PAGES_MAX + 1 }, () => ({ kind: 'area', height_mm: 200, items: [] })),
    );
    assert.match(await refusal(many), /^document-too-large/);
    assert.match(await refusal(paper([numbered(ROWS_MAX)])), /^document-too-large/);
  });
});

suite('refusals', () => {
  const saying = (text: string): readonly Block[] => [{ kind: 'paragraph', text }];

  test('name every character that no face has, wherever it stands, and nothing else of the text', async () => {
    const item = { kind: 'text', x_mm: 0, y_mm: 0, width_mm: 60, height_mm: 9 } as const;
    const spec = paper(saying('甲野\u{30000}'), { everyPage: () => [{ ...item, text: '\uE123' }] });
    assert.equal(await refusal(spec), 'glyph-missing: U+30000, U+E123');
    const seal = { kind: 'seal', x_mm: 0, y_mm: 0, size_mm: 20, shape: 'square', text: '\u{30000}' } as const;
    const sealed = paper([{ kind: 'area', height_mm: 30, items: [seal] }]);
    assert.equal(await refusal(sealed), 'glyph-missing: U+30000');
  });

  test('give way to a substitute by choice of the caller, who is told', async (t) => {
    const spec = paper(saying('葛\u{E01EF}城'));
    assert.equal(await refusal(spec), 'glyph-missing: U+845B U+E01EF');
    const made = mustSucceed(
      await renderDocument(bundled, { ...spec, substituteFor: baseCharacter }),
      'paper',
    );
    assert.deepEqual(made.substitutes, [{ wanted: 'U+845B U+E01EF', drawn: 'U+845B', count: 1 }]);
    if (needsPoppler(t)) assert.ok(textOf(made.bytes).includes('葛城'), 'the text layer says what is drawn');
  });

  test('tell a text that does not fit by its place, not by its words', async () => {
    const row: Row = { cells: [{ text: '氏名' }, { text: '秘'.repeat(90), fit: 'shrink' }] };
    const spec = paper([{ kind: 'table', columns_mm: [20, 60], rows: [row] }]);
    assert.equal(await refusal(spec), 'text-overflow: block 1, row 1, column 2');
    const item = {
      kind: 'text',
      x_mm: 0,
      y_mm: 0,
      width_mm: 20,
      height_mm: 3,
      text: '一二三四五六七八',
    } as const;
    const area = paper([{ kind: 'area', height_mm: 10, items: [item] }]);
    assert.equal(await refusal(area), 'text-overflow: block 1, item 1');
  });

  test('tell a bar code that cannot be printed', async () => {
    const code = {
      kind: 'barcode',
      x_mm: 0,
      y_mm: 0,
      width_mm: 20,
      height_mm: 8,
      data: 'A-2023-0001',
    } as const;
    const spec = (data: string): DocumentSpec =>
      paper([{ kind: 'area', height_mm: 10, items: [{ ...code, data }] }]);
    assert.match(await refusal(spec('A-2023-0001')), /^barcode-unencodable: bars/);
    assert.match(await refusal(spec('住民票')), /^barcode-unencodable: only/);
  });

  test('tell a QR code that cannot be printed, and print the others as they were once read back', async () => {
    const spec = (data: string, size_mm: number): DocumentSpec =>
      paper([
        { kind: 'area', height_mm: 40, items: [{ kind: 'qr', x_mm: 0, y_mm: 0, size_mm, data, alt: 'QR' }] },
      ]);
    const address = 'https://ishizue.example/cards/apply?id=01234567890123456789012';
    assert.match(await refusal(spec('https://例え.jp', 30)), /^barcode-unencodable: only/);
    assert.match(await refusal(spec(`https://${'x'.repeat(200)}`, 30)), /^barcode-unencodable: more/);
    assert.match(await refusal(spec(address, 12)), /^barcode-unencodable: modules/);
    mustSucceed(await renderDocument(bundled, spec(address, 30)), 'a QR code');
    // the symbol that jsQR 1.4.0, another program, read this address from, off a rendered page
    const { modules, dark } = mustSucceed(encodeQr(address), 'a symbol');
    const digest = createHash('sha256').update(JSON.stringify(dark)).digest('hex');
    assert.deepEqual(
      [modules, digest],
      [33, 'fde7b51a52ee47091444a3d42549fb01462e343c8ae19b80a1cf25100b0145db'],
    );
  });

  test('are throws where the description contradicts itself', async () => {
    const table = (row: Row): DocumentSpec => paper([{ kind: 'table', columns_mm: [20, 60], rows: [row] }]);
    await assert.rejects(
      renderDocument(bundled, table({ cells: [{ text: '一' }] })),
      /columns without a cell/,
    );
    await assert.rejects(renderDocument(bundled, table({ cells: [{ text: '一', columns: 3 }] })), /no room/);
    await assert.rejects(
      renderDocument(bundled, table({ cells: [{ text: '一', columns: 2, rows: 2 }] })),
      /lacks/,
    );
    await assert.rejects(renderDocument(bundled, paper([], { id: '番号' })), /document id/);
    await assert.rejects(renderDocument(bundled, paper([], { title: 'A<B' })), /title/);
  });

  test('of a font are values', async () => {
    const missing = await openTypeface(['/nowhere/at-all.ttf']);
    assert.deepEqual(missing, {
      ok: false,
      failure: { code: 'font-unusable', detail: 'at-all.ttf: cannot be read' },
    });
    const wrong = await openTypeface([import.meta.filename]);
    assert.equal(!wrong.ok && wrong.failure.code, 'font-unusable');
  });
});
