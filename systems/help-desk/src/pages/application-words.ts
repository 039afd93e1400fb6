/**
 * The states of an application in words for whoever applied, and what happens next; one table. A state without words does not
 * compile. Words of states that applications do not have yet stand ready (domain rules 5.1).
 */
import type { ApplicationState } from '@ishizue/cards';

interface Words {
  readonly ja: string;
  readonly en: string;
}

export interface StateWords {
  readonly state: Words;
  readonly next: Words;
}

const MAKING: Words = {
  ja: 'できあがると市区町村へ送られます。申請から受取りまで、通常1か月から2か月かかります。',
  en: 'When it is made it is sent to your municipality. It usually takes one to two months from the application until you can collect it.',
};
const AT_MUNICIPALITY: Words = {
  ja: '市区町村で準備をしています。受取りのお知らせ（交付通知書）をお待ちください。',
  en: 'Your municipality is preparing it. Wait for the notice to collect it.',
};
const OVER: Words = {
  ja: '理由は市区町村の窓口でお尋ねください。あらためて申請できます。',
  en: 'Ask the counter of your municipality for the reason. You can apply again.',
};

const WORDS = {
  received: {
    state: { ja: '受け付けました', en: 'Received' },
    next: { ja: 'これから内容を審査します。', en: 'It is going to be examined.' },
  },
  screening: {
    state: { ja: '審査しています', en: 'Being examined' },
    next: {
      ja: '写真や記入に不備があるときは、お知らせします。',
      en: 'You are told if something is wrong with the photo or an entry.',
    },
  },
  deficient: {
    state: { ja: '不備があります', en: 'Deficient' },
    next: {
      ja: 'お送りした通知に書かれた点を直して、もう一度申請してください。',
      en: 'Put right what the notice names that was sent to you, and apply again.',
    },
  },
  accepted: { state: { ja: '審査が終わりました', en: 'Examined and accepted' }, next: MAKING },
  'data-linked': { state: { ja: 'カードを作る準備をしています', en: 'About to be made' }, next: MAKING },
  manufacturing: { state: { ja: 'カードを作っています', en: 'Being made' }, next: MAKING },
  made: { state: { ja: 'カードができました', en: 'Made' }, next: MAKING },
  inspected: { state: { ja: 'カードの検査が終わりました', en: 'Made and inspected' }, next: MAKING },
  shipped: {
    state: { ja: '市区町村へ発送しました', en: 'Sent to your municipality' },
    next: AT_MUNICIPALITY,
  },
  arrived: {
    state: { ja: '市区町村に届きました', en: 'Arrived at your municipality' },
    next: AT_MUNICIPALITY,
  },
  'set-up': {
    state: { ja: '受取りの準備ができました', en: 'Prepared for you' },
    next: AT_MUNICIPALITY,
  },
  notified: {
    state: { ja: '受取りのお知らせを送りました', en: 'The notice to collect it was sent' },
    next: {
      ja: 'お知らせに書かれた場所で受け取ってください。',
      en: 'Collect it at the place that the notice names.',
    },
  },
  'handed-over': {
    state: { ja: 'お渡ししました', en: 'Handed over' },
    next: { ja: 'この申請の手続は終わりました。', en: 'Nothing more is to be done.' },
  },
  undelivered: {
    state: { ja: 'お受取りがありませんでした', en: 'Not collected' },
    next: {
      ja: '市区町村の窓口へお問い合わせください。',
      en: 'Ask the counter of your municipality.',
    },
  },
  expired: { state: { ja: '受取りの期間が過ぎました', en: 'The time to collect it is over' }, next: OVER },
  void: { state: { ja: 'この申請は終了しました', en: 'This application has ended' }, next: OVER },
  refused: { state: { ja: 'この申請は終了しました', en: 'This application has ended' }, next: OVER },
} as const;

/** Every state has its words: this is where the compiler says which has not. */
export const APPLICATION_WORDS: Readonly<Record<ApplicationState, StateWords>> = WORDS;
