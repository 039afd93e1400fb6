/**
 * `numbering`: ten million individual numbers as the centre makes them (the signer process permutes, the centre adds the check
 * digit), all of them checked to be distinct and valid. The limit is FF1 itself: the ten AES blocks of a value, as OpenSSL
 * encrypts them on one core, since the signer is one process.
 */
import { individualNumberOf, parseIndividualNumber } from '@ishizue/numbering';
import { residentCodeOf } from '@ishizue/registry';
import { Ff1, packDigits } from '@ishizue/signer';
import { withCountry } from './bench-country.ts';
import type { Benchmark } from './benchmark.ts';
import { MUNICIPALITY } from './card-orders.ts';
import { alternate } from './measure.ts';
import { opensslAesBlocks } from './openssl-aes.ts';
import { peakMiB } from './peak-memory.ts';

const NUMBERS = 10_000_000;
const ROUNDS = 5;
const IN_ROUND = NUMBERS / ROUNDS;
const BATCH = 10_000; // what the signer takes at once
const ROUNDS_OF_FF1 = 10;
const OPENSSL_SECONDS = 3;
const FIRST_CODE = 2_000_000_000;
const DIGITS = 11;

/** What is permuted for the codes from a position on. */
const inputsAt = (position: number): readonly string[] =>
  Array.from(
    { length: BATCH },
    (_, index) => `0${residentCodeOf(String(FIRST_CODE + position + index)).slice(0, 10)}`,
  );

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const { permuteIndividualNumber } = bench.country.keys;
    const numbers = new Float64Array(NUMBERS); // twelve digits are exact in a double
    place.say(`${ROUNDS} rounds of ${IN_ROUND} numbers`);
    const { value, limit, rounds } = await alternate(
      ROUNDS,
      async (round) => {
        let spentMs = 0;
        for (let position = round * IN_ROUND; position < (round + 1) * IN_ROUND; position += BATCH) {
          const inputs = inputsAt(position);
          const began = performance.now();
          const made = (await permuteIndividualNumber(inputs)).map(individualNumberOf);
          spentMs += performance.now() - began;
          keepValid(numbers, position, made);
        }
        return IN_ROUND / (spentMs / 1000);
      },
      async () => (await opensslAesBlocks(OPENSSL_SECONDS)) / ROUNDS_OF_FF1,
    );
    place.say('looking for one that came twice');
    const repeated = countRepeated(numbers);
    return [
      {
        bench: 'numbering',
        value,
        unit: '1/s',
        limit,
        limitName: 'openssl speed aes-256-ecb on one core, ten blocks a number',
        peakMiB: peakMiB(),
        note: `${NUMBERS} numbers, all valid, ${repeated} repeated; FF1 alone in one process ${ff1Rate()} 1/s; ${rounds}`,
        postgresql: bench.postgresql,
        ...(repeated > 0 ? { broken: `${repeated} numbers came twice` } : {}),
      },
    ];
  });

function keepValid(numbers: Float64Array, position: number, made: readonly string[]): void {
  for (const [index, number] of made.entries()) {
    if (!parseIndividualNumber(number).ok) throw new Error('a number was made that is not valid');
    numbers[position + index] = Number(number);
  }
}

/** Sorts in place: ten million doubles are 80 MB, a set of texts would be a gigabyte. */
function countRepeated(numbers: Float64Array): number {
  numbers.sort();
  let repeated = 0;
  for (let index = 1; index < numbers.length; index++) if (numbers[index] === numbers[index - 1]) repeated++;
  return repeated;
}

/** Values a second of the signer's FF1 without the way there, on one core. */
function ff1Rate(): number {
  const cipher = new Ff1(Buffer.alloc(32, 7));
  const packed = packDigits(inputsAt(0), DIGITS);
  if (!packed) throw new Error('the inputs do not have eleven digits');
  const began = performance.now();
  let passes = 0;
  for (; performance.now() - began < 1000; passes++) cipher.permute(packed, DIGITS);
  return Math.round((passes * BATCH) / ((performance.now() - began) / 1000));
}
