/** The ledger's entries of a comparison: each person whose digest or data leave a site, and each run. */
import type { LedgerEntry } from '@ishizue/ledger';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

/** What an entry of a comparison says besides where and when. */
export interface ReconcileEntry {
  readonly site: string;
  /** The site that asks. */
  readonly actor: string;
  /** Null where the entry is of the whole municipality. */
  readonly residentCode: string | null;
  readonly fields: readonly string[];
  readonly result: string;
  /** The run's id, or the message by which the person came. */
  readonly correlation: string;
}

export const DIGEST_FIELDS = ['resident-code', 'identity-digest'];
export const IDENTITY_FIELDS = ['name', 'birth-date', 'sex', 'address', 'resident-code', 'individual-number'];

export function entryOf(context: RegistryContext, entry: ReconcileEntry): LedgerEntry {
  const { site, actor, residentCode, fields, result, correlation } = entry;
  return {
    site,
    at: context.clock.now(),
    actorKind: 'site',
    actor,
    terminal: 'link',
    article: site === NATIONAL_SITE ? '住民基本台帳法 第30条の7' : '住民基本台帳法 第30条の6',
    affair: 'reconciliation',
    subject: residentCode === null ? null : context.pseudonyms.of(site, residentCode),
    fields,
    result,
    correlation,
  };
}
