/** What the chip says of its holder, of which a digest is kept and nothing else. */
import { createHash } from 'node:crypto';

/** What the input-help application of the chip says (`D3921000310001010408`, EF 0002). */
export interface ChipAttributes {
  readonly name: string;
  readonly address: string;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string;
  readonly sex: 1 | 2 | 3;
}

/** SHA-256 (32 octets) of what the chip has to say; the card's id goes in, so that digests of two cards cannot be compared. */
export const chipDigest = (cardId: string, { name, address, birthDate, sex }: ChipAttributes): Buffer =>
  createHash('sha256')
    .update(JSON.stringify([cardId, name, address, birthDate, sex]))
    .digest();
