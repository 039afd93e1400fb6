/**
 * Who touches a record and why: what a ledger entry needs besides the record itself. Given by the caller at the edge and
 * carried through.
 */
import type { LedgerActor } from '@ishizue/ledger';

export interface Access {
  readonly actor: LedgerActor;
  readonly terminal: string;
  /** The article that permits it, `住民基本台帳法 第23条`. */
  readonly article: string;
  /** The business code, `resident-registration`. */
  readonly affair: string;
  /** The request id made at the edge. */
  readonly correlation: string;
}
