/**
 * The number notice as a paper (個人番号通知書): name, birth date and number of one person on one page. It proves neither
 * number nor identity and says so. A part is some dozens of pages in one file, so that memory is bounded by the part.
 */
import type { Block, DocumentSpec } from '@ishizue/pdf';
import type { ClearNumber } from '@ishizue/registry';

/** One page. */
export interface NoticePage {
  readonly noticeId: number;
  readonly name: string;
  /** `YYYY-MM-DD`, `00` for a part that nobody knows. */
  readonly birthDate: string;
  readonly address: string;
  readonly individualNumber: ClearNumber;
}

/** The description of a part; the same pages give the same bytes. */
export function noticePaper(id: string, pages: readonly NoticePage[], createdAt: number): DocumentSpec {
  return {
    id,
    title: '個人番号通知書',
    createdAt,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page),
    ]),
  };
}

function pageBlocks(page: NoticePage): readonly Block[] {
  const row = (label: string, text: string, lines_max = 1) => ({
    cells: [
      { text: label, role: 'label', align: 'distributed' } as const,
      { text, fit: 'shrink', lines_max } as const,
    ],
    height_mm: 10,
  });
  return [
    { kind: 'paragraph', text: page.address, fit: 'shrink', lines_max: 3 },
    { kind: 'paragraph', text: `${page.name}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
    { kind: 'space', height_mm: 20 },
    { kind: 'heading', text: '個人番号通知書', size_pt: 20, align: 'distributed', width_mm: 80 },
    { kind: 'space', height_mm: 8 },
    {
      kind: 'table',
      columns_mm: [40, 110],
      rows: [
        row('氏名', page.name, 2),
        row('生年月日', dateInJapanese(page.birthDate)),
        row('個人番号', grouped(page.individualNumber)),
        row('通知番号', String(page.noticeId)),
      ],
    },
    { kind: 'space', height_mm: 6 },
    {
      kind: 'paragraph',
      text: 'この通知書は、個人番号を証明する書類及び本人確認書類として使用できません。再発行はできません。',
    },
  ];
}

const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

/** `1990年5月6日`; what is unknown is 不明. */
function dateInJapanese(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const part = (digits: string, unit: string): string =>
    Number(digits) === 0 ? `${unit}不明` : `${Number(digits)}${unit}`;
  return `${part(year, '年')}${part(month, '月')}${part(day, '日')}`;
}
