/** What the call centre’s pages say: purposes, questions, callers, states, and every refusal. */
import type { CardState } from '@ishizue/cards';
import type { Words } from '@ishizue/pages';
import type { checkStatuses } from '../check-routes.ts';
import type { SuspensionReason } from '../help-desk-context.ts';
import type { CheckState } from '../questions/check-store.ts';
import type { CheckPurpose, Question } from '../questions/question-rules.ts';
import type { CALLERS } from '../suspension/suspend-for-caller.ts';

const words = (ja: string, en: string): Words => ({ ja, en });

export const PURPOSE_WORDS: Readonly<Record<CheckPurpose, Words>> = {
  suspension: words('カードを一時停止する', 'To stop the card'),
  standing: words('カードの状態を答える', 'To be told how the card stands'),
};

export const QUESTION_WORDS: Readonly<Record<Question, Words>> = {
  name: words('氏名', 'Name'),
  'birth-date': words('生年月日', 'Date of birth'),
  address: words('住所', 'Address'),
  'card-expires-on': words('カードの有効期限', 'Last day of the card'),
  'handed-over-in': words('カードを受け取った年月', 'Month in which the card was handed over'),
};

/** How an answer is typed. */
export const ANSWER_HINTS: Readonly<Record<Question, Words>> = {
  name: words('姓名の間は空白', 'family name, space, given name'),
  'birth-date': words('例: 1990-04-01', 'for example 1990-04-01'),
  address: words('都道府県から', 'from the prefecture on'),
  'card-expires-on': words('例: 2036-04-01', 'for example 2036-04-01'),
  'handed-over-in': words('例: 2026-04', 'for example 2026-04'),
};

export const CALLER_WORDS: Readonly<Record<(typeof CALLERS)[number], Words>> = {
  holder: words('本人', 'The holder'),
  representative: words('法定代理人', 'A legal representative'),
  family: words('家族', 'Family'),
};

export const REASON_WORDS: Readonly<Record<SuspensionReason, Words>> = {
  lost: words('紛失', 'Lost'),
  stolen: words('盗難', 'Stolen'),
  'misuse-feared': words('不正利用のおそれ', 'Misuse is feared'),
};

export const CHECK_STATE_WORDS: Readonly<Record<CheckState, Words>> = {
  open: words('質問中', 'Questions are being asked'),
  passed: words('確認できました', 'Answered rightly'),
  failed: words(
    '確認できませんでした。この電話では答えられません。',
    'Not answered rightly: nothing more in this call.',
  ),
  used: words('済み', 'Done'),
};

export const CARD_STATE_WORDS: Readonly<Record<CardState, Words>> = {
  begun: words('作成中', 'Being made'),
  made: words('作成済み（まだ渡していない）', 'Made, not handed over yet'),
  active: words('使える', 'Usable'),
  suspended: words('一時停止中', 'Stopped'),
  void: words('失効', 'Void'),
};

export type CallRefusal = keyof typeof checkStatuses | 'not-typed';

export const REFUSAL_WORDS: Readonly<Record<CallRefusal, Words>> = {
  'not-typed': words('必要な項目が入力されていません。', 'Something is not filled in.'),
  'search-keys-insufficient': words(
    '氏名・生年月日・住所がそろっていません。',
    'Name, date of birth and address are all needed.',
  ),
  'search-keys-invalid': words(
    '氏名・生年月日・住所の書き方が正しくありません。',
    'Name, date of birth or address is not of the right form.',
  ),
  'search-not-ready': words(
    '検索の準備中です。少し待ってください。',
    'The search is not ready yet. Please wait a little.',
  ),
  'no-match': words(
    '一人に定まりません。聞き取りを確かめてください。',
    'It is not exactly one person. Please check what was said.',
  ),
  'person-blocked': words(
    '間違いが続いたため、今は答えられません。市区町村の窓口を案内してください。',
    'Too many wrong answers: nothing more now. Please refer them to the municipal counter.',
  ),
  'request-id-reused': words('この画面は別の電話に使われました。', 'This page was used for another call.'),
  'check-unknown': words('この確認の記録はありません。', 'There is no such check of yours.'),
  'check-over': words('この確認は終わりました。', 'The check is over.'),
  'check-not-passed': words('質問がまだ終わっていません。', 'The questions are not answered yet.'),
  'question-not-asked': words('この質問は、今はできません。', 'This may not be asked now.'),
  'answer-out-of-order': words(
    'この画面は古くなりました。もう一度お試しください。',
    'This page is out of date. Please try again.',
  ),
  'card-none': words('止められるカードがありません。', 'There is no card to stop.'),
  'card-unknown': words('カードが見つかりません。', 'There is no such card.'),
  'card-state-refused': words(
    'このカードは止められる状態ではありません。',
    'The card is in no state to be stopped.',
  ),
};
