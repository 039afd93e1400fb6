/**
 * What a prefectural or national site makes of a notice, given what it holds. Notices of two municipalities travel on
 * separate links, so that a move-in may be heard of before the move-out: the newer entry wins and the older
 * municipality's later notice is history. A second current residence without a move is refused.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { ResidenceStatus } from '../identity/event-reason.ts';
import type { IdentityChanged } from '../identity/identity-changed.ts';

export type IdentityChangeFailure =
  | 'identity-body-invalid'
  | 'resident-code-taken'
  | 'resident-elsewhere'
  | 'person-unknown'
  | 'person-deceased'
  | 'municipality-not-of-site';

/** What the site holds of the person now. */
export interface HeldPerson {
  readonly residentCode: string;
  readonly municipality: string;
  readonly status: ResidenceStatus;
}

/** `record` replaces what is held; `history` is kept as a change only: the person lives elsewhere by now. */
export type IdentityChangeEffect = 'record' | 'history';

const ENTRIES: ReadonlySet<string> = new Set(['move-in', 'birth', 'initial-load']);

export function decideIdentityChange(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (ENTRIES.has(notice.reason)) return decideEntry(held, notice);
  if (!held) return fail('person-unknown', `a ${notice.reason} of someone who was never entered`);
  if (held.municipality === notice.municipality) return ok('record');
  // the late notice of the municipality that the person has left
  if (notice.reason === 'move-out' || notice.reason === 'number-assigned') return ok('history');
  return fail('resident-elsewhere', `a ${notice.reason} from a municipality where the person does not live`);
}

function decideEntry(
  held: HeldPerson | undefined,
  notice: IdentityChanged,
): Result<IdentityChangeEffect, IdentityChangeFailure> {
  if (!held) return ok('record');
  if (held.status === 'deceased')
    return fail('person-deceased', 'an entry of someone who is recorded as deceased');
  if (notice.reason === 'birth') return fail('resident-code-taken', 'a birth with a code that somebody has');
  const currentElsewhere = held.status === 'resident' && held.municipality !== notice.municipality;
  if (notice.reason === 'initial-load' && currentElsewhere)
    return fail('resident-elsewhere', 'two municipalities hold the person as a current resident');
  return ok('record');
}
