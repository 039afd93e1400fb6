/**
 * Work that has a time: whoever waits is let go when it is over, and the work is told by its signal.
 */

/** The value of `work`, or a rejection when it takes longer. The work itself is told by the signal. */
export async function within<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimedOut(`not done in ${milliseconds} ms`);
      abort.abort(error);
      reject(error);
    }, milliseconds);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Something took longer than it may. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';
}
