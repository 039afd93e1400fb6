/**
 * Who touches a record and why: what a ledger entry needs besides the record itself. Given by the caller at the edge and
 * carried through; `correlation` is the request id made there.
 */
import type { LedgerEntry } from '@ishizue/ledger';

export type Access = Pick<
  LedgerEntry,
  'actorKind' | 'actor' | 'terminal' | 'article' | 'affair' | 'correlation'
>;
