/**
 * The letter that confirms a suspension by telephone (一時停止の通知): when it was, what no longer works, what to do now, and whom
 * to call where it was not they. No number of card or person stands on it. Pure: the same letters give the same bytes.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Block, DocumentSpec } from '@ishizue/pdf';

export interface SuspensionLetter {
  readonly name: string;
  /** Null of what the municipality hands over. */
  readonly address: string | null;
  /** `清瀬市`. */
  readonly municipality: string;
  /** Milliseconds since the epoch. */
  readonly suspendedAt: number;
}

export function suspensionPaper(
  id: string,
  letters: readonly SuspensionLetter[],
  createdAt: number,
): DocumentSpec {
  return {
    id,
    title: '個人番号カード一時停止の通知',
    createdAt,
    body: letters.flatMap((letter, index) => [
      ...(index === 0 ? [] : [{ kind: 'page-break' } as const]),
      ...letterBlocks(letter, createdAt),
    ]),
  };
}

function letterBlocks(letter: SuspensionLetter, createdAt: number): readonly Block[] {
  const text = (words: string, size_pt?: number): Block =>
    size_pt === undefined ? { kind: 'paragraph', text: words } : { kind: 'paragraph', text: words, size_pt };
  const gap = (height_mm: number): Block => ({ kind: 'space', height_mm });
  const instant = instantInJapanese(letter.suspendedAt);
  return [
    letter.address === null
      ? text('（窓口交付）', 9)
      : { kind: 'paragraph', text: letter.address, fit: 'shrink', lines_max: 3 },
    { kind: 'paragraph', text: `${letter.name}　様`, fit: 'shrink', lines_max: 2, size_pt: 12 },
    gap(16),
    { kind: 'heading', text: '一時停止の通知', size_pt: 20, align: 'distributed', width_mm: 90 },
    { kind: 'paragraph', text: 'Notice that your card was stopped', align: 'center' },
    gap(6),
    text(`${instant}、お電話により、あなたのマイナンバーカードの利用を一時停止しました。`),
    text(`Your My Number Card was stopped on the telephone at ${instantInEnglish(letter.suspendedAt)}.`, 9),
    gap(4),
    text(
      'カードに記録された電子証明書は使えません。電子証明書の停止は解除できず、改めて発行を受ける必要があります。',
    ),
    text(`カードが見つかったときは、カードを持って本人が${letter.municipality}の窓口へお越しください。`),
    text(
      `見つからないときは、${letter.municipality}の窓口で紛失の届出をしてください。屋外でなくしたときは、警察の受理番号が必要です。`,
    ),
    text(
      `Found: come in person with the card to the counter of your municipality; the certificates must be issued again. Not found: report the loss at the same counter; if it was lost outside your home, bring the number of the report to the police.`,
      9,
    ),
    gap(4),
    text(
      'お心当たりがないときは、すぐにコールセンターへご連絡ください。この通知で暗証番号をお尋ねすることはありません。',
    ),
    text('If it was not you who called, tell the call centre at once. Nobody asks you for a PIN.', 9),
    gap(8),
    {
      kind: 'paragraph',
      text: `${dateInJapanese(dateInTokyo(createdAt))}　　地方公共団体情報システム機構`,
      align: 'right',
    },
  ];
}

/** `2031年2月17日`. */
function dateInJapanese(date: string): string {
  const [year, month, day] = date.split('-').map(Number);
  return `${year}年${month}月${day}日`;
}

const clockOf = (instant: number): readonly [string, string] => {
  const local = new Date(instant + 9 * 3_600_000).toISOString();
  return [local.slice(11, 13), local.slice(14, 16)];
};

function instantInJapanese(instant: number): string {
  const [hours, minutes] = clockOf(instant);
  return `${dateInJapanese(dateInTokyo(instant))}${Number(hours)}時${Number(minutes)}分`;
}

const instantInEnglish = (instant: number): string =>
  `${clockOf(instant).join(':')} on ${dateInTokyo(instant)} (Japan time)`;
