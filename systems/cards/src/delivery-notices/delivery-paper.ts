/**
 * The notice that a card waits (交付通知書) as a letter: where it is fetched and until when, what to bring, and two bar codes: the
 * notice's number for what comes back, the application's id for the counter. Who is under a support measure gets it from
 * the municipality, without an address. Pure: the same pages give the same bytes.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Block, DocumentSpec } from '@ishizue/pdf';
import type { ClaimedLetter, LetterPage } from '../letters/letter-book.ts';

export interface WaitingCard extends ClaimedLetter {
  readonly applicationId: string;
  readonly keepUntil: IsoDate;
  /** Its signature certificate is issued at the counter. */
  readonly isSignatureLeftOut: boolean;
}

type DeliveryPage = LetterPage<WaitingCard>;

/** @param at milliseconds since the epoch: of the run */
export function deliveryPaper(id: string, pages: readonly DeliveryPage[], at: number): DocumentSpec {
  return {
    id,
    title: '個人番号カード交付通知書',
    createdAt: at,
    body: pages.flatMap((page, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...pageBlocks(page),
    ]),
  };
}

const said = (text: string): Block => ({ kind: 'paragraph', text });

function pageBlocks(page: DeliveryPage): readonly Block[] {
  const { name, address, municipality, row } = page;
  const { keepUntil, isSignatureLeftOut } = row;
  return [
    address === null
      ? { kind: 'paragraph', text: '（窓口交付）', size_pt: 9 }
      : { kind: 'paragraph', text: address, fit: 'shrink', lines_max: 3 },
    { kind: 'paragraph', text: `${name}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
    { kind: 'space', height_mm: 16 },
    { kind: 'heading', text: '個人番号カード交付通知書', size_pt: 18, align: 'distributed', width_mm: 110 },
    { kind: 'paragraph', text: 'Your Individual Number Card is ready', align: 'center' },
    { kind: 'space', height_mm: 6 },
    said(
      `申請された個人番号カードができました。${dateInJapanese(keepUntil)}までに、本人が${municipality}の窓口へお越しください。`,
    ),
    {
      kind: 'paragraph',
      text: `Please come in person by ${keepUntil}. After that day the card is destroyed.`,
      size_pt: 9,
    },
    { kind: 'space', height_mm: 4 },
    said('必要なもの'),
    said('一　この通知書'),
    said('二　本人確認書類（運転免許証、旅券など一点、又は資格確認書と年金手帳など二点）'),
    said('三　お持ちの個人番号カード（紛失された方はお申し出ください）'),
    said('暗証番号は窓口の端末でご自身が設定します。職員がお尋ねすることはありません。'),
    said(
      '十五歳未満の方は法定代理人とお越しください。病気、身体の障害などでお越しになれない方は、そのことを証する書類により代理人が受け取れます。',
    ),
    ...(isSignatureLeftOut
      ? [
          said(
            'お名前又は住所に電子証明書で表せない文字があるため、署名用電子証明書は窓口で代わりの文字を選んでから発行します。',
          ),
        ]
      : []),
    said('期限を過ぎたカードは廃棄します。'),
    { kind: 'space', height_mm: 8 },
    { kind: 'paragraph', text: `${municipality}長`, align: 'right' },
    { kind: 'space', height_mm: 6 },
    codes(page),
  ];
}

function codes({ number, row: { applicationId } }: DeliveryPage): Block {
  const code = (y_mm: number, width_mm: number, data: string) =>
    [
      { kind: 'barcode', x_mm: 0, y_mm, width_mm, height_mm: 9, data },
      {
        kind: 'text',
        x_mm: 0,
        y_mm: y_mm + 9.5,
        width_mm,
        height_mm: 5,
        text: data,
        align: 'center',
        size_pt: 8,
      },
    ] as const;
  return { kind: 'area', height_mm: 34, items: [...code(0, 90, applicationId), ...code(17, 60, number)] };
}

/** `2027年2月17日`. */
function dateInJapanese(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
