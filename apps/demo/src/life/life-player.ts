/**
 * The life as others see it: ten steps that are played one after the other over a running country, what each did and how
 * it was checked. Played by `npm run life` in the terminal and by the page at `/`.
 */

/** The same sentence in both languages of the screens. */
export interface Bilingual {
  readonly ja: string;
  readonly en: string;
}

/** One thing that was checked after a step. `skipped` is said aloud: the program that checks it is not installed. */
export interface Check {
  readonly what: Bilingual;
  /** Who checked: `ishizue`, or a program that we did not write (`openssl`, `pdftotext`). */
  readonly by: string;
  readonly outcome: 'ok' | 'failed' | 'skipped';
  /** For people; no personal data. */
  readonly detail?: string;
}

/** A step that was played. */
export interface PlayedStep {
  readonly number: number;
  readonly what: Bilingual;
  readonly checks: readonly Check[];
  readonly took_ms: number;
}

/** A step as the story tells it, played or not. */
export interface StepDescription {
  readonly number: number;
  readonly title: Bilingual;
  readonly explains: Bilingual;
}

/** One access to the adult's data, as the resident sees it, with its proof where it is sealed. */
export interface ShownAccess {
  readonly site: string;
  readonly siteName: string;
  /** ISO instant. */
  readonly at: string;
  readonly actorKind: 'person' | 'operator' | 'site' | 'system';
  readonly article: string;
  readonly affair: string;
  readonly fields: readonly string[];
  readonly result: string;
  /** The leaf's index, and the text of the proof file that verifies offline; undefined until it is sealed. */
  readonly proof?: { readonly index: number; readonly treeSize: number; readonly file: string };
}

/** What plays the life. One life at a time; what was played is kept over a restart of the server. */
export interface LifePlayer {
  readonly steps: readonly StepDescription[];
  /** The steps played so far, in order. */
  played(): readonly PlayedStep[];
  /** Plays the next step; the failure says why it stopped (the step can be played again). */
  playNext(): Promise<
    | { readonly ok: true; readonly value: PlayedStep }
    | { readonly ok: false; readonly failure: { readonly code: string; readonly detail: string } }
  >;
  /** Begins another life with other people. */
  beginAgain(): Promise<void>;
  /** Every access to the adult's data so far, newest first, each with its proof; empty before there is a card. */
  accesses(): Promise<readonly ShownAccess[]>;
}
