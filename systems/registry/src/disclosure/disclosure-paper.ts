/**
 * The written answer (開示書, 住民基本台帳法 30-32 (2)): what the site holds of one person now, or that it holds nothing, and to
 * whom it was provided. Headings in Japanese and English. Pure: the same facts give the same bytes.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Block, DocumentSpec, Row } from '@ishizue/pdf';
import type { Provided } from '../provision/provision-history.ts';
import type { OwnData } from './read-own-data.ts';

export interface DisclosurePaper {
  /** Printed on each page; random, so that nobody makes a page anew to try a number against the digest that is kept. */
  readonly paperId: string;
  readonly caseId: number;
  /** Milliseconds since the epoch: when the data were read. */
  readonly at: number;
  /** `東京都知事` */
  readonly issuer: string;
  /** To whom: the person, or who represents them. */
  readonly addressee: string;
  /** As the request names the person. */
  readonly name: string;
  /** Null where it was not asked for; `none` where nothing is held. */
  readonly data: OwnData | 'none' | null;
  /** Newest first; null where it was not asked for. */
  readonly provided: readonly Provided[] | null;
}

const SMALL_PT = 8.5;

/** The paper as a description. */
export function disclosurePaper(paper: DisclosurePaper): DocumentSpec {
  const { paperId, caseId, at, issuer, addressee, name } = paper;
  return {
    id: paperId,
    title: '本人確認情報等開示書',
    createdAt: at,
    body: [
      { kind: 'paragraph', text: `第${caseId}号`, align: 'right' },
      { kind: 'paragraph', text: dateInJapanese(at), align: 'right' },
      { kind: 'space', height_mm: 4 },
      { kind: 'paragraph', text: `${addressee}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
      { kind: 'paragraph', text: issuer, align: 'right' },
      { kind: 'space', height_mm: 8 },
      { kind: 'heading', text: '本人確認情報等開示書', size_pt: 18, align: 'distributed', width_mm: 100 },
      { kind: 'paragraph', text: 'Disclosure of Identity Data', align: 'center' },
      { kind: 'space', height_mm: 5 },
      {
        kind: 'paragraph',
        text: `${name}さんに係る請求について、${momentInTokyo(at)}現在の記録を次のとおり開示します。`,
      },
      {
        kind: 'paragraph',
        text: `The records as of ${momentInTokyo(at)} (Japan time) are disclosed below.`,
        size_pt: SMALL_PT,
      },
      ...dataBlocks(paper.data),
      ...historyBlocks(paper.provided),
      { kind: 'space', height_mm: 5 },
      {
        kind: 'paragraph',
        text:
          '本人確認情報の内容の訂正、追加又は削除は、書面で申し出ることができます（住民基本台帳法第30条の35）。' +
          'You may ask in writing for correction, addition or deletion.',
        size_pt: SMALL_PT,
      },
    ],
  };
}

const heading = (ja: string, en: string): readonly Block[] => [
  { kind: 'space', height_mm: 6 },
  { kind: 'heading', text: `${ja}　${en}`, size_pt: 12, keep_with_next: true },
  { kind: 'space', height_mm: 2, keep_with_next: true },
];

const NONE = '該当する記録はありません。 No record is held.';
const SEXES = { 1: '男 male', 2: '女 female', 3: '不明 unknown' } as const;
const STATUSES = {
  resident: '住民 resident',
  'moved-out': '転出 moved out',
  deceased: '死亡 deceased',
  removed: '消除 removed',
} as const;

function dataBlocks(data: DisclosurePaper['data']): readonly Block[] {
  if (data === null) return [];
  const title = heading('本人確認情報', 'Identity data (住民基本台帳法第30条の32)');
  if (data === 'none') return [...title, { kind: 'paragraph', text: NONE }];
  const [code = data.residentCode, ...former] = data.codes;
  const items: readonly (readonly [ja: string, en: string, value: string])[] = [
    ['氏名', 'Name', [data.name, data.nameKana].filter(Boolean).join('\n')],
    ['旧氏', 'Former surname', data.formerSurname ?? '－'],
    ['通称', 'Alias', data.alias ?? '－'],
    ['生年月日', 'Date of birth', data.birthDate],
    ['性別', 'Sex', SEXES[data.sex]],
    ['住所', 'Address', data.address],
    ['住民票コード', 'Resident code', grouped(code)],
    ['変更前の住民票コード', 'Codes used up', former.length === 0 ? '－' : former.map(grouped).join('\n')],
    ['個人番号', 'Individual number', data.individualNumber === null ? '－' : grouped(data.individualNumber)],
    ['住民の区分', 'Standing', STATUSES[data.status]],
    ['市区町村コード', 'Municipality', data.municipality],
    ['異動事由', 'Reason of last change', `${REASONS[data.reason]} ${data.reason}`],
    ['異動年月日', 'Day of last change', data.eventDate],
  ];
  return [...title, { kind: 'table', columns_mm: [60, 110], rows: items.map(itemRow) }];
}

/** 異動事由 (住民基本台帳法施行規則 art. 11). */
const REASONS: Readonly<Record<OwnData['reason'], string>> = {
  'move-in': '転入',
  birth: '出生',
  'move-within': '転居',
  'minor-correction': '軽微な修正',
  'move-out': '転出',
  death: '死亡',
  'ex-officio-entry': '職権記載',
  'ex-officio-removal': '職権消除',
  'ex-officio-correction': '職権修正',
  'alias-change': '通称の記載等',
  'former-surname-change': '旧氏の記載等',
  'resident-code-change': '住民票コードの変更請求',
  'ex-officio-code-change': '住民票コードの職権記載等',
  undo: '異動の取消し',
  'initial-load': '初期登録',
  'number-assigned': '個人番号の記載',
  'number-changed': '個人番号の変更',
};

const itemRow = ([ja, en, value]: readonly [string, string, string]): Row => ({
  cells: [
    { text: [{ text: ja }, { text: en, size_pt: 8 }], role: 'label' },
    { text: value, fit: 'shrink', lines_max: 3 },
  ],
  height_mm: 10,
});

const ITEMS: Readonly<Record<string, string>> = {
  name: '氏名 name',
  'birth-date': '生年月日 birth date',
  sex: '性別 sex',
  address: '住所 address',
  change: '異動 change',
  'individual-number': '個人番号 individual number',
};

function historyBlocks(provided: DisclosurePaper['provided']): readonly Block[] {
  if (provided === null) return [];
  const title = heading('提供状況', 'Provision history (個人情報の保護に関する法律第76条)');
  if (provided.length === 0) return [...title, { kind: 'paragraph', text: NONE }];
  const label = (ja: string, en: string) => ({
    text: [{ text: ja }, { text: en, size_pt: 7 }],
    role: 'label' as const,
  });
  return [
    ...title,
    {
      kind: 'table',
      columns_mm: [32, 34, 60, 44],
      head_rows: 1,
      size_pt: SMALL_PT,
      rows: [
        {
          cells: [
            label('提供日時', 'When'),
            label('提供先', 'To'),
            label('根拠', 'Under'),
            label('提供した事項', 'Items'),
          ],
        },
        ...provided.map(({ at, agency, article, items }) => ({
          cells: [
            { text: momentInTokyo(at) },
            { text: agency },
            { text: article },
            { text: items.map((item) => ITEMS[item] ?? item).join('\n') },
          ],
        })),
      ],
    },
  ];
}

/** `2472 7059 608`. */
const grouped = (code: string): string => code.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

/** `2026年11月20日` of a moment, in Tokyo. */
function dateInJapanese(at: number): string {
  const [year, month, day] = dateInTokyo(at).split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

const TOKYO_MS = 9 * 3_600_000;

/** `2026-11-20 10:00`, in Tokyo. */
const momentInTokyo = (at: number): string =>
  new Date(at + TOKYO_MS).toISOString().slice(0, 16).replace('T', ' ');
