/**
 * The application form (個人番号カード交付申請書) as a letter: how to apply with it, the application id in digits, as a bar code and as a QR
 * code that opens the door, and fields to fill in for the post. It bears no birth date, which the door asks for, and no
 * number or code. Who is under a support measure gets it from the municipality, without an address. Pure.
 */
import type { Block, DocumentSpec, Item } from '@ishizue/pdf';
import type { LetterPage } from '../letters/letter-book.ts';

export interface FormOnPaper {
  readonly applicationId: string;
}

/** @param doorAddress of the page that the QR code opens, without the id: `https://…/cards/apply` */
export const formPaper =
  (doorAddress: string) =>
  (id: string, pages: readonly LetterPage<FormOnPaper>[], at: number): DocumentSpec => ({
    id,
    title: '個人番号カード交付申請書',
    createdAt: at,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page, doorAddress),
    ]),
  });

/** In groups, as people read it: 5 5 5 5 3. */
export const groupedId = (applicationId: string): string => applicationId.replaceAll(/(\d{5})(?=\d)/g, '$1 ');

const said = (text: string): Block => ({ kind: 'paragraph', text });
const small = (text: string): Block => ({ kind: 'paragraph', text, size_pt: 9 });

function pageBlocks(page: LetterPage<FormOnPaper>, doorAddress: string): readonly Block[] {
  const { name, address, municipality } = page;
  return [
    ...(address === null
      ? [small('（窓口交付）')]
      : [
          small('転送不要'), // whoever has moved is not to get it
          { kind: 'paragraph', text: address, fit: 'shrink', lines_max: 3 } as const,
        ]),
    { kind: 'paragraph', text: `${name}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
    { kind: 'space', height_mm: 8 },
    { kind: 'heading', text: '個人番号カード交付申請書', size_pt: 18, align: 'distributed', width_mm: 110 },
    { kind: 'paragraph', text: 'Application for an Individual Number Card', align: 'center' },
    { kind: 'space', height_mm: 3 },
    codes(page, doorAddress),
    said(
      'スマートフォンで二次元コードを読み取るか、パソコンで次のページを開き、申請書ＩＤと生年月日を入力して申請できます。',
    ),
    small(doorAddress),
    small(
      'Read the code with a phone, or open the page above, and enter the application id and your date of birth.',
    ),
    said('まちなかの証明写真機では、申請書ＩＤのバーコードを読み取らせてください。'),
    said('郵送のときは、下の欄に記入し、顔写真を貼って送ってください。'),
    { kind: 'space', height_mm: 3 },
    postalFields(),
    { kind: 'space', height_mm: 4 },
    small(
      `この申請書での申請は一回です。引越し、番号の変更をされたとき、新しい申請書を受け取られたときは使えません。申請書は${municipality}の窓口でいつでもお渡しします。`,
    ),
    small('申請書ＩＤを他人に教えないでください。'),
    { kind: 'space', height_mm: 4 },
    { kind: 'paragraph', text: '地方公共団体情報システム機構', align: 'right' },
  ];
}

function codes({ row: { applicationId }, number }: LetterPage<FormOnPaper>, doorAddress: string): Block {
  const text = (y_mm: number, of: string, size_pt: number): Item => ({
    kind: 'text',
    x_mm: 0,
    y_mm,
    width_mm: 100,
    height_mm: 7,
    text: of,
    size_pt,
  });
  const bar = (y_mm: number, width_mm: number, data: string): Item => ({
    kind: 'barcode',
    x_mm: 0,
    y_mm,
    width_mm,
    height_mm: 8,
    data,
  });
  const address = `${doorAddress}?id=${applicationId}`;
  return {
    kind: 'area',
    height_mm: 40,
    items: [
      text(0, '申請書ＩＤ', 9),
      text(5, groupedId(applicationId), 13),
      bar(13, 90, applicationId),
      ...(number === '' ? [] : [bar(25, 60, number), text(33.5, number, 8)]),
      { kind: 'qr', x_mm: 116, y_mm: 0, size_mm: 38, data: address, alt: '申請ページの二次元コード' },
    ],
  };
}

function postalFields(): Block {
  const row = (label: string, text: string, height_mm: number) => ({
    cells: [{ text: label, role: 'label' as const }, { text }],
    height_mm,
  });
  return {
    kind: 'table',
    columns_mm: [45, 110],
    rows: [
      row('顔写真', '六か月以内、正面、無帽、無背景、縦四・五センチ、横三・五センチ（裏に氏名）', 24),
      row('電子証明書', '□ 署名用は不要　　□ 点字での氏名の表記を希望', 8),
      row('申請日・署名', '', 10),
      row('電話番号', '', 8),
      row('法定代理人', '十五歳未満の方・成年被後見人（氏名、続柄、署名）', 12),
    ],
  };
}
