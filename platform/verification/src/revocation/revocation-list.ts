/**
 * A CRL as the verifier sees it (RFC 5280 5): its scope, what it is the delta of, and its entries by issuer and serial
 * number. A list with a critical extension that is not understood is not used at all (5.2, 5.3).
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import {
  type Crl,
  crlEntries,
  DerReader,
  derTag,
  EXTENSION_OIDS,
  findCrlEntry,
  type GeneralName,
  type IssuingDistributionPoint,
  type Name,
  type ReadCrlEntry,
  readGeneralNames,
  serialNumberValue,
} from '@ishizue/x509';
import { readExtension } from '../extensions/read-extension.ts';
import type { VerificationFailureCode } from '../failure.ts';
import { sameName } from '../names/name-key.ts';

export interface RevocationList {
  readonly crl: Crl;
  readonly scope: IssuingDistributionPoint;
  readonly isIndirect: boolean;
  /** Undefined for a list without a number. */
  readonly number: bigint | undefined;
  /** BaseCRLNumber of a delta list. */
  readonly deltaOf: bigint | undefined;
}

const UNDERSTOOD: readonly string[] = [
  EXTENSION_OIDS.issuingDistributionPoint,
  EXTENSION_OIDS.deltaCrlIndicator,
  EXTENSION_OIDS.crlNumber,
  EXTENSION_OIDS.authorityKeyIdentifier,
];
const UNDERSTOOD_OF_ENTRY: readonly string[] = [EXTENSION_OIDS.reasonCode, EXTENSION_OIDS.invalidityDate];

/** An indirect list may name the issuer of an entry, critical; in any other list that is not understood. */
function hasUnknownEntry(crl: Crl, isIndirect: boolean): boolean {
  if (!isIndirect || !crl.hasUnknownEntryExtension) return crl.hasUnknownEntryExtension;
  for (const { extensions } of crlEntries(crl)) {
    const unknown = extensions.some(
      ({ oid, critical }) =>
        critical && oid !== EXTENSION_OIDS.certificateIssuer && !UNDERSTOOD_OF_ENTRY.includes(oid),
    );
    if (unknown) return true;
  }
  return false;
}

/** A list that may be used, as far as its extensions go. */
export function openRevocationList(crl: Crl): Result<RevocationList, VerificationFailureCode> {
  const unknown = crl.extensions.find(({ oid, critical }) => critical && !UNDERSTOOD.includes(oid));
  if (unknown !== undefined)
    return fail('critical-extension-unknown', `extension ${unknown.oid} of the list`);
  const scope = crl.known.issuingDistributionPoint ?? {};
  const isIndirect = scope.indirectCrl === true;
  if (hasUnknownEntry(crl, isIndirect))
    return fail('critical-extension-unknown', 'a critical extension of an entry');
  const base = readExtension(crl, EXTENSION_OIDS.deltaCrlIndicator, (reader) => reader.integer());
  if (!base.ok) return base;
  const number = crl.known.crlNumber;
  return ok({
    crl,
    scope,
    isIndirect,
    number: number === undefined ? undefined : serialNumberValue(number),
    deltaOf: base.value === undefined ? undefined : serialNumberValue(base.value),
  });
}

function certificateIssuer({ extensions }: ReadCrlEntry): Name | undefined {
  const value = extensions.find(({ oid }) => oid === EXTENSION_OIDS.certificateIssuer)?.value;
  if (value === undefined) return undefined;
  const reader = new DerReader(value, value.length);
  const names = reader.finish(readGeneralNames(reader, derTag.SEQUENCE));
  return names.ok ? names.value.find(isDirectoryName)?.name : undefined;
}

const isDirectoryName = (name: GeneralName): name is Extract<GeneralName, { kind: 'directoryName' }> =>
  name.kind === 'directoryName';

/** The entry of a certificate, if the list has one (6.3.3 (i), (j); 5.3.3 for whose certificate an entry is about). */
export function findEntry(
  { crl, isIndirect }: RevocationList,
  issuer: Name,
  serial: Uint8Array,
): ReadCrlEntry | undefined {
  if (!isIndirect) return findCrlEntry(crl, serial);
  let current = crl.issuer;
  for (const entry of crlEntries(crl)) {
    current = certificateIssuer(entry) ?? current;
    if (Buffer.compare(entry.serial, serial) === 0 && sameName(current, issuer)) return entry;
  }
  return undefined;
}
