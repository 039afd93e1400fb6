/**
 * How the tree of the card is written down (ISO 7816-4 7.1): applications (DF) by AID, and in each the elementary files (EF)
 * by their two-octet identifiers, with what is in them and which PIN opens them. One file for each in applications/.
 */
import type { KeyKind } from '../card-record.ts';
import type { PinKind } from '../pin-rules.ts';

/** The card’s own applications; those that are loaded have names of their own (free-area/). */
export type ApplicationName =
  | 'jpki'
  | 'card-face'
  | 'input-help'
  | 'resident-registry'
  | 'common'
  | 'free-area';

/** Who may: everybody, nobody by a command, or whoever showed one of these PINs (EFs of the same application). */
export type Access = 'always' | 'never' | readonly number[];

/** Where it is from: a survey of real cards, one single list of a reader program’s, or ourselves. */
export type Source = 'formats' | 'one-list' | 'ours';

interface File {
  readonly fid: number;
  readonly from: Source;
}

/** Octets to read. */
export interface TransparentFile extends File {
  readonly kind: 'transparent';
  readonly read: Access;
  readonly bytesMax: number;
  /** `written`: as the factory wrote it; else it follows from the rest of the card. */
  readonly content: 'written' | 'token-info' | 'certificates-present' | { readonly certificateOf: KeyKind };
}

export interface PinFile extends File {
  readonly kind: 'pin';
  readonly rule: PinKind;
  /** The key whose PIN it is; the other PINs are the applications’ own. */
  readonly ofKey?: KeyKind;
  /** By which command its holder changes it. */
  readonly change: 'change-reference-data' | 'own-change' | 'never';
}

export interface KeyFile extends File {
  readonly kind: 'key';
  readonly key: KeyKind;
  readonly use: Access;
}

export type ElementaryFile = TransparentFile | PinFile | KeyFile;

export interface Application {
  readonly name: ApplicationName;
  /** Hexadecimal. */
  readonly aid: string;
  readonly files: readonly ElementaryFile[];
}

/** An EF in the card’s record: `input-help/0011`. */
export const fileId = (application: ApplicationName, fid: number): string =>
  `${application}/${fid.toString(16).padStart(4, '0')}`;
