/** What the desk of disclosures at a prefectural or the national site is given, besides what the registry has anyway. */
import type { Sql } from '@ishizue/db';
import type { Typeface } from '@ishizue/pdf';
import type { DatedRules } from '@ishizue/rules';
import type { Access } from '../access.ts';
import type { RegistryContext } from '../registry-context.ts';
import type { Tier } from '../tiers/tier.ts';

/** Who may take requests for disclosure and answer them. */
export const DISCLOSURE_OFFICER = 'disclosure-officer';

/** What a request costs, in whole yen. */
export interface DisclosureFee {
  readonly request_yen: number;
}

export interface DisclosureContext {
  readonly registry: RegistryContext;
  readonly tier: Tier;
  /** A pool of the ledger's role: provision histories are read from the ledger. */
  readonly ledger: Sql;
  readonly typeface: Typeface;
  /** Who answers, as papers name it: `東京都知事`. */
  readonly issuer: string;
  /** By the day of the request. */
  readonly fees: DatedRules<DisclosureFee>;
}

/** Of identity data. In the text of December 2013: 30-37. */
export const IDENTITY_ARTICLE = '住民基本台帳法 第30条の32';
/** Corrections; 30-40 in that text. */
export const CORRECTION_ARTICLE = '住民基本台帳法 第30条の35';
/** Provision histories are no 本人確認情報: they are disclosed as personal information that a body holds. */
export const HISTORY_ARTICLE = '個人情報の保護に関する法律 第76条';

/** Who looks, as the ledger names them. */
export interface Looking {
  /** `operator:o-1` */
  readonly actor: string;
  readonly terminal: string;
  readonly correlation: string;
}

const KINDS = ['operator', 'person', 'site', 'system'] as const;

/** The access under which a look is recorded. */
export function accessOf({ actor, terminal, correlation }: Looking, affair: string, article: string): Access {
  const kind = KINDS.find((one) => actor.startsWith(`${one}:`));
  if (!kind) throw new Error('an actor of no kind');
  return { actorKind: kind, actor: actor.slice(kind.length + 1), terminal, article, affair, correlation };
}
