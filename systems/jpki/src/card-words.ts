/** What pages say of the card in a reader, by the code of a CardTrouble (assets/card.js); a page adds and replaces what is of its own. */

export const CARD_WORDS: Readonly<Record<string, Readonly<Record<'ja' | 'en', string>>>> = {
  'reader-away': {
    ja: 'カードリーダーにつながりません。番号と、この画面の許可（--origin）を確かめてください。',
    en: 'The reader does not answer. Is it at this port, and was this origin named to it (--origin)?',
  },
  'card-gone': { ja: 'カードがリーダーから外れました。', en: 'The card was taken out of the reader.' },
  'card-absent': { ja: 'このカードには必要なアプリケーションがありません。', en: 'This is no such card.' },
  'card-unreadable': { ja: 'カードの中身を読めません。', en: 'The contents of the card cannot be read.' },
  'certificate-absent': {
    ja: 'このカードには利用者証明用の証明書がありません。',
    en: 'There is no authentication certificate on this card.',
  },
  'pin-malformed': { ja: '暗証番号は数字4桁です。', en: 'The PIN has four digits.' },
  'pin-wrong': {
    ja: '暗証番号が違います。あと{tries}回。',
    en: 'The PIN is wrong. Tries left: {tries}.',
  },
  'pin-locked': { ja: '暗証番号がロックされています。', en: 'The PIN is locked.' },
  'card-refused': { ja: 'カードが応じませんでした（{word}）。', en: 'The card refused ({word}).' },
};
