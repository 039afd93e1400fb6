/** What the counter’s script says of the card in the reader, by code. */
import { CARD_WORDS } from '@ishizue/jpki';
import type { Words } from '@ishizue/pages';

export const READER_WORDS: Readonly<Record<string, Words>> = {
  ...CARD_WORDS,
  'number-malformed': { ja: '照合番号Bは数字14桁です。', en: 'The number B has 14 digits.' },
  'number-wrong': {
    ja: '照合番号Bが違います。券面を確かめてください。あと{tries}回。',
    en: 'The number B is wrong: look at the face of the card. {tries} tries are left.',
  },
  'number-locked': { ja: '照合番号Bがロックされました。', en: 'The number B is locked.' },
  'pin-malformed': {
    ja: '暗証番号の形が違います（4桁の数字／署名用は英数字6〜16文字で、英字と数字の両方）。',
    en: 'A PIN has four digits; the signature password 6 to 16 letters and digits, both of them.',
  },
  'pins-differ': { ja: '2回の入力が一致しません。', en: 'What was typed twice differs.' },
  'pin-wrong': {
    ja: 'この暗証番号は既に設定されていて、違います。あと{tries}回。',
    en: 'This PIN was set before, and is another one. {tries} tries are left.',
  },
  reading: { ja: '読み取っています…', en: 'Reading…' },
  read: { ja: '読み取りました。', en: 'Read.' },
  signing: { ja: 'カードが設定と署名をしています…', en: 'The card is setting the PINs and signing…' },
  signed: { ja: '設定と署名が済みました。', en: 'The PINs are set, and the card has signed.' },
  'photo-none': { ja: 'チップに写真はありません。', en: 'The chip has no photograph.' },
  'photo-unshown': {
    ja: 'チップの写真を表示できません。交付しないでください。',
    en: 'The photograph in the chip cannot be shown: do not hand the card over.',
  },
  'camera-none': {
    ja: 'カメラがありません。目の前の方と見比べてください。',
    en: 'No camera: compare with who stands there.',
  },
};
