/**
 * What is asked about, over which channel and in which language. The topics are the rows of the report's table of inquiries
 * (業務報告書 令和5年度, コールセンターへの問合せ内容別件数), the languages those that the centre announces (domain rules 15).
 * The database has the same lists.
 */
export const TOPICS = [
  'notice-card', // 通知カード関係
  'number-notice', // 個人番号通知書関係
  'application', // 交付申請書関係
  'hand-over-notice', // 交付通知書関係
  'card', // マイナンバーカード関係
  'suspension', // 一時停止
  'jpki', // 公的個人認証サービス関係
  'services', // e-Tax、コンビニ交付、電子申請
  'other', // その他
] as const;
export type Topic = (typeof TOPICS)[number];

export const CHANNELS = ['phone', 'chat', 'chatbot'] as const;
export type Channel = (typeof CHANNELS)[number];

export const CALL_LANGUAGES = ['ja', 'en', 'zh', 'ko', 'es', 'pt'] as const;
export type CallLanguage = (typeof CALL_LANGUAGES)[number];

/** How a call ended. */
export const OUTCOMES = ['told', 'suspended', 'referred', 'ticket', 'abandoned'] as const;
export type Outcome = (typeof OUTCOMES)[number];
