/**
 * What letters of one kind are, so that one program claims, prints, posts and takes them back: notices that a card waits, application
 * forms, notices of procedures. Their tables have the same columns (migration 0010), and the same order of states.
 */
import type { IsoDate } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { DocumentSpec } from '@ishizue/pdf';
import type { NumberLetter } from './notice-number.ts';

/** Stands for a municipality where a batch is for the whole country. */
export const COUNTRY = '000000';

/** A batch: of one municipality or of the country, under an id of the caller's. */
export interface LetterRun {
  readonly runId: string;
  readonly municipality: string;
}

export interface ClaimedLetter {
  readonly noticeId: number;
  readonly residentCode: string;
  readonly stateOn: IsoDate;
}

/** What is printed of a letter besides what its kind says. */
export interface LetterPage<Row> {
  readonly row: Row;
  readonly number: string;
  readonly name: string;
  /** Null of what the municipality hands over: whoever is under a support measure. */
  readonly address: string | null;
  /** `清瀬市`. */
  readonly municipality: string;
}

export interface LetterOutcome {
  readonly noticeId: number;
  readonly trouble: string | null;
  readonly isAtCounter: boolean;
}

/** Whose letters they are: the letter of their numbers, and their table. */
export interface ReturnsBook {
  readonly letter: NumberLetter;
  readonly table:
    | 'cards.expiry_notice'
    | 'cards.delivery_notice'
    | 'cards.form_letter'
    | 'cards.notice_letter';
  /** Of the ledger entries. */
  readonly field: string;
}

export interface LetterBook<Row extends ClaimedLetter> extends ReturnsBook {
  /** Enters the letters of a run that is new, `claimed`; answers the resident codes, one for each. */
  readonly enter: (tx: Tx, run: LetterRun, on: IsoDate, letters_max: number) => Promise<readonly string[]>;
  readonly claimed: (tx: Tx, runId: string) => Promise<readonly Row[]>;
  /** @param at milliseconds since the epoch: of the run, so that it stays the same however often it is set */
  readonly paper: (id: string, pages: readonly LetterPage<Row>[], at: number) => DocumentSpec;
  /** Characters of a letter that have to be printable besides name and address. */
  readonly textOf?: (row: Row) => string;
  /** What follows where letters could not be made, in the transaction that says so. */
  readonly left?: (tx: Tx, noticeIds: readonly number[], on: IsoDate) => Promise<void>;
  /** What follows where letters are posted, in the transaction that says so. */
  readonly posting?: (tx: Tx, runId: string, at: number) => Promise<void>;
}
