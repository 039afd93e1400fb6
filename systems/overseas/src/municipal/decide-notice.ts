/**
 * What the municipality of domicile makes of a notice, given the entries of the codes that it names and which of them are
 * used up. A changed code is for the entry under the old one, of the same person; the new one must be nobody's and never
 * have been anybody's. A code that is used up is in no other notice either.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { decideEntryChange, type EntryChangeFailure, type EntryEffect } from './decide-entry-change.ts';
import type { SupplementaryEntry } from './entry.ts';
import { codesOf, type EntryNotice } from './entry-notice.ts';

export type NoticeDecisionFailure = EntryChangeFailure | 'resident-code-retired' | 'resident-code-taken';

/** The entry that a notice is about, and what becomes of it. */
export interface NoticeDecision {
  readonly held: SupplementaryEntry | undefined;
  readonly effect: EntryEffect;
}

export function decideNotice(
  entries: ReadonlyMap<string, SupplementaryEntry>,
  retired: ReadonlySet<string>,
  notice: EntryNotice,
): Result<NoticeDecision, NoticeDecisionFailure> {
  if (codesOf(notice).some((code) => retired.has(code)))
    return fail('resident-code-retired', 'a resident code of the notice is used up');
  const underCode = entries.get(notice.residentCode);
  if (notice.kind !== 'code-changed') {
    const effect = decideEntryChange(underCode, notice);
    return effect.ok ? ok({ held: underCode, effect: effect.value }) : effect;
  }
  if (underCode) return fail('resident-code-taken', 'an entry has the new resident code');
  const held = entries.get(notice.formerCode);
  const effect = decideEntryChange(held, notice);
  if (!effect.ok) return effect;
  if (held?.state === 'deleted') return fail('entry-deleted', 'the entry is deleted');
  // what was told after the change of the code came under the new one
  if (effect.value === 'known')
    return fail('notice-order-unclear', 'a later event of the residence is in the entry of the code before');
  return ok({ held, effect: effect.value });
}
