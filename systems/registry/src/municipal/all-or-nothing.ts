/** A part of a transaction that is written whole or not at all: a refusal takes back what was written before it. */
import type { Tx } from '@ishizue/db';
import type { Result } from '@ishizue/outcome';

class TakenBack extends Error {}

/** Runs `work` in a savepoint; where it answers a failure, nothing of it stays and the transaction goes on. */
export async function allOrNothing<T, Code extends string>(
  tx: Tx,
  work: (inner: Tx) => Promise<Result<T, Code>>,
): Promise<Result<T, Code>> {
  let outcome: Result<T, Code> | undefined;
  try {
    await tx.savepoint(async (inner) => {
      outcome = await work(inner);
      if (!outcome.ok) throw new TakenBack();
    });
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error;
  }
  if (!outcome) throw new Error('a savepoint ended without an outcome');
  return outcome;
}
