/** The nameConstraints extension (RFC 5280 4.2.1.10): subtrees in which the names of those below must, or must not, lie. */
import type { Result } from '@ishizue/outcome';
import {
  type Certificate,
  type DerReader,
  derTag,
  EXTENSION_OIDS,
  type GeneralName,
  readGeneralName,
} from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { readExtension } from './read-extension.ts';

export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** A GeneralSubtree: minimum is always 0 and maximum is absent, so DER leaves both out. */
function readSubtree(reader: DerReader): GeneralName {
  reader.enterSequence();
  const base = readGeneralName(reader);
  reader.leave();
  return base;
}

function readSubtrees(reader: DerReader, number: number): GeneralName[] {
  const tag = derTag.contextConstructed(number);
  if (reader.peek() !== tag) return [];
  const subtrees: GeneralName[] = [];
  reader.enter(tag);
  if (!reader.more()) reader.reject('empty', 'GeneralSubtrees');
  while (reader.more()) subtrees.push(readSubtree(reader));
  reader.leave();
  return subtrees;
}

/** The constraints of an authority's certificate, if it has any. */
export const readNameConstraints = (
  certificate: Certificate,
): Result<NameConstraints | undefined, VerificationFailureCode> =>
  readExtension(certificate, EXTENSION_OIDS.nameConstraints, (reader) => {
    reader.enterSequence();
    const permitted = readSubtrees(reader, 0);
    const excluded = readSubtrees(reader, 1);
    reader.leave();
    return { permitted, excluded };
  });
