/**
 * Why a card is issued, and what follows from it (domain rules 5.4 to 5.6): whether it is free, whether it may be express
 * (特急発行, from 2 December 2024), and what must have become of the card before: void, or still good, so that it is in use until
 * the new one is handed over in exchange for it (as of the card of before, 住民基本台帳法施行令 art. 30-18: three months, a full column,
 * or what the mayor finds needed). One table; fees in whole yen.
 */
import type { IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

interface GroundRule {
  readonly isFree: boolean;
  /** A row of the table of express issue: within 30 days of the event, the first card after it. */
  readonly isExpress: boolean;
  /** Whether there must have been a card before. */
  readonly isReissue: boolean;
  /** Whether a valid card before is in use until the hand-over of this one. */
  readonly letsStand: boolean;
  readonly source: string;
}

const row = (is: string, source: string): GroundRule => ({
  isFree: is.includes('free'),
  isExpress: is.includes('express'),
  isReissue: is.includes('again'),
  letsStand: is.includes('beside'),
  source,
});

export const GROUNDS = {
  first: row('free', '番号法 第16条の2: 初回の交付'),
  newborn: row('free express', '特急発行: 1歳未満 (出生届とともに、顔写真なし)'),
  'moved-in-from-abroad': row('free express', '特急発行: 国外からの最初の転入'),
  'newly-registered': row('free express', '特急発行: 無戸籍者等の新たな住民票の記載'),
  'new-mid-long-term-resident': row('free express', '特急発行: 新たに中長期在留者等となった者'),
  released: row('free express', '特急発行: 矯正施設からの出所'),
  lost: row('express again', '紛失による再交付; 特急発行: 紛失'),
  damaged: row('express again', '焼失・著しい損傷による再交付; 特急発行: 焼失・損傷'),
  'chip-fault': row('free express again beside', 'ICチップの不良; 特急発行: 機能の損なわれたカード'),
  'office-fault': row('free express again', '市町村・機構の責めによる失効; 特急発行: 誤った失効'),
  'code-changed': row('free express again', '番号法施行令 第14条: 住民票コードの変更; 特急発行'),
  'number-changed': row('free express again', '番号法 第7条第2項: 個人番号の変更; 特急発行'),
  'face-full': row('free express again beside', '追記欄の満欄; 特急発行: 追記欄の満欄'),
  expiring: row('free again beside', '有効期間満了 (3月以内) の更新'),
  'departed-abroad': row('free again', '国外転出による失効: 失効後90日以内の申請は無料'),
  'kind-switched': row('free again beside', '顔認証マイナンバーカードとの切替え'),
  'move-limit-missed': row('again', '転入・継続利用の期限経過による失効'),
  returned: row('again', '番号法施行令 第15条第4項: 自主返納後の再交付'),
} as const satisfies Readonly<Record<string, GroundRule>>;

export type IssueGround = keyof typeof GROUNDS;
export const ISSUE_GROUNDS = Object.keys(GROUNDS) as readonly IssueGround[];

interface FeeRule {
  readonly card_yen: number;
  readonly expressCard_yen: number | null;
  readonly certificates_yen: number;
  /** After a void by an overseas move. */
  readonly freeAfterDeparture_days: number;
}

const FEES = new DatedRules<FeeRule>('fees of cards', [
  {
    validFrom: '2016-01-01',
    validTo: '2024-12-01',
    source: '番号法 第18条の2; 再交付手数料 800円, 電子証明書 200円',
    rule: { card_yen: 800, expressCard_yen: null, certificates_yen: 200, freeAfterDeparture_days: 90 },
  },
  {
    validFrom: '2024-12-02',
    source: '特急発行の再交付手数料 1,800円, 電子証明書 200円',
    rule: { card_yen: 800, expressCard_yen: 1800, certificates_yen: 200, freeAfterDeparture_days: 90 },
  },
]);

interface ExpressRule {
  readonly within_days: number;
  readonly due_days: number;
  /** The factory’s share of them. */
  readonly factory_business_days: number;
}

export const EXPRESS = new DatedRules<ExpressRule>('express issue', [
  {
    validFrom: '2024-12-02',
    source: '番号法施行規則: 特急発行・交付 (令和6年12月2日施行); the factory’s share of the week is decided',
    rule: { within_days: 30, due_days: 7, factory_business_days: 3 },
  },
]);

export interface CardFee {
  readonly card_yen: number;
  readonly certificates_yen: number;
  readonly total_yen: number;
}

export interface FeeCase {
  readonly ground: IssueGround;
  readonly isExpress: boolean;
  readonly withCertificates: boolean;
  readonly on: IsoDate;
  /** Whole days since the card was void, where that counts. */
  readonly voidFor_days?: number | undefined;
}

/** What a card costs its holder, in whole yen, by the rule of the day. */
export function cardFee({ ground, isExpress, withCertificates, on, voidFor_days }: FeeCase): CardFee {
  const rule = FEES.get(on);
  const isTooLate =
    ground === 'departed-abroad' &&
    (voidFor_days === undefined || voidFor_days > rule.freeAfterDeparture_days);
  if (GROUNDS[ground].isFree && !isTooLate) return { card_yen: 0, certificates_yen: 0, total_yen: 0 };
  const card_yen = isExpress ? rule.expressCard_yen : rule.card_yen;
  if (card_yen === null) throw new Error('an express card before there were any');
  const certificates_yen = withCertificates ? rule.certificates_yen : 0;
  return { card_yen, certificates_yen, total_yen: card_yen + certificates_yen };
}
