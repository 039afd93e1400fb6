/**
 * Waits for statements of one transaction that were begun together, because none needs another's answer: the driver sends
 * them one behind the other, the server runs them in that order, and they cost one round trip instead of one each.
 * All are settled before an error is thrown: nothing may follow the transaction's rollback on the connection.
 */
export async function inOneTrip(begun: readonly Promise<unknown>[]): Promise<void> {
  const settled = await Promise.allSettled(begun);
  const refused = settled.find((one) => one.status === 'rejected');
  if (refused) throw refused.reason;
}
