/**
 * What a renewal costs its holder, in whole yen (電子証明書の発行手数料; domain rules 6.2): 200 yen a visit outside the free cases. That
 * both certificates of a visit are paid once follows from the fee of a new card, 1,000 yen with 200 for its certificates.
 */
import type { IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';

export const RENEWAL_GROUNDS = [
  /** It ends within three months. */
  'expiring',
  /** The one before was revoked because what it says changed (a move, a name). */
  'data-changed',
  /** The period of stay was extended, and the card's last day with it. */
  'stay-extended',
  'office-fault',
  /** The card came without one, and never had one: paid with the card. */
  'first-issue',
  /** Any other reason of the holder's own, at any time. */
  'own-wish',
] as const;
export type RenewalGround = (typeof RENEWAL_GROUNDS)[number];

interface FeeRule {
  readonly visit_yen: number;
  readonly free: readonly RenewalGround[];
}

const feeRules = new DatedRules<FeeRule>('fees of certificates', [
  {
    validFrom: '2016-01-01',
    source: '公的個人認証法 第67条; 手数料は地方公共団体情報システム機構が定める',
    rule: {
      visit_yen: 200,
      free: ['expiring', 'data-changed', 'stay-extended', 'office-fault', 'first-issue'],
    },
  },
]);

/** Of the first renewal of a visit that is not free; the others of that visit are paid with it. */
export function renewalFee_yen(ground: RenewalGround, on: IsoDate): number {
  const { visit_yen, free } = feeRules.get(on);
  return free.includes(ground) ? 0 : visit_yen;
}
