/** A notice on its way through a tier: where it came from, what it says, and what was decided about it. */
import type { IdentityChanged } from '../identity/identity-changed.ts';
import type { HeldPerson, IdentityChangeEffect, IdentityChangeFailure } from './decide-identity-change.ts';

export interface Notice {
  /** Its place in the batch; undefined for one that was held back and is tried again. */
  readonly index: number | undefined;
  /** The site that sent it. */
  readonly from: string;
  /** The link and the place on it by which it came. */
  readonly correlation: string;
  readonly body: IdentityChanged;
}

/** A notice that is taken over. */
export interface DecidedNotice extends Notice {
  /** What was held, and locked, when this was decided. */
  readonly held: HeldPerson | undefined;
  readonly effect: IdentityChangeEffect;
}

/** `behind-held`: one before it, of the same person and municipality, is held back; `withdrawn`: undone before that. */
export type HeldBackCode = IdentityChangeFailure | 'behind-held' | 'withdrawn';

/** A notice that is held back. */
export interface HeldBack extends Notice {
  readonly code: HeldBackCode;
  /** The municipality that has been told of it as the one that has the person; null where none has. */
  readonly told: string | null;
}
