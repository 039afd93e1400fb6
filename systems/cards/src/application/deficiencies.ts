/**
 * What can be wrong with an application so that the applicant has to put it right (domain rules 5.1), in the words of the notice. The
 * office chooses; what a program sees by itself has the same codes.
 */
import type { Words } from '@ishizue/procedure';

export const DEFICIENCIES = {
  'photo-missing': {
    ja: '顔写真がありません。6か月以内に撮影した、縦4.5センチ・横3.5センチの写真をお出しください。',
    en: 'There is no photograph. Please send one of 45 by 35 mm, taken within the last six months.',
  },
  'photo-size': {
    ja: '顔写真の大きさ、縦横の比、または顔の大きさが適切ではありません。',
    en: 'The photograph, or the face on it, does not have the right size.',
  },
  'photo-pose': {
    ja: '顔が正面を向いていない、傾いている、目を閉じている、または帽子などで隠れています。',
    en: 'The face is turned, tilted or covered, or the eyes are closed.',
  },
  'photo-background': {
    ja: '背景に物や柄、影が写っています。無地の背景で撮り直してください。',
    en: 'There are things, patterns or shadows behind the head. The background has to be plain.',
  },
  'photo-unclear': {
    ja: '写真が暗い、明るすぎる、またはぼけています。',
    en: 'The photograph is too dark, too bright or blurred.',
  },
  'photo-old': {
    ja: '撮影から6か月を過ぎた写真です。',
    en: 'The photograph was taken more than six months ago.',
  },
  'photo-duplicate': {
    ja: '別の申請と同じ写真が使われています。ご本人の写真をお出しください。',
    en: 'Another application has the same photograph. Please send one of yourself.',
  },
  'photo-not-taken': {
    ja: '1歳未満の方のカードに写真は載りません。写真を取り消してください。',
    en: 'The card of whoever is not one year old has no photograph. Please take it away.',
  },
  unsigned: {
    ja: '申請者(または法定代理人)の氏名の記載がありません。',
    en: 'The application is not signed by the applicant or the legal representative.',
  },
  'representative-missing': {
    ja: '15歳未満の方・成年被後見人の申請には、法定代理人の記載が必要です。',
    en: 'Whoever is below fifteen, or a ward, needs a legal representative on the application.',
  },
  'representative-not-proved': {
    ja: '代理権を確かめる書類(戸籍謄本・登記事項証明書など)が必要です。',
    en: 'A document that proves the representative’s authority is needed.',
  },
  unreadable: {
    ja: '申請書の読み取れない箇所があります。',
    en: 'Parts of the application cannot be read.',
  },
  'wrong-id': {
    ja: '申請書IDが正しくありません。',
    en: 'The application id on the form is wrong.',
  },
  'data-mismatch': {
    ja: '氏名または生年月日が住民票の記載と一致しません。',
    en: 'Name or date of birth differ from the resident record.',
  },
  'substitute-not-offered': {
    ja: '代替文字は、示されたものの中から選んでください。',
    en: 'Substitute characters can only be chosen from those that are offered.',
  },
} as const satisfies Readonly<Record<string, Words>>;

export type Deficiency = keyof typeof DEFICIENCIES;
