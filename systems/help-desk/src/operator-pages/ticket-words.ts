/** What the pages of tickets and of the answer rate say. */
import type { Words } from '@ishizue/pages';
import type { ticketStatuses } from '../ticket-routes.ts';
import type { Urgency } from '../tickets/deadline-rules.ts';
import type { TicketEvent, TicketState } from '../tickets/ticket-lifecycle.ts';
import type { Topic } from '../topics.ts';

const words = (ja: string, en: string): Words => ({ ja, en });

export const TICKET_STATE_WORDS: Readonly<Record<TicketState, Words>> = {
  new: words('新規', 'New'),
  classified: words('分類済み', 'Classified'),
  answered: words('回答済み', 'Answered'),
  escalated: words('上申中', 'Escalated'),
  resolved: words('解決', 'Resolved'),
  faq: words('FAQに掲載', 'Made an FAQ entry'),
};

export const EVENT_WORDS: Readonly<Record<TicketEvent | 'open', Words>> = {
  open: words('受け付けた', 'Opened'),
  classify: words('分類する', 'Classify'),
  answer: words('回答する', 'Answer'),
  escalate: words('上申する', 'Escalate'),
  resolve: words('解決とする', 'Resolve'),
  publish: words('FAQに掲載', 'Made an FAQ entry'),
  assign: words('担当を決める', 'Assign'),
  link: words('障害に結び付ける', 'Link to an incident'),
};

export const TOPIC_WORDS: Readonly<Record<Topic, Words>> = {
  'notice-card': words('通知カード', 'Notice card'),
  'number-notice': words('個人番号通知書', 'Notice of the individual number'),
  application: words('交付申請書', 'Application form'),
  'hand-over-notice': words('交付通知書', 'Notice of delivery'),
  card: words('マイナンバーカード', 'The card'),
  suspension: words('一時停止', 'Stopping a card'),
  jpki: words('公的個人認証サービス', 'JPKI'),
  services: words('e-Tax・コンビニ交付・電子申請', 'e-Tax, kiosks, online applications'),
  other: words('その他', 'Other'),
};

export const URGENCY_WORDS: Readonly<Record<Urgency, Words>> = {
  normal: words('通常', 'Normal'),
  urgent: words('至急', 'Urgent'),
};

export type TicketRefusal = keyof typeof ticketStatuses | 'not-typed';

export const REFUSAL_WORDS: Readonly<Record<TicketRefusal, Words>> = {
  'not-typed': words('必要な項目が入力されていません。', 'Something is not filled in.'),
  'ticket-unknown': words('この番号の問合せ票はありません。', 'There is no ticket of this number.'),
  'ticket-state-refused': words('今の状態ではできません。', 'This cannot be done in the present state.'),
  'ticket-changed-meanwhile': words(
    'その間に別の担当者が進めました。今の内容を確かめてください。',
    'Somebody else was there first. Please look at it as it is now.',
  ),
  'text-holds-a-number': words(
    '長い番号が含まれています。消してください。',
    'There is a long number in the text: please take it out.',
  ),
  'request-id-reused': words('この画面は既に送られています。', 'This page was sent before.'),
};
