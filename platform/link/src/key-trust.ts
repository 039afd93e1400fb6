/**
 * What makes a site's key believed besides its standing in the directory: its certificate, which whoever wires the process
 * knows how to check. That it is accepted at this instant (not ended, not run out) is for the directory's row to say.
 */

/** A key of the directory; `certificate` is null where it was pinned and never certified. */
export interface DirectoryKey {
  readonly site: string;
  /** Raw Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly certificate: Uint8Array | null;
}

/** Finds whether the key is proved to be the site's. */
export type KeyTrust = (key: DirectoryKey) => boolean | Promise<boolean>;

/** Keys as they were pinned when the sites were opened. */
export const trustPinned: KeyTrust = () => true;
