/** A PIN as the card keeps it. */
import { z } from 'zod';

export const pinSlot = z.strictObject({
  /** scrypt, with its parameters: the PIN itself is nowhere. */
  hash: z.string().max(200),
  triesLeft: z.int().min(0).max(15),
});

export type PinSlot = z.infer<typeof pinSlot>;
