/**
 * The list that lies in a parcel: its number and every serial as bar codes, for the scanner of the municipality that opens it. It
 * names nobody: what a card says of its person is on the card. Pure.
 */
import { type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import type { Block, DocumentSpec, Item } from '@ishizue/pdf';

export interface ParcelPaper {
  /** `P`, eight digits and a check digit. */
  readonly number: string;
  /** `清瀬市`. */
  readonly municipality: string;
  readonly packedOn: IsoDate;
  readonly cardIds: readonly string[];
}

const ROW_MM = 15;

export function parcelPaper({ number, municipality, packedOn, cardIds }: ParcelPaper): DocumentSpec {
  return {
    id: number,
    title: '個人番号カード送付書',
    createdAt: startOfDateInTokyo(packedOn),
    body: [
      { kind: 'heading', text: '個人番号カード送付書', size_pt: 18, align: 'center' },
      { kind: 'paragraph', text: `${municipality}　御中`, size_pt: 12 },
      { kind: 'paragraph', text: `${packedOn}　${cardIds.length}枚　${number}`, align: 'right' },
      { kind: 'area', height_mm: 20, items: barcode(0, 0, 70, number) },
      {
        kind: 'paragraph',
        text: '開封後、すべてのカードの番号を読み取り、読取りを締めてください。一覧にないカードは読み取った上で返送してください。',
        size_pt: 9,
      },
      { kind: 'space', height_mm: 4 },
      ...rowsOf(cardIds),
    ],
  };
}

/** Two cards a row. */
const rowsOf = (cardIds: readonly string[]): readonly Block[] =>
  Array.from({ length: Math.ceil(cardIds.length / 2) }, (_, row) => ({
    kind: 'area',
    height_mm: ROW_MM,
    items: cardIds.slice(2 * row, 2 * row + 2).flatMap((cardId, at) => barcode(at * 85, 0, 80, cardId)),
  }));

const barcode = (x_mm: number, y_mm: number, width_mm: number, data: string): readonly Item[] => [
  { kind: 'barcode', x_mm, y_mm, width_mm, height_mm: 8, data },
  { kind: 'text', x_mm, y_mm: y_mm + 8.4, width_mm, height_mm: 5, text: data, align: 'center', size_pt: 8 },
];
