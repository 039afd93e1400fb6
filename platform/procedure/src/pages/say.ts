/** What the screens of every procedure say, in both languages; what is a procedure's own is in its definition. */
import type { Language } from '@ishizue/pages';
import type { Definition } from '../define/definition.ts';
import type { Words } from '../define/field.ts';
import type { FormRule } from '../define/form-value.ts';

export { type Language, languageOf, sayIn as say } from '@ishizue/pages';

const RULES: Readonly<Record<FormRule, Words>> = {
  missing: { ja: '入力してください。', en: 'Please fill this in.' },
  'not-a-field': { ja: 'この項目はありません。', en: 'There is no such field.' },
  'too-long': { ja: '長すぎます。', en: 'This is too long.' },
  'too-short': { ja: '短すぎます。', en: 'This is too short.' },
  'too-large': { ja: '大きすぎます。', en: 'This is too large.' },
  'too-small': { ja: '小さすぎます。', en: 'This is too small.' },
  malformed: { ja: '書き方が正しくありません。', en: 'This is not of the right form.' },
  'not-a-choice': { ja: '選択肢から選んでください。', en: 'Please choose one of these.' },
  repeated: { ja: '同じものが2回あります。', en: 'The same is there twice.' },
  'too-many': { ja: '多すぎます。', en: 'These are too many.' },
  'too-few': { ja: '足りません。', en: 'These are too few.' },
};

export const ruleWords = (rule: FormRule, language: Language): string => RULES[rule][language];

const REFUSALS: Readonly<Record<string, Words>> = {
  'form-invalid': { ja: '入力に誤りがあります。', en: 'Something is not filled in rightly.' },
  'request-id-reused': { ja: 'この画面は既に送られています。', en: 'This page was sent before.' },
  'case-moved-meanwhile': {
    ja: 'この案件はその間に進みました。今の内容を確かめてください。',
    en: 'The case has moved meanwhile. Please look at it as it is now.',
  },
  'move-not-in-state': { ja: '今の状態ではできません。', en: 'This cannot be done in the present state.' },
  'not-permitted': { ja: 'この操作の権限がありません。', en: 'You may not do this.' },
  'second-person-needed': {
    ja: '起案した人とは別の人が行います。',
    en: 'Another person than the one who proposed has to do this.',
  },
  'deadline-extended-already': {
    ja: '期限はもう延長できません。',
    en: 'The deadline cannot be extended again.',
  },
  'attachment-unknown': { ja: 'ファイルを送り直してください。', en: 'Please send the file again.' },
  'attachment-too-large': { ja: 'ファイルが大きすぎます。', en: 'The file is too large.' },
  'attachment-type-refused': {
    ja: 'この種類のファイルは受け取れません。',
    en: 'A file of this kind is not taken.',
  },
  'attachment-malformed': { ja: 'ファイルが壊れています。', en: 'The file is damaged.' },
  'attachment-polyglot': {
    ja: 'ファイルが別の種類としても読めます。',
    en: 'The file can be read as another kind too.',
  },
};

export const refusalWords = ({ refusals }: Definition, code: string, language: Language): string =>
  (refusals[code] ?? REFUSALS[code])?.[language] ??
  (language === 'ja' ? '受け付けられませんでした。' : 'It was not accepted.');

/** A date as it is written: by the Japanese era in Japanese. */
export const dateWords = (date: string, language: Language): string =>
  new Intl.DateTimeFormat(language === 'ja' ? 'ja-JP-u-ca-japanese' : 'en-GB', {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(Date.parse(`${date}T00:00:00Z`));
