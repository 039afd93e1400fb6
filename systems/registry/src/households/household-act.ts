/**
 * 世帯変更 (住民基本台帳法 art. 25): what may happen to households without anybody moving. An act says who stands how to whom
 * after it, of everybody in the households that it touches: who is not named is not forgotten but makes it refused.
 */
import type { IsoDate } from '@ishizue/clock';
import type { EventFailure } from '../events/resident-event.ts';

/** A household after an act. */
export interface HouseholdAfter {
  /** Null: a new household, which gets a number. */
  readonly householdNumber: string | null;
  readonly members: readonly { readonly residentCode: string; readonly relationship: string }[];
}

/**
 * `split` 世帯分離: some of one household become a new one. `merge` 世帯合併: all of the others join one. `transfer` 世帯変更: some
 * go from one to another. `head-change` 世帯主変更. `relationship-change`: nobody but relations change.
 */
export interface HouseholdChange {
  readonly kind: 'split' | 'merge' | 'transfer' | 'head-change' | 'relationship-change';
  readonly eventDate: IsoDate;
  readonly households: readonly HouseholdAfter[];
}

/** Takes back the last act of the households that it touched; both acts stay. */
export interface HouseholdUndo {
  readonly kind: 'undo';
  readonly eventDate: IsoDate;
  /** The number of the act. */
  readonly undoes: number;
}

export type HouseholdAct = HouseholdChange | HouseholdUndo;

export type HouseholdFailure =
  | Extract<
      EventFailure,
      | 'resident-not-found'
      | 'resident-not-current'
      | 'event-date-invalid'
      | 'event-in-the-future'
      | 'event-before-birth'
      | 'event-before-entry'
      | 'household-not-found'
      | 'relationship-unknown'
    >
  | 'household-without-head'
  | 'household-with-several-heads'
  | 'member-named-twice'
  | 'member-not-named'
  | 'act-does-not-fit'
  | 'addresses-differ'
  | 'act-not-found'
  | 'act-follows-event'
  | 'households-changed-since';
