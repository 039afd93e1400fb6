/** Why a page of the desk is not shown or a sign-in not taken, in words; what is not here is told by its code. */
import type { Words } from '@ishizue/pages';

const WORDS: Readonly<Record<string, Words>> = {
  'sign-in-refused': {
    ja: 'IDまたはパスワードが違うか、続けて間違えたため、しばらく使えません。',
    en: 'The id or the secret is wrong, or it was wrong too often and is locked for a time.',
  },
  'sign-in-busy': {
    ja: 'サインインが混み合っています。少し待ってからもう一度お試しください。',
    en: 'Too many are signing in. Please wait a little and try again.',
  },
  'too-many-requests': {
    ja: '続けて試した回数が多すぎます。少し待ってからもう一度お試しください。',
    en: 'Too many attempts. Please wait a little and try again.',
  },
  'sign-in-required': { ja: 'サインインが必要です。', en: 'Please sign in.' },
  'not-permitted': {
    ja: 'この画面の権限がありません。',
    en: 'Your roles do not open this page.',
  },
  'request-forged': {
    ja: 'この画面は古くなりました。開き直してから、もう一度行ってください。',
    en: 'This page is out of date. Please open it again and repeat what you did.',
  },
  'request-invalid': { ja: '入力に誤りがあります。', en: 'Something is not filled in rightly.' },
  'not-found': { ja: 'そのページはありません。', en: 'There is no such page.' },
  'case-unknown': { ja: 'その案件はありません。', en: 'There is no such case.' },
};

/** @returns undefined where there are no words but the code */
export const deskWords = (code: string): Words | undefined => WORDS[code];
