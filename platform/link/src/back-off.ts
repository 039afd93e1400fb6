/**
 * How long a link rests after failures: doubling from half a second to a minute, the upper half of it left to chance,
 * so that the links to a site that comes back do not all ask in the same instant.
 */

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/**
 * Milliseconds to wait after the nth failure in a row.
 * @param attempts failures in a row, from 1
 * @param random a number from 0 (included) to 1 (excluded)
 */
export function backOffMs(attempts: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return ceiling / 2 + (ceiling / 2) * random;
}
