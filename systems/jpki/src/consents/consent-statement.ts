/**
 * What a holder reads and signs: the consent to the provision of their latest attributes, and its withdrawal, in Japanese and
 * English (JPKI Act 18; domain rules 6.6). The signature is over exactly these UTF-8 bytes. The id makes each statement one
 * of its kind, and the first line tells it from whatever else a card signs. Pure.
 */
import type { IsoDate } from '@ishizue/clock';

export const CONSENT_ITEMS = ['name', 'birth-date', 'sex', 'address'] as const;
export type ConsentItem = (typeof CONSENT_ITEMS)[number];

const WORDS: Readonly<Record<ConsentItem, { readonly ja: string; readonly en: string }>> = {
  name: { ja: '氏名', en: 'name' },
  'birth-date': { ja: '生年月日', en: 'date of birth' },
  sex: { ja: '性別', en: 'sex' },
  address: { ja: '住所', en: 'address' },
};

export interface StatedConsent {
  readonly id: string;
  /** Who will be told. */
  readonly recipient: { readonly verifier: string; readonly title: string };
  /** By whose connection it is told, where that is another one. */
  readonly operator: { readonly verifier: string; readonly title: string } | undefined;
  readonly purpose: string;
  readonly items: readonly ConsentItem[];
  readonly draftedAt: number;
  /** The last day, in Japan. */
  readonly lastDay: IsoDate;
}

export function consentStatement(consent: StatedConsent): string {
  const { id, recipient, operator, purpose, items, draftedAt, lastDay } = consent;
  const nameOf = ({ verifier, title }: StatedConsent['recipient']): string => `${title} (${verifier})`;
  const words = (language: 'ja' | 'en', between: string): string =>
    items.map((item) => WORDS[item][language]).join(between);
  return [
    '最新の利用者情報の提供に関する同意書 / Consent to the provision of latest attributes',
    `同意番号 / Consent: ${id}`,
    `提供先 / Recipient: ${nameOf(recipient)}`,
    ...(operator ? [`接続事業者 / By the connection of: ${nameOf(operator)}`] : []),
    `利用目的 / Purpose: ${purpose}`,
    `提供する項目 / Items: ${words('ja', '、')} / ${words('en', ', ')}`,
    `作成日時 / Drawn up at: ${inJapan(draftedAt)}`,
    `有効期限 / Until the end of: ${lastDay}`,
    '私は、上の提供先が利用目的のために求めたとき、住民基本台帳に記録された最新の項目が提供されることに同意します。',
    'この同意はいつでも撤回できます。提供の記録は「誰が見たか」で確認できます。',
    'I consent that the items, as the resident register has them at the time, are provided to the recipient when it asks',
    'for the purpose above. I may withdraw this consent at any time. Each provision is listed under “who looked at me”.',
    '',
  ].join('\n');
}

const TOKYO_MS = 9 * 3_600_000;

/** `2026-11-20T10:00:00+09:00` */
const inJapan = (ms: number): string => `${new Date(ms + TOKYO_MS).toISOString().slice(0, 19)}+09:00`;

export const withdrawalStatement = (id: string): string =>
  [
    '同意の撤回 / Withdrawal of a consent',
    `同意番号 / Consent: ${id}`,
    '私は、この同意を撤回します。',
    'I withdraw this consent.',
    '',
  ].join('\n');
