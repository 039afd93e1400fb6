/** Why an application is not taken or not accepted, in words; deficiencies have those of their notice. */
import { DEFICIENCIES } from './deficiencies.ts';

export const REFUSALS = {
  ...DEFICIENCIES,
  'person-unknown': { ja: 'この住民票コードの方は見つかりません。', en: 'Nobody has this resident code.' },
  'not-yours': {
    ja: 'ご本人か法定代理人だけが申請できます。',
    en: 'You can apply for yourself, or as a legal representative.',
  },
  'person-not-resident': {
    ja: '住民登録のない方の申請は受けられません。',
    en: 'Whoever is no resident cannot apply.',
  },
  'birth-date-unknown': {
    ja: '生年月日が不詳の方は、窓口でご相談ください。',
    en: 'Without a known date of birth the validity is decided by hand: please ask at the counter.',
  },
  'stay-expired': { ja: '在留期間が満了しています。', en: 'The period of stay is over.' },
  'identity-not-proved': {
    ja: '本人確認書類が足りません(写真付き1点または2点)。',
    en: 'One document with a photograph, or two others, are needed.',
  },
  'channel-not-yours': {
    ja: 'この方法の申請は、ここからは出せません。',
    en: 'Applications of this channel are not sent from here.',
  },
  'card-already-valid': {
    ja: '有効なカードをお持ちです。有効期限まで3か月未満の場合などに限り、引き換えのための申請ができます。',
    en: 'There is a valid card. Another one in exchange is for who has three months left, or another ground.',
  },
  'terms-unknown': {
    ja: '窓口で決めた発行条件の番号が見つかりません。',
    en: 'There are no terms of this number.',
  },
  'terms-differ': {
    ja: '申請の内容が、窓口で決めた発行条件と異なります。',
    en: 'The application is not what was agreed on at the counter.',
  },
  'terms-used': {
    ja: 'この発行条件は、別の申請で使われています。',
    en: 'Another application has these terms.',
  },
  'terms-over': {
    ja: '特急発行の期限を過ぎています。窓口でもう一度お確かめください。',
    en: 'The time for the express card is over. Please ask at the counter again.',
  },
  'terms-needed': {
    ja: '再交付の理由と手数料を、お住まいの市区町村の窓口で先にお確かめください。',
    en: 'Ground and fee are agreed at the counter of your municipality first.',
  },
  'ground-not-proved': {
    ja: '窓口で決めた発行の理由に、もう当たりません。',
    en: 'The ground that was agreed on at the counter does not hold any more.',
  },
  'application-already-open': { ja: '申請中のものがあります。', en: 'Another application is on its way.' },
  'application-ended': {
    ja: 'この申請は、住民票の異動などにより終わっています。',
    en: 'The application has ended, by a change of the resident record.',
  },
} as const;
