/** What the model knows of numbers: one number a code, by the permutation that the simulated country uses for the signer's. */
import { individualNumberOf } from '@ishizue/numbering';
import { scramble } from '@ishizue/registry/testing';

/** The individual number of each code. */
export async function numbersOf(residentCodes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const permuted = await scramble(residentCodes.map((code) => `0${code.slice(0, 10)}`));
  return new Map(residentCodes.map((code, nth) => [code, individualNumberOf(permuted[nth] ?? '')]));
}
