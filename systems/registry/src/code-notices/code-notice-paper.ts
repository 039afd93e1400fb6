/**
 * The notice of a resident code as a paper (住民票コード通知票, 住民基本台帳法 30-4 (4)): one person's new code on one page, with a line
 * in English. What is posted has the address on top, for the window of the envelope; what is handed over at the counter has
 * none anywhere (support measures). Pure: the same pages give the same bytes.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Block, DocumentSpec, Row } from '@ishizue/pdf';

/** One page. */
export interface CodeNoticePage {
  /** The municipality's own: resident number and place of the change among the person's events. */
  readonly noticeId: string;
  readonly name: string;
  readonly residentCode: string;
  /** Null of what is handed over at the counter. */
  readonly place: { readonly postalCode: string | null; readonly address: string } | null;
}

/** Who sends it. */
export interface CodeNoticeIssuer {
  /** `清瀬市長`. */
  readonly mayor: string;
  /** Milliseconds since the epoch: of the batch, so that it stays the same however often it is set. */
  readonly openedAt: number;
}

/** The description of a part. */
export function codeNoticePaper(
  id: string,
  pages: readonly CodeNoticePage[],
  issuer: CodeNoticeIssuer,
): DocumentSpec {
  return {
    id,
    title: '住民票コード通知票',
    createdAt: issuer.openedAt,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page, issuer),
    ]),
  };
}

function pageBlocks(page: CodeNoticePage, { mayor, openedAt }: CodeNoticeIssuer): readonly Block[] {
  return [
    ...addressBlocks(page),
    { kind: 'space', height_mm: 18 },
    { kind: 'heading', text: '住民票コード通知票', size_pt: 20, align: 'distributed', width_mm: 90 },
    { kind: 'paragraph', text: 'Notice of Resident Record Code', align: 'center' },
    { kind: 'space', height_mm: 8 },
    {
      kind: 'paragraph',
      text: 'あなたの住民票コードを次のとおり変更しましたので、住民基本台帳法第30条の4の規定により通知します。',
    },
    { kind: 'paragraph', text: 'Your resident record code has been changed to the code below.', size_pt: 9 },
    { kind: 'space', height_mm: 4 },
    {
      kind: 'table',
      columns_mm: [40, 110],
      rows: [
        row('氏名', page.name, { lines_max: 2 }),
        row('住民票コード', grouped(page.residentCode), { size_pt: 16 }),
        row('通知番号', page.noticeId, {}),
      ],
    },
    { kind: 'space', height_mm: 6 },
    {
      kind: 'paragraph',
      text:
        '変更前の住民票コードは使えません。この通知票は大切に保管してください。住民票コードの告知を求めることができるのは、' +
        '法律で定められた行政機関等に限られます。個人番号（マイナンバー）は変わりません。',
    },
    {
      kind: 'paragraph',
      text: 'Keep this notice safe. Only public bodies named by law may ask you for this code. Your Individual Number (My Number) stays the same.',
      size_pt: 9,
    },
    { kind: 'space', height_mm: 10 },
    { kind: 'paragraph', text: `${dateInJapanese(openedAt)}　　${mayor}`, align: 'right' },
  ];
}

function addressBlocks({ name, place }: CodeNoticePage): readonly Block[] {
  const addressee: Block = {
    kind: 'paragraph',
    text: `${name}　様`,
    fit: 'shrink',
    lines_max: 2,
    size_pt: 12,
  };
  if (place === null) return [{ kind: 'paragraph', text: '窓口交付', size_pt: 9 }, addressee];
  const { postalCode, address } = place;
  return [
    ...(postalCode === null
      ? []
      : [{ kind: 'paragraph', text: `〒${postalCode.slice(0, 3)}-${postalCode.slice(3)}` } as const]),
    { kind: 'paragraph', text: address, fit: 'shrink', lines_max: 3 },
    addressee,
  ];
}

const row = (
  label: string,
  text: string,
  look: { readonly lines_max?: number; readonly size_pt?: number },
): Row => ({
  cells: [
    { text: label, role: 'label', align: 'distributed' },
    { text, fit: 'shrink', ...look },
  ],
  height_mm: 12,
});

/** `2472 7059 608`. */
const grouped = (code: string): string => code.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

/** `2026年11月20日` of a moment, in Tokyo. */
function dateInJapanese(at: number): string {
  const [year, month, day] = dateInTokyo(at).split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
