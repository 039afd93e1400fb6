/**
 * Documents that the card carries besides its own (マイナ免許証 from 24 March 2025; 在留カードと一体のカード from June 2026; domain
 * rules 5.6), and whether a driving licence follows its holder to a renewed card. Pure, by dated rule.
 */
import type { IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import type { IssueGround } from '../issue-terms/issue-grounds.ts';

export const COMBINED_KINDS = ['driving-licence', 'residence-card'] as const;
export type CombinedKind = (typeof COMBINED_KINDS)[number];

const FROM: Readonly<Record<CombinedKind, DatedRules<true>>> = {
  'driving-licence': new DatedRules('driving licences on cards', [
    { validFrom: '2025-03-24', source: '道路交通法 第95条の2: 免許情報記録個人番号カード', rule: true },
  ]),
  // the day of June 2026 is not in the source at hand; the 14th is the day that was announced
  'residence-card': new DatedRules('residence cards on cards', [
    {
      validFrom: '2026-06-14',
      source: '出入国管理及び難民認定法の改正 (令和6年): 特定在留カード',
      rule: true,
    },
  ]),
};

/** Whether there are such combined cards on a day. */
export const isCombinable = (kind: CombinedKind, on: IsoDate): boolean => FROM[kind].find(on) !== undefined;

interface FollowRule {
  readonly grounds: readonly IssueGround[];
}

const FOLLOWING = new DatedRules<FollowRule>('licences that follow to a renewed card', [
  {
    validFrom: '2025-09-01',
    source: '警察庁: マイナ免許証の継続 (令和7年9月1日)',
    rule: { grounds: ['expiring', 'face-full'] },
  },
]);

/** What the four conditions look at. */
export interface RenewedWithLicence {
  readonly on: IsoDate;
  readonly isAppliedOnline: boolean;
  readonly ground: IssueGround | null;
  /** The signature certificate was filed with the police before, and asked for on the new card. */
  readonly isSignatureFiled: boolean;
  readonly isSignatureOnNewCard: boolean;
  readonly isRecordNumberRight: boolean;
}

export type FollowFailure =
  | 'following-not-yet'
  | 'not-applied-online'
  | 'signature-not-filed'
  | 'record-number-wrong'
  | 'ground-does-not-follow';

/** The first condition that is not met; undefined where the licence follows. */
export function refuseFollowing(of: RenewedWithLicence): FollowFailure | undefined {
  const rule = FOLLOWING.find(of.on)?.rule;
  if (!rule) return 'following-not-yet';
  if (!of.isAppliedOnline) return 'not-applied-online';
  if (!of.isSignatureFiled || !of.isSignatureOnNewCard) return 'signature-not-filed';
  if (!of.isRecordNumberRight) return 'record-number-wrong';
  return of.ground !== null && rule.grounds.includes(of.ground) ? undefined : 'ground-does-not-follow';
}
