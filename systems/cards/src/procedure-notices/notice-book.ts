/** Notices of card applications as a kind of letter: the centre writes them, one batch for the whole country, oldest first. */
import type { Block, DocumentSpec } from '@ishizue/pdf';
import { groupedId } from '../application-forms/form-paper.ts';
import {
  type ClaimedLetter,
  COUNTRY,
  type LetterBook,
  type LetterPage,
  type ReturnsBook,
} from '../letters/letter-book.ts';

interface NoticeLetter extends ClaimedLetter {
  readonly applicationId: string;
  readonly ja: string;
  readonly en: string;
}

/** What comes back is taken by `takeReturns` with this book. */
export const NOTICE_RETURNS: ReturnsBook = {
  letter: 'N',
  table: 'cards.notice_letter',
  field: 'procedure-notice',
};

export const noticeBook: LetterBook<NoticeLetter> = {
  ...NOTICE_RETURNS,
  enter: async (tx, { runId }, on, letters_max) => {
    const rows = await tx<{ residentCode: string }[]>`
      UPDATE cards.notice_letter n SET state = 'claimed', run_id = ${runId}, municipality = ${COUNTRY}, state_on = ${on}
      FROM (SELECT notice_id FROM cards.notice_letter WHERE state = 'waiting'
        ORDER BY notice_id LIMIT ${letters_max} FOR UPDATE SKIP LOCKED) AS first
      WHERE n.notice_id = first.notice_id RETURNING n.resident_code AS "residentCode"`;
    return rows.map(({ residentCode }) => residentCode);
  },
  claimed: async (tx, runId) => tx<NoticeLetter[]>`
    SELECT notice_id AS "noticeId", resident_code AS "residentCode", state_on AS "stateOn",
      application_id AS "applicationId", ja, en
    FROM cards.notice_letter WHERE run_id = ${runId} AND state = 'claimed' ORDER BY notice_id`,
  textOf: ({ ja, en }) => (ja + en).replaceAll(/\s/g, ''),
  paper: noticePaper,
};

function noticePaper(id: string, pages: readonly LetterPage<NoticeLetter>[], at: number): DocumentSpec {
  return {
    id,
    title: '個人番号カードの申請についてのお知らせ',
    createdAt: at,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page),
    ]),
  };
}

function pageBlocks({
  row,
  name,
  address,
  municipality,
  number,
}: LetterPage<NoticeLetter>): readonly Block[] {
  const lines = (text: string, size_pt: number): readonly Block[] =>
    text.split('\n').map((line) => ({ kind: 'paragraph', text: line, size_pt }));
  return [
    address === null
      ? { kind: 'paragraph', text: `（窓口交付：${municipality}）`, size_pt: 9 }
      : { kind: 'paragraph', text: address, fit: 'shrink', lines_max: 3 },
    { kind: 'paragraph', text: `${name}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
    { kind: 'space', height_mm: 16 },
    {
      kind: 'heading',
      text: '個人番号カードの申請についてのお知らせ',
      size_pt: 16,
      align: 'distributed',
      width_mm: 130,
    },
    { kind: 'paragraph', text: 'About your application for a card', align: 'center' },
    { kind: 'space', height_mm: 6 },
    { kind: 'paragraph', text: `申請書ＩＤ　${groupedId(row.applicationId)}` },
    { kind: 'space', height_mm: 4 },
    ...lines(row.ja, 11),
    { kind: 'space', height_mm: 4 },
    ...lines(row.en, 9),
    { kind: 'space', height_mm: 8 },
    { kind: 'paragraph', text: '地方公共団体情報システム機構', align: 'right' },
    { kind: 'space', height_mm: 6 },
    {
      kind: 'area',
      height_mm: 18,
      items: [
        { kind: 'barcode', x_mm: 0, y_mm: 0, width_mm: 60, height_mm: 10, data: number },
        {
          kind: 'text',
          x_mm: 0,
          y_mm: 11,
          width_mm: 60,
          height_mm: 6,
          text: number,
          align: 'center',
          size_pt: 9,
        },
      ],
    },
  ];
}
