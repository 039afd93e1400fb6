/**
 * What a prefectural or national site makes of a changed code (住民基本台帳法 30-6, 30-7). It is the municipality's of residence
 * to say, of somebody whom the site holds under the old code; the new one must be nobody's and never have been anybody's.
 * One thing may be there before it: the person's own entry in another municipality, by the new code, on another link.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { isSamePerson } from '../identity/same-person.ts';
import type { HeldPerson } from '../tiers/decide-identity-change.ts';
import type { CodeChanged } from './code-changed.ts';

export type CodeChangedFailure =
  | 'code-change-body-invalid'
  | 'municipality-not-of-site'
  | 'person-unknown'
  | 'resident-elsewhere'
  | 'entry-held-back'
  | 'resident-code-retired'
  | 'resident-code-taken';

/** `renamed`: what is held goes on under the new code; `joined`: the site had the person under the new code already. */
export type CodeChangedEffect = 'renamed' | 'joined';

/** What a site knows of the two codes. */
export interface CodesHeld {
  readonly former: HeldPerson | undefined;
  readonly current: HeldPerson | undefined;
  /** Whether the one or the other is used up here. */
  readonly isFormerRetired: boolean;
  readonly isCurrentRetired: boolean;
  /** Whether the site holds an entry of the person by the municipality back. */
  readonly isEntryHeldBack: boolean;
}

export function decideCodeChanged(
  held: CodesHeld,
  notice: CodeChanged,
): Result<CodeChangedEffect, CodeChangedFailure> {
  const { former, current } = held;
  if (held.isCurrentRetired) return fail('resident-code-retired', 'the new code is used up');
  if (held.isFormerRetired) return fail('resident-code-retired', 'the code before is used up already');
  if (held.isEntryHeldBack) return fail('entry-held-back', 'the entry under the code before is held back');
  if (!former) return fail('person-unknown', 'nobody is held under the code before');
  if (former.municipality !== notice.municipality || former.status !== 'resident')
    return fail(
      'resident-elsewhere',
      'the person is not a resident of the municipality that changed the code',
    );
  if (!current) return ok('renamed');
  if (current.municipality === notice.municipality || !isSamePerson(current, notice))
    return fail('resident-code-taken', 'the new code is another person’s');
  return ok('joined');
}
