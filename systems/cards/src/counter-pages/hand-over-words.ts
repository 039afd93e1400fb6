/** What the pages of the counter say: who comes, on what ground, what became of the old card, and every refusal of a hand-over. */
import type { Words } from '@ishizue/pages';
import type { ALL_GROUNDS, OLD_CARDS, Receiver } from '../hand-over/hand-over-facts.ts';
import type { handOverStatuses } from '../hand-over/hand-over-routes.ts';

const words = (ja: string, en: string): Words => ({ ja, en });

/** Of those who stand at a counter. */
export const RECEIVER_WORDS = {
  holder: words('本人', 'The holder'),
  'legal-representative': words(
    '法定代理人（15歳未満・成年被後見人）',
    'A legal representative (of a child or a ward)',
  ),
  proxy: words('任意代理人（やむを得ない理由）', 'A proxy, for a certified reason'),
} as const satisfies Partial<Record<Receiver, Words>>;
export type AtCounter = keyof typeof RECEIVER_WORDS;

export const GROUND_WORDS: Readonly<Record<(typeof ALL_GROUNDS)[number], Words>> = {
  'parent-by-family-register': words('親権者: 戸籍', 'Parent: family register'),
  'guardian-by-registration': words('後見人: 登記事項証明書', 'Guardian: certificate of registration'),
  'same-household-parent': words('親権者: 同一世帯', 'Parent: of the same household'),
  'illness-by-doctor': words('病気: 診断書', 'Illness: a doctor’s certificate'),
  'disability-by-handbook': words('障害: 障害者手帳', 'Disability: handbook'),
  'care-by-facility': words('施設入所: 施設の証明', 'In care: the facility’s certificate'),
  'custody-by-institution': words('収容: 施設の証明', 'In custody: the institution’s certificate'),
  'study-abroad-by-school': words('留学: 学校の証明', 'Studies abroad: the school’s certificate'),
  'shut-in-by-support-body': words('ひきこもり: 支援機関の証明', 'Shut in: a support body’s certificate'),
  'advanced-age-by-certificate': words('高齢: 証明', 'Advanced age: a certificate'),
};

export const OLD_CARD_WORDS: Readonly<Record<(typeof OLD_CARDS)[number], Words>> = {
  none: words('前のカードはない', 'There was none'),
  returned: words('返納された', 'It came back'),
  lost: words('紛失の届出がある', 'It was reported lost'),
};

/** A serial that could not be read is no refusal of the centre. */
export type CounterRefusal = keyof typeof handOverStatuses | 'application-id-malformed' | 'not-scanned';

export const REFUSAL_WORDS: Readonly<Record<CounterRefusal, Words>> = {
  'not-scanned': words('必要な項目が入力されていません。', 'Something is not filled in.'),
  'application-id-malformed': words('申請書IDの数字が違います。', 'A digit of the application id is wrong.'),
  'card-unknown': words('この製造番号のカードはありません。', 'There is no card of this serial.'),
  'card-state-refused': words(
    'このカードは交付できる状態ではありません（失効・交付済みなど）。',
    'The card is in no state to be handed over: it is void, or was handed over.',
  ),
  'card-expired': words('カードの有効期限が過ぎています。', 'The card is past its last day.'),
  'card-at-another-municipality': words(
    'このカードは別の市区町村に送られています。',
    'The card was sent to another municipality.',
  ),
  'card-not-at-counter': words(
    'カードが届いていないか、交付前設定がまだです。',
    'The card has not arrived, or was not set up.',
  ),
  'person-not-resident': words('住民登録がありません。', 'The person is no resident any more.'),
  'data-changed': words(
    'カードの作成後に氏名・住所などが変わりました。カードを廃止し、作り直します。',
    'Name, address or the like changed after the card was made: it is voided, and another one made.',
  ),
  'identity-not-proved': words(
    '本人確認書類が足りません（A1点、またはB2点）。',
    'The holder is not identified: one document of class A, or two of class B.',
  ),
  'receiver-not-proved': words(
    '代理人の本人確認書類が足りません（A1点、またはB2点）。',
    'Whoever comes is not identified: one document of class A, or two of class B.',
  ),
  'ground-not-certified': words(
    '代理の理由を証する書類を選んでください。',
    'Why somebody else comes has to be shown by a paper.',
  ),
  'representative-needed': words(
    '15歳未満の方は法定代理人が来庁してください。',
    'Below fifteen the legal representative comes.',
  ),
  'photograph-needed': words(
    '代理人が来るときは、本人の顔写真付きの書類が必要です。',
    'For a proxy one of the holder’s documents has a photograph.',
  ),
  'not-by-post': words('このカードは郵送できません。', 'This card does not go by post.'),
  'card-of-another-record': words(
    'カードがこの申請のものではありません。渡さないでください。',
    'The card is not of this application. Do not hand it over.',
  ),
  'old-card-missing': words(
    '前のカードがあります。返納か紛失の届出が必要です。',
    'There was a card before: it is returned, or reported lost.',
  ),
  'request-id-reused': words(
    'この画面は別の交付に使われました。はじめからやり直してください。',
    'This page was used for another hand-over. Please begin again.',
  ),
  'hand-over-unknown': words('この交付の記録はありません。', 'There is no such hand-over.'),
  'hand-over-over': words(
    'この交付は終わっているか、別の窓口でやり直されました。',
    'This hand-over is over, or another counter began it anew.',
  ),
  'challenge-expired': words(
    '時間が過ぎました。カードをもう一度読み取ってください。',
    'The time is over. Please scan the card again.',
  ),
  'card-not-proved': words(
    'カードの署名または証明書を確認できません。',
    'The signature or the certificate of the card does not hold.',
  ),
  'face-not-compared': words('顔の確認が済んでいません。', 'The face was not compared.'),
  'photo-of-another-card': words(
    '読み取った写真が、このカードの製造時の写真と違います。',
    'The photograph that was read is not the one that this card was made with.',
  ),
  'photo-does-not-resemble': words(
    '顔が一致しないため、交付しません。記録しました。',
    'The faces do not match: the card is not handed over. This is on record.',
  ),
};
