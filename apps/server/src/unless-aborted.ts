/**
 * Work, or the signal that ends it. Whoever awaits goes on at once and closes what the work stands on, by which the work
 * ends too: so a step that hangs does not keep the house from closing. Not for work that opens something.
 */
export async function unlessAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (!signal) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const cut = (): void => reject(signal.reason);
  if (signal.aborted) cut();
  signal.addEventListener('abort', cut, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
