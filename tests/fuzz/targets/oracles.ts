/** Properties that hold of whatever is accepted: one encoding for one value, and a second opinion. */
import { X509Certificate } from 'node:crypto';
import type { Failure, Result } from '@ishizue/outcome';
import { demand } from '../fuzz-target.ts';
import { readTree, writeTree } from '../mutate/der-tree.ts';

/** `ok`, or the code of the failure, which must be one. */
export function outcomeOf(result: Result<unknown>): string {
  if (result.ok) return 'ok';
  const { code }: Failure = result.failure;
  demand(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(code), `a failure without a code: ${code}`);
  return code;
}

/** The outcomes of several questions about one input. */
export const outcomesOf = (...outcomes: readonly string[]): string => outcomes.join(' ');

/**
 * What is accepted as DER is what writing its tree anew gives: no length that is not the shortest got through. Not told of
 * values of primitive elements, which other oracles compare.
 */
export function demandOneEncoding(accepted: Uint8Array): void {
  const tree = readTree(accepted, 'closed');
  demand(tree !== undefined, 'accepted, but no tree of elements');
  demand(Buffer.compare(writeTree(tree), accepted) === 0, 'writing the tree anew gives other octets');
}

/** OpenSSL in this process reads a certificate that was accepted here, and reads the same octets. */
export function demandOpensslReads(der: Uint8Array): void {
  let raw: Uint8Array;
  try {
    ({ raw } = new X509Certificate(der));
  } catch (error) {
    demand(false, `OpenSSL refuses a certificate that is accepted here: ${String(error)}`);
  }
  demand(Buffer.compare(raw, der) === 0, 'OpenSSL reads other octets');
}
