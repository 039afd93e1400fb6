/** What the printing of cards' faces is given besides the press of their chips, which has the typeface and what both say. */

export interface CardPrinting {
  /** JPEG; undefined where the application has none. */
  printPhotoOf(applicationId: string): Promise<Uint8Array | undefined>;
}
