/** What the counter’s script says of the card in the reader, by code. */
import type { Words } from '@ishizue/pages';

export const READER_WORDS: Readonly<Record<string, Words>> = {
  'reader-away': {
    ja: 'カードリーダーにつながりません。番号と、この画面の許可（--origin）を確かめてください。',
    en: 'The reader does not answer. Is it at this port, and was this origin named to it (--origin)?',
  },
  'card-gone': { ja: 'カードがリーダーから外れました。', en: 'The card was taken out of the reader.' },
  'card-absent': { ja: 'このカードには必要なアプリケーションがありません。', en: 'This is no such card.' },
  'card-unreadable': { ja: 'カードの中身を読めません。', en: 'The contents of the card cannot be read.' },
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
  'pin-locked': { ja: '暗証番号がロックされています。', en: 'The PIN is locked.' },
  'card-refused': { ja: 'カードが応じませんでした（{word}）。', en: 'The card refused ({word}).' },
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
