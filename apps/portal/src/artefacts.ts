/**
 * What the life leaves behind besides its story: certificates, the PDF of the kiosk. Optional: where a player keeps
 * none, the page shows none.
 */
import type { Bilingual } from '@ishizue/demo';

/** One file of the life. */
export interface Artefact {
  /** The file's name, `kiosk-copy.pdf`: small letters, digits, `-`, `_` and `.`. */
  readonly name: string;
  /** The step that made it. */
  readonly step: number;
  readonly title: Bilingual;
}

/** The files of the life that is played. */
export interface LifeArtefacts {
  /** All of them, in any order. */
  list(): Promise<readonly Artefact[]>;
  /** The content of one that is in the list. */
  find(name: string): Promise<Uint8Array | undefined>;
}
