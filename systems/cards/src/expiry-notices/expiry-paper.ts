/**
 * The notice of expiry as a letter (有効期限通知書): what ends when, from when and where it is renewed, and the notice's number as
 * a bar code for what comes back. No card number and no code stand on it. Who is under a support measure gets it from the
 * municipality, without an address. Pure: the same pages give the same bytes.
 */
import { dateInTokyo, type IsoDate } from '@ishizue/clock';
import type { Block, DocumentSpec, Row } from '@ishizue/pdf';

/** One letter. */
export interface ExpiryPage {
  readonly number: string;
  readonly name: string;
  /** Null of what the municipality hands over. */
  readonly address: string | null;
  readonly authenticationEndsOn: IsoDate | null;
  readonly signatureEndsOn: IsoDate | null;
  readonly cardEndsOn: IsoDate | null;
  /** `清瀬市`. */
  readonly municipality: string;
}

/** @param openedAt milliseconds since the epoch: of the run, so that it stays the same however often it is set */
export function expiryPaper(id: string, pages: readonly ExpiryPage[], openedAt: number): DocumentSpec {
  return {
    id,
    title: '有効期限通知書',
    createdAt: openedAt,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page, openedAt),
    ]),
  };
}

function pageBlocks(page: ExpiryPage, openedAt: number): readonly Block[] {
  return [
    ...addressBlocks(page),
    { kind: 'space', height_mm: 16 },
    { kind: 'heading', text: '有効期限通知書', size_pt: 20, align: 'distributed', width_mm: 90 },
    { kind: 'paragraph', text: 'Notice of Expiry', align: 'center' },
    { kind: 'space', height_mm: 6 },
    {
      kind: 'paragraph',
      text: 'あなたのマイナンバーカードに関する有効期限が近づきましたので、お知らせします。期限の三か月前の日の翌日から更新の手続ができます。',
    },
    {
      kind: 'paragraph',
      text: 'What is listed below expires soon. You can renew it within the three months before the date.',
      size_pt: 9,
    },
    { kind: 'space', height_mm: 4 },
    { kind: 'table', columns_mm: [75, 75], rows: rowsOf(page) },
    { kind: 'space', height_mm: 6 },
    { kind: 'paragraph', text: '手続の場所' },
    {
      kind: 'paragraph',
      text: `${page.municipality}の窓口、又は${page.municipality}が指定した郵便局。オンラインでは更新できません。`,
    },
    { kind: 'paragraph', text: '必要なもの' },
    {
      kind: 'paragraph',
      text: 'マイナンバーカード及び設定した暗証番号。電子証明書の有効期限に伴う更新の手数料は無料です。',
    },
    {
      kind: 'paragraph',
      text: '有効期限を過ぎると、その電子証明書によるオンライン申請やコンビニ交付などは利用できません。この通知で暗証番号をお尋ねすることはありません。',
    },
    { kind: 'space', height_mm: 8 },
    {
      kind: 'paragraph',
      text: `${dateInJapanese(dateInTokyo(openedAt))}　　地方公共団体情報システム機構`,
      align: 'right',
    },
    { kind: 'space', height_mm: 6 },
    {
      kind: 'area',
      height_mm: 18,
      items: [
        { kind: 'barcode', x_mm: 0, y_mm: 0, width_mm: 60, height_mm: 10, data: page.number },
        {
          kind: 'text',
          x_mm: 0,
          y_mm: 11,
          width_mm: 60,
          height_mm: 6,
          text: page.number,
          align: 'center',
          size_pt: 9,
        },
      ],
    },
  ];
}

function addressBlocks({ name, address }: ExpiryPage): readonly Block[] {
  const addressee = {
    kind: 'paragraph',
    text: `${name}　様`,
    fit: 'shrink',
    lines_max: 2,
    size_pt: 12,
  } as const;
  return address === null
    ? [addressee, { kind: 'paragraph', text: '（窓口交付）', size_pt: 9 }]
    : [
        { kind: 'paragraph', text: '転送不要', size_pt: 9 }, // whoever has moved is not to get it
        { kind: 'paragraph', text: address, fit: 'shrink', lines_max: 3 },
        addressee,
      ];
}

function rowsOf({ authenticationEndsOn, signatureEndsOn, cardEndsOn }: ExpiryPage): readonly Row[] {
  const head: Row = {
    cells: [
      { text: '更新の対象', role: 'label', align: 'center' },
      { text: '有効期限', role: 'label', align: 'center' },
    ],
    height_mm: 9,
  };
  const row = (label: string, endsOn: IsoDate | null): readonly Row[] =>
    endsOn === null
      ? []
      : [{ cells: [{ text: label }, { text: dateInJapanese(endsOn), align: 'center' }], height_mm: 10 }];
  return [
    head,
    ...row('利用者証明用電子証明書', authenticationEndsOn),
    ...row('署名用電子証明書', signatureEndsOn),
    ...row('マイナンバーカード', cardEndsOn),
  ];
}

/** `2031年2月17日`. */
function dateInJapanese(date: IsoDate): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
