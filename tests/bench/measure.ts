/** Rates, medians and alternating rounds: value and limit are measured in turn, so that both meet the same machine. */

/** How many of `count` are done in a second. */
export async function rate(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return count / ((performance.now() - started) / 1000);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error('no median of nothing');
  return (low + high) / 2;
}

export interface Alternated {
  readonly value: number;
  readonly limit: number;
  /** The single rounds, for people. */
  readonly rounds: string;
}

/** Measures limit and value in turn; the medians. */
export async function alternate(
  rounds: number,
  measureValue: (round: number) => Promise<number>,
  measureLimit: (round: number) => Promise<number>,
): Promise<Alternated> {
  const values: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round++) {
    limits.push(await measureLimit(round));
    values.push(await measureValue(round));
  }
  const list = (rates: readonly number[]): string => rates.map((one) => Math.round(one)).join(', ');
  return {
    value: median(values),
    limit: median(limits),
    rounds: `median of ${rounds} (${list(values)}; limit ${list(limits)})`,
  };
}

/** Does `work` for 0 … count − 1, at most `concurrency` at once. */
export async function inParallel(
  count: number,
  concurrency: number,
  work: (index: number, worker: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (place: number): Promise<void> => {
    while (next < count) await work(next++, place);
  };
  await Promise.all(Array.from({ length: concurrency }, (_, place) => worker(place)));
}
