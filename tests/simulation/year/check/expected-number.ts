/** What the model knows of numbers: one number a code, by the permutation that the simulated country uses for the signer's. */
import { individualNumberOf } from '@ishizue/numbering';
import type { SealedNumber } from '@ishizue/registry';
import { scramble, testNumberCipher } from '@ishizue/registry/testing';
import type { ModelRecord } from '../model.ts';

/** The individual number of each code, as the registers hold it. */
export async function numbersOf(
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, SealedNumber>> {
  const permuted = await scramble(residentCodes.map((code) => `0${code.slice(0, 10)}`));
  const sealed = testNumberCipher.sealAll(permuted.map(individualNumberOf));
  return new Map(sealed.map((number, nth) => [residentCodes[nth] ?? '', number]));
}

/** The number in a record: none in a stray one, for none is made for an entry that the nation has not taken over. */
export const expectedNumber = (
  { residentCode, stray }: ModelRecord,
  numbers: ReadonlyMap<string, string>,
): string | null => (stray && !stray.isOver ? null : (numbers.get(residentCode) ?? ''));
