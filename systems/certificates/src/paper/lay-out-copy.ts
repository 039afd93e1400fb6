/**
 * The copy of the resident record as a paper (住民票の写し, A4): heading, address and head, a box for each person, remarks,
 * the certifying sentence with the mayor's name and seal, and at the foot of every page the certificate's number, its bar
 * code and the first digits of the content's hash. Pure: the same content gives the same description.
 */
import type { Block, Cell, DocumentSpec, Item, Row } from '@ishizue/pdf';
import type { Press } from './press.ts';
import { type CopiedMember, digestOf, type RecordCopy } from './record-copy.ts';
import type { ChosenSubstitute } from './substitutes.ts';

export const MARGINS_MM = { top: 19, right: 20, bottom: 38, left: 20 };
const WIDTH_MM = 170;
const HOUSEHOLD_COLUMNS_MM = [39, 131];
const MEMBER_COLUMNS_MM = [9, 30, 51, 30, 50];
const LEFT_OUT = '【省略】';
const NONE = '';
const CHECK_DIGITS = 16;

/** The description of the paper. `substitutes` are those chosen for its texts. */
export function layOutCopy(
  press: Press,
  copy: RecordCopy,
  substitutes: readonly ChosenSubstitute[],
  issuedAt: number,
): DocumentSpec {
  const foot = footItems(copy, copy.residence === undefined ? VERIFIABLE : WIDE_AREA);
  const drawn = new Map(substitutes.map((substitute) => [substitute.wanted, substitute.drawn]));
  return {
    id: copy.certificateId,
    title: '住民票の写し',
    author: copy.issuer.municipality,
    createdAt: issuedAt,
    background: press.background,
    margins_mm: MARGINS_MM,
    substituteFor: (cluster) => drawn.get(cluster),
    everyPage: () => foot,
    body: [
      { kind: 'heading', text: '住民票', size_pt: 22, align: 'distributed', width_mm: 52 },
      {
        kind: 'paragraph',
        text: `住民票の写し（${copy.isWholeHousehold ? '世帯全員' : '個人'}）${copy.residence === undefined ? '' : '（広域交付）'}`,
        size_pt: 10,
        align: 'center',
      },
      { kind: 'space', height_mm: 3 },
      householdTable(copy, substitutes),
      ...copy.members.flatMap((member, index): Block[] => [
        { kind: 'space', height_mm: 3.5 },
        memberTable(member, index + 1, substitutes),
      ]),
      ...remarks(substitutes),
      { kind: 'space', height_mm: 2 },
      { kind: 'paragraph', text: '以下余白', size_pt: 9, align: 'center', keep_with_next: true },
      { kind: 'space', height_mm: 3, keep_with_next: true },
      ...certification(copy, statementOf(copy)),
    ],
  };
}

export const label = (text: string): Cell => ({ text, role: 'label', align: 'distributed', size_pt: 9.5 });
export const value = (text: string | null, columns = 1): Cell => ({
  text: text ?? LEFT_OUT,
  columns,
  fit: 'shrink',
  lines_max: 2,
});

/** A value that may hold a substitute: then a small line under it says so. */
export function named(
  text: string,
  substitutes: readonly ChosenSubstitute[],
  columns: number,
  size_pt = 10.5,
): Cell {
  const marks = substitutes.filter(({ wanted }) => text.includes(wanted));
  return {
    text: [{ text, size_pt }, ...(marks.length > 0 ? [{ text: '※代替文字を含む（備考）', size_pt: 7 }] : [])],
    columns,
    fit: 'shrink',
    lines_max: 2,
  };
}

function householdTable(copy: RecordCopy, substitutes: readonly ChosenSubstitute[]): Block {
  const head = copy.headOfHousehold === null ? value(null) : named(copy.headOfHousehold, substitutes, 1, 12);
  return {
    kind: 'table',
    columns_mm: HOUSEHOLD_COLUMNS_MM,
    rows: [
      { cells: [label('住所'), named(copy.address, substitutes, 1, 11.5)], height_mm: 9.5 },
      { cells: [label('世帯主'), head], height_mm: 9.5 },
    ],
  };
}

function memberTable(member: CopiedMember, number: number, substitutes: readonly ChosenSubstitute[]): Block {
  const rows: Row[] = [
    { cells: [label('フリガナ'), value(member.nameKana, 3)] },
    { cells: [label('氏名'), named(member.name, substitutes, 3, 15)], height_mm: 12.5 },
    ...otherNames(member, substitutes),
    { cells: [label('生年月日'), value(member.birthDate), label('性別'), value(member.sex)] },
    {
      cells: [
        label('続柄'),
        value(member.relationship),
        label('住民となった日'),
        value(member.becameResidentOn),
      ],
    },
    { cells: [label('住所を定めた日'), value(member.addressFixedOn, 3)] },
    { cells: [label('前住所'), named(member.previousAddress ?? NONE, substitutes, 3)] },
    ...originRows(member, substitutes),
    { cells: [label('個人番号'), value(null), label('住民票コード'), value(member.residentCode ?? null)] },
  ];
  const [first, ...others] = rows;
  const numberCell: Cell = { text: String(number), rows: rows.length, align: 'center', size_pt: 11 };
  return {
    kind: 'table',
    columns_mm: MEMBER_COLUMNS_MM,
    rows: [{ ...first, cells: [numberCell, ...(first?.cells ?? [])] }, ...others].map((row) => ({
      height_mm: 7.2,
      ...row,
    })),
  };
}

function otherNames(member: CopiedMember, substitutes: readonly ChosenSubstitute[]): readonly Row[] {
  const rows: Row[] = [];
  if (member.formerSurname !== null)
    rows.push({ cells: [label('旧氏'), named(member.formerSurname, substitutes, 3)] });
  if (member.alias !== null) rows.push({ cells: [label('通称'), named(member.alias, substitutes, 3)] });
  return rows;
}

function originRows(member: CopiedMember, substitutes: readonly ChosenSubstitute[]): readonly Row[] {
  const { origin } = member;
  if (origin === null) return [{ cells: [label('本籍'), value(null), label('筆頭者'), value(null)] }];
  if (origin.kind === 'family-register') {
    return [
      { cells: [label('本籍'), named(origin.domicile, substitutes, 3)] },
      { cells: [label('筆頭者'), named(origin.head, substitutes, 3)] },
    ];
  }
  return [
    {
      cells: [
        label('国籍・地域'),
        value(origin.nationality),
        label('在留資格'),
        value(origin.residenceStatus),
      ],
    },
    { cells: [label('在留期間満了日'), value(origin.stayExpiresOn, 3)] },
  ];
}

/** What was drawn as another form: the reader must be able to tell. */
export function remarks(substitutes: readonly ChosenSubstitute[]): readonly Block[] {
  if (substitutes.length === 0) return [];
  const lines = substitutes.map(
    ({ drawn, nameOfWanted }) =>
      `「${drawn}」は、機器に字形のない文字（${nameOfWanted}）に代えて印字した代替文字です。`,
  );
  return [
    { kind: 'space', height_mm: 3.5 },
    {
      kind: 'table',
      columns_mm: HOUSEHOLD_COLUMNS_MM,
      size_pt: 9,
      rows: [{ cells: [label('備考'), { text: lines.join('\n') }] }],
    },
  ];
}

/** What is certified; a wide-area copy says what it was made from (住民基本台帳法施行令 art. 15-4 (2)). */
function statementOf({ isWholeHousehold, residence }: RecordCopy): string {
  const whole = isWholeHousehold ? '世帯全員の' : '';
  return residence === undefined
    ? `この写しは、${whole}住民票の原本と相違ないことを証明する。`
    : `この写しは、${residence}長から通知された${whole}住民票の記載事項に基づき作成したものである。`;
}

/** The sentence, date, name and seal stay together on one page. */
export function certification(
  { issuer, issuedOn }: Pick<RecordCopy, 'issuer' | 'issuedOn'>,
  statement: string,
): readonly Block[] {
  const text = { kind: 'text', vertical: 'middle' } as const;
  return [
    {
      kind: 'area',
      height_mm: 33,
      items: [
        {
          ...text,
          x_mm: 0,
          y_mm: 0,
          width_mm: WIDTH_MM,
          height_mm: 8,
          size_pt: 12,
          fit: 'shrink',
          text: statement,
        },
        {
          ...text,
          x_mm: 12,
          y_mm: 8,
          width_mm: 80,
          height_mm: 8,
          size_pt: 12,
          text: issuedOn,
        },
        {
          ...text,
          x_mm: 52,
          y_mm: 17,
          width_mm: 42,
          height_mm: 10,
          size_pt: 14,
          align: 'right',
          fit: 'shrink',
          text: issuer.title,
        },
        {
          ...text,
          x_mm: 99,
          y_mm: 17,
          width_mm: 44,
          height_mm: 10,
          size_pt: 15,
          align: 'distributed',
          fit: 'shrink',
          text: issuer.mayor,
        },
        { kind: 'seal', x_mm: 139, y_mm: 9, size_mm: 24, shape: 'square', text: issuer.sealText },
      ],
    },
  ];
}

/** What a foot is made of. */
export interface FootedContent {
  readonly certificateId: string;
}

const WIDE_AREA = '住民基本台帳法第十二条の四による写しです。';
const VERIFIABLE = '真正性は証明書番号により交付センターの確認画面で照会できます。';

/** Under the body on every page; the number and "1 / 2" beside it are the renderer's own. */
export function footItems(copy: FootedContent, remark: string): readonly Item[] {
  const small = { kind: 'text', height_mm: 4.5, size_pt: 7.5 } as const;
  return [
    { kind: 'rule', from_mm: [20, 262], to_mm: [190, 262], width_mm: 0.25 },
    { ...small, x_mm: 20, y_mm: 269.5, width_mm: 46, text: '証明書番号' },
    {
      kind: 'barcode',
      x_mm: 69,
      y_mm: 265,
      width_mm: 88,
      height_mm: 11,
      data: copy.certificateId.replaceAll('-', ''),
    },
    { ...small, x_mm: 158, y_mm: 269.5, width_mm: 32, align: 'right', text: 'ページ' },
    {
      ...small,
      x_mm: 20,
      y_mm: 281.5,
      width_mm: 170,
      text: `照合符号 ${digestOf(copy).slice(0, CHECK_DIGITS)}　${remark}`,
    },
  ];
}
