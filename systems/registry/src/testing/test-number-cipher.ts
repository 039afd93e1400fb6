/** Numbers sealed for tests, under a key of their own. */
import { createHash } from 'node:crypto';
import { type ClearNumber, NumberCipher, type SealedNumber } from '../numbers/number-cipher.ts';

export const testNumberCipher = await NumberCipher.open((label) =>
  Promise.resolve(createHash('sha256').update(`sealing keys ${label}`).digest()),
);

/** A number as the registry of a test country holds it. */
export const sealed = (number: ClearNumber): SealedNumber => testNumberCipher.seal(number);
