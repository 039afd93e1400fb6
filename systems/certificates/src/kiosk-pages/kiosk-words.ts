/** What the kiosk’s pages say of what was refused, by the centre, by the municipality and by the card, by code. */

import { html, type SafeHtml } from '@ishizue/http';
import { CARD_WORDS } from '@ishizue/jpki';
import type { Language, Words } from '@ishizue/pages';
import type { OpenFailure } from '../centre/open-request.ts';
import type { SubmitFailure } from '../centre/submit-request.ts';
import type { TakeFailure } from '../centre/take-document.ts';
import type { PaperRefusal } from '../municipal/make-paper.ts';
import type { PrintFailure } from '../paper/print-copy.ts';

/** What has words of its own; why a paper could not be printed has not: it is refused, with its code. */
export type KioskRefusal =
  | 'port-malformed'
  | OpenFailure
  | SubmitFailure
  | TakeFailure
  | Exclude<PaperRefusal, PrintFailure>;

const REFUSAL_WORDS: Readonly<Record<KioskRefusal, Words>> = {
  'port-malformed': {
    ja: 'ポートは1から65535までの数字です。',
    en: 'A port is a number from 1 to 65535.',
  },
  'outside-hours': {
    ja: '発行できるのは6時30分から23時までです（12月29日から1月3日を除く）。',
    en: 'Papers are issued from 6:30 to 23:00, and not from 29 December to 3 January.',
  },
  'request-unknown': { ja: 'この申請はありません。', en: 'There is no such request.' },
  'request-already-submitted': {
    ja: 'この申請は送信済みです。',
    en: 'This request was submitted before.',
  },
  'request-expired': { ja: '時間が過ぎました。', en: 'The time of the request is over.' },
  'challenge-unknown': { ja: '時間が過ぎました。', en: 'The time of the request is over.' },
  'card-not-proved': {
    ja: 'カードを確かめられませんでした。',
    en: 'The card could not be proved.',
  },
  'certificate-not-current': {
    ja: 'カードの利用者証明用電子証明書は、失効しているか有効期間外です。',
    en: 'The authentication certificate of the card is revoked or not valid today.',
  },
  'certificate-status-unknown': {
    ja: '今は電子証明書が有効か確かめられません。',
    en: 'Nobody can say at the moment whether the certificate is good.',
  },
  'person-unknown': { ja: '住民票がありません。', en: 'There is no resident record.' },
  'person-not-resident': { ja: '今は国内に住民票がありません。', en: 'There is no resident record now.' },
  'under-age': { ja: '15歳未満の方は利用できません。', en: 'Kiosks serve people from fifteen years of age.' },
  'municipality-not-served': {
    ja: 'お住まいの市区町村は対応していません。',
    en: 'Your municipality does not issue at kiosks.',
  },
  'issue-suspended': {
    ja: 'お住まいの市区町村の発行は、今は止められています。',
    en: 'The issue of your municipality is suspended at the moment.',
  },
  'document-token-wrong': { ja: 'この証明書は受け取れません。', en: 'This paper is not yours to collect.' },
  'document-not-ready': { ja: '証明書はまだできていません。', en: 'The paper is not there yet.' },
  'document-already-delivered': { ja: '証明書は交付済みです。', en: 'The paper was handed out before.' },
  'request-refused': { ja: '発行できませんでした。', en: 'The paper was refused.' },
  'request-stopped': {
    ja: '市区町村の回答が申請と一致せず、交付を止めました。',
    en: 'The answer did not agree with the request, and was stopped.',
  },
  'issue-stopped': {
    ja: 'この証明書は窓口で申請してください。',
    en: 'Please ask for this paper at a counter.',
  },
  'household-without-head': {
    ja: '世帯主が決まっていないため、窓口で申請してください。',
    en: 'The household has no head at the moment: please ask at a counter.',
  },
  'resident-not-current': {
    ja: 'この市区町村の住民票は除かれています。',
    en: 'The resident record at the municipality is closed.',
  },
  'resident-not-found': {
    ja: '市区町村に住民票が見つかりませんでした。',
    en: 'The municipality has no such resident record.',
  },
};

const isKnown = (code: string): code is KioskRefusal => Object.hasOwn(REFUSAL_WORDS, code);

/** What was refused, in words and with its code. */
export const refusalNotice = (code: string, language: Language): SafeHtml =>
  html`<p class="refusal" role="alert">${REFUSAL_WORDS[isKnown(code) ? code : 'request-refused'][language]} <code>${code}</code></p>`;

/** What the script says of the card in the reader. */
export const KIOSK_CARD_WORDS: typeof CARD_WORDS = {
  ...CARD_WORDS,
  'pin-locked': {
    ja: '暗証番号がロックされています。窓口かキオスクで再設定してください。',
    en: 'The PIN is locked: have it reset at a counter or a kiosk.',
  },
  signing: { ja: 'カードが署名しています…', en: 'The card is signing…' },
  signed: {
    ja: '申請しました。証明書はダウンロードで届きます。カードをお取りください。',
    en: 'The request is on its way, and the paper comes as a download. Take your card.',
  },
};
