/**
 * Both faces of the card (個人番号カード省令 art. 1 and form 1; ISO/IEC 7810 ID-1): the front with the four items, photo, last day,
 * security code and the column for changes (追記欄); the back with the individual number, which only it shows, and the
 * card's serial as a bar code, which is what the counter scans. Pure: the same card gives the same bytes.
 */
import { type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import type { DocumentSpec, Item, TextItem } from '@ishizue/pdf';
import type { IdentifiedPerson } from '@ishizue/registry';

/** ID-1. */
const CARD_MM = { width: 85.6, height: 53.98 } as const;

export interface CardFace {
  readonly cardId: string;
  readonly issuedOn: IsoDate;
  readonly expiresOn: IsoDate;
  readonly person: Pick<
    IdentifiedPerson,
    'name' | 'formerSurname' | 'alias' | 'birthDate' | 'sex' | 'address'
  >;
  /** Twelve digits. */
  readonly individualNumber: string;
  /** Four digits. */
  readonly securityCode: string;
  /** JPEG; undefined of whoever has none. */
  readonly photo: Uint8Array | undefined;
}

export function cardFaceSpec(face: CardFace): DocumentSpec {
  const area = (items: readonly Item[]) => ({ kind: 'area', height_mm: CARD_MM.height, items }) as const;
  return {
    id: face.cardId,
    title: '個人番号カード',
    createdAt: startOfDateInTokyo(face.issuedOn),
    page_mm: CARD_MM,
    margins_mm: { top: 0, right: 0, bottom: 0, left: 0 },
    isBare: true,
    body: [area(front(face)), { kind: 'page-break' }, area(back(face))],
  };
}

type Box = readonly [x_mm: number, y_mm: number, width_mm: number, height_mm: number];

const text = (
  [x_mm, y_mm, width_mm, height_mm]: Box,
  said: string,
  more: Partial<TextItem> = {},
): TextItem => ({
  kind: 'text',
  x_mm,
  y_mm,
  width_mm,
  height_mm,
  text: said,
  size_pt: 6,
  fit: 'shrink',
  ...more,
});

const LABEL = '#54636f';
const label = (box: Box, said: string): TextItem => text(box, said, { size_pt: 6, colour: LABEL });

function front({ person, expiresOn, securityCode, photo }: CardFace): readonly Item[] {
  return [
    label([3, 2.2, 11, 3.5], '氏名'),
    text([12, 1.8, 56, 5], nameOf(person), { size_pt: 9, lines_max: 1 }),
    label([3, 8, 11, 3.5], '住所'),
    text([12, 7, 70.6, 6.5], person.address, { size_pt: 7.5, lines_max: 2, vertical: 'top' }),
    ...photoItems(photo),
    label([30, 15, 11, 3.5], '生年月日'),
    text([41, 15, 27, 3.5], dateInJapanese(person.birthDate), { size_pt: 7.5 }),
    label([69, 15, 7, 3.5], '性別'),
    text([75, 15, 8, 3.5], sexOf(person.sex), { size_pt: 7.5 }),
    text([30, 19.5, 52, 4], `${dateInJapanese(expiresOn)}まで有効`, { size_pt: 8 }),
    label([30, 24.2, 38, 3.5], '電子証明書の有効期限'),
    { kind: 'rule', from_mm: [55, 27.5], to_mm: [82.6, 27.5], width_mm: 0.1 },
    label([30, 28.6, 20, 3.5], '追記欄'),
    ...[32.2, 36.4, 40.6, 44.8].map(
      (y_mm) => ({ kind: 'rule', from_mm: [30, y_mm], to_mm: [82.6, y_mm], width_mm: 0.1 }) as const,
    ),
    { kind: 'rule', from_mm: [30, 32.2], to_mm: [30, 44.8], width_mm: 0.1 },
    { kind: 'rule', from_mm: [82.6, 32.2], to_mm: [82.6, 44.8], width_mm: 0.1 },
    label([3, 47, 26, 3.5], 'セキュリティコード'),
    text([26, 46.8, 12, 4], securityCode, { size_pt: 8 }),
    text([40, 46.8, 42.6, 4], '個人番号カード', { size_pt: 8, align: 'right' }),
  ];
}

/** The photo's proportions are those of the application's 35 by 45 mm. */
function photoItems(photo: Uint8Array | undefined): readonly Item[] {
  const [x_mm, y_mm, width_mm, height_mm] = [3, 15, 23.5, 30.2];
  if (photo) return [{ kind: 'image', x_mm, y_mm, width_mm, height_mm, jpeg: photo, alt: '顔写真' }];
  const corners = [
    [x_mm, y_mm],
    [x_mm + width_mm, y_mm],
    [x_mm + width_mm, y_mm + height_mm],
    [x_mm, y_mm + height_mm],
  ] as const;
  return [
    ...corners.map((from_mm, index) => {
      const to_mm = corners[(index + 1) % corners.length] ?? from_mm;
      return { kind: 'rule', from_mm, to_mm, width_mm: 0.15 } as const;
    }),
    text([x_mm, y_mm + 12, width_mm, 5], '写真なし', { align: 'center', colour: LABEL }),
  ];
}

function back({ cardId, person, individualNumber }: CardFace): readonly Item[] {
  const number = individualNumber.replace(/(\d{4})(?=\d)/g, '$1 ');
  return [
    label([3, 5, 16, 3.5], '個人番号'),
    text([19, 3.6, 52, 6], number, { size_pt: 14 }),
    label([3, 13, 11, 3.5], '氏名'),
    text([19, 12.4, 63, 4.5], nameOf(person), { size_pt: 8 }),
    label([3, 19, 16, 3.5], '生年月日'),
    text([19, 18.7, 40, 4], dateInJapanese(person.birthDate), { size_pt: 7.5 }),
    { kind: 'barcode', x_mm: 14.8, y_mm: 38, width_mm: 56, height_mm: 8, data: cardId },
    text([14.8, 46.6, 56, 4], cardId, { size_pt: 7, align: 'center' }),
  ];
}

/** With the former surname in brackets behind the name, and the alias below it, as the register has them. */
const nameOf = ({ name, formerSurname, alias }: CardFace['person']): string =>
  [name, formerSurname && `［${formerSurname}］`, alias && `（${alias}）`].filter(Boolean).join('');

function sexOf(sex: IdentifiedPerson['sex']): string {
  if (sex === 1) return '男';
  return sex === 2 ? '女' : '不明';
}

/** `1980年2月17日`; a part that nobody knows is left out as unknown. */
function dateInJapanese(date: string): string {
  const [year = '', month = '', day = ''] = date.split('-');
  const part = (digits: string, unit: string): string =>
    Number(digits) === 0 ? `不明${unit}` : `${Number(digits)}${unit}`;
  return `${part(year, '年')}${part(month, '月')}${part(day, '日')}`;
}
