/**
 * CRL extensions (RFC 5280 5.2): the number and the issuing distribution point written, and what a list says of itself
 * read. `authorityKeyIdentifier` is the certificates' one.
 */

import type { Extension } from '../certificate/extension.ts';
import { EXTENSION_OIDS } from '../certificate/extension-oids.ts';
import { readAuthorityKeyIdentifier, readDistributionPointName } from '../certificate/known-extensions.ts';
import {
  type AuthorityKeyIdentifier,
  type DistributionPoint,
  writeDistributionPointName,
} from '../certificate/standard-extension.ts';
import { integerContent } from '../der/integer.ts';
import type { DerReader } from '../der/reader.ts';
import { contextPrimitive } from '../der/tag.ts';
import { encodeDer } from '../der/writer.ts';

/** Which certificates a CRL is about (RFC 5280 5.2.5). What is left out is not restricted. */
export interface IssuingDistributionPoint extends Pick<DistributionPoint, 'fullName' | 'relativeName'> {
  readonly onlyContainsUserCerts?: boolean | undefined;
  readonly onlyContainsCaCerts?: boolean | undefined;
  /** ReasonFlags: named bit n is bit n. */
  readonly onlySomeReasons?: number | undefined;
  readonly indirectCrl?: boolean | undefined;
  readonly onlyContainsAttributeCerts?: boolean | undefined;
}

/** The extensions of a CRL that this package understands. */
export interface KnownCrlExtensions {
  /** Content octets of the number. */
  crlNumber: Uint8Array | undefined;
  authorityKeyIdentifier: AuthorityKeyIdentifier | undefined;
  issuingDistributionPoint: IssuingDistributionPoint | undefined;
}

/** The number of a CRL, which grows by at least one with every list of the same scope (at most 20 octets). */
export function crlNumber(number: bigint): Extension {
  const content = integerContent(number);
  if (content.length > 20) throw new Error('a CRL number out of range');
  return {
    oid: EXTENSION_OIDS.crlNumber,
    critical: false,
    value: encodeDer((writer) => writer.integer(content)),
  };
}

/** Always critical: a reader that does not understand it would take a part for the whole. */
export function issuingDistributionPoint(point: IssuingDistributionPoint): Extension {
  const value = encodeDer((writer) => {
    const flag = (number: number, isSet: boolean | undefined): void => {
      if (isSet === true) writer.element(contextPrimitive(number), Uint8Array.of(0xff));
    };
    writer.sequence(() => {
      writeDistributionPointName(writer, point);
      flag(1, point.onlyContainsUserCerts);
      flag(2, point.onlyContainsCaCerts);
      if (point.onlySomeReasons !== undefined) writer.namedBits(contextPrimitive(3), point.onlySomeReasons);
      flag(4, point.indirectCrl);
      flag(5, point.onlyContainsAttributeCerts);
    });
  });
  return { oid: EXTENSION_OIDS.issuingDistributionPoint, critical: true, value };
}

/** A BOOLEAN DEFAULT FALSE under `[number]`. */
function readFlag(reader: DerReader, number: number): boolean {
  if (reader.peek() !== contextPrimitive(number)) return false;
  const isSet = reader.boolean(contextPrimitive(number));
  if (!isSet) reader.reject('default-encoded', 'a flag that is FALSE');
  return isSet;
}

function readIssuingDistributionPoint(reader: DerReader): IssuingDistributionPoint {
  reader.enterSequence();
  const { fullName, relativeName } = readDistributionPointName(reader);
  const onlyContainsUserCerts = readFlag(reader, 1);
  const onlyContainsCaCerts = readFlag(reader, 2);
  const hasReasons = reader.peek() === contextPrimitive(3);
  const onlySomeReasons = hasReasons ? reader.namedBits(contextPrimitive(3)) : undefined;
  const indirectCrl = readFlag(reader, 4);
  const onlyContainsAttributeCerts = readFlag(reader, 5);
  reader.leave();
  return {
    fullName,
    relativeName,
    onlyContainsUserCerts,
    onlyContainsCaCerts,
    onlySomeReasons,
    indirectCrl,
    onlyContainsAttributeCerts,
  };
}

/** Decodes a CRL extension into its field; answers false for one that is not known here. */
export function readKnownCrlExtension(oid: string, reader: DerReader, into: KnownCrlExtensions): boolean {
  switch (oid) {
    case EXTENSION_OIDS.crlNumber:
      into.crlNumber = reader.integer();
      return true;
    case EXTENSION_OIDS.authorityKeyIdentifier:
      into.authorityKeyIdentifier = readAuthorityKeyIdentifier(reader);
      return true;
    case EXTENSION_OIDS.issuingDistributionPoint:
      into.issuingDistributionPoint = readIssuingDistributionPoint(reader);
      return true;
    default:
      return false;
  }
}
