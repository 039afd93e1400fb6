/**
 * Writing the standard certificate extensions (RFC 5280 4.2.1, 4.2.2; RFC 6960 4.2.2.2.1). Each function answers one
 * Extension, critical or not as RFC 5280 has it unless the caller decides otherwise; a profile puts them in its order.
 */
import { BIT_STRING, contextConstructed, contextPrimitive, IA5_STRING, SEQUENCE } from '../der/tag.ts';
import type { DerWriter } from '../der/writer.ts';
import { type Extension, encodeExtension } from './extension.ts';
import {
  CA_ISSUERS_ACCESS_OID,
  CPS_QUALIFIER_OID,
  EXTENSION_OIDS,
  OCSP_ACCESS_OID,
} from './extension-oids.ts';
import { type GeneralName, writeGeneralName, writeGeneralNames } from './general-name.ts';

/** The named bits of keyUsage, bit 0 first. */
export const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

/** A use of a key. */
export type KeyUsage = (typeof KEY_USAGES)[number];

/** Whether the subject is a CA; `pathLength` counts authorities below it. */
export interface BasicConstraints {
  readonly ca: boolean;
  readonly pathLength?: number | undefined;
}

/** A policy with the address of its practice statement; other qualifiers are kept as their DER. */
export interface PolicyInformation {
  readonly policy: string;
  readonly cps?: readonly string[] | undefined;
  readonly otherQualifiers?: readonly Uint8Array[] | undefined;
}

/** Where a CRL is found. `relativeName` and `reasons` are kept as they were read. */
export interface DistributionPoint {
  readonly fullName?: readonly GeneralName[] | undefined;
  /** The RelativeDistinguishedName's content under `[1]`, where the name is relative to the CRL's issuer. */
  readonly relativeName?: Uint8Array | undefined;
  /** ReasonFlags: named bit n is bit n. */
  readonly reasons?: number | undefined;
  readonly crlIssuer?: readonly GeneralName[] | undefined;
}

/** A way to ask (`method` is an object identifier) and where. */
export interface AccessDescription {
  readonly method: string;
  readonly location: GeneralName;
}

/** The issuing key, by its identifier, or by the issuer's certificate, or by both. */
export interface AuthorityKeyIdentifier {
  readonly keyIdentifier?: Uint8Array | undefined;
  readonly issuer?: readonly GeneralName[] | undefined;
  readonly serial?: Uint8Array | undefined;
}

/** What the key is for (4.2.1.3); without any usage the list is empty, which the lint refuses. */
export function keyUsage(usages: readonly KeyUsage[], critical = true): Extension {
  let bits = 0;
  for (const usage of usages) bits |= 1 << KEY_USAGES.indexOf(usage);
  return encodeExtension(EXTENSION_OIDS.keyUsage, critical, (writer) => writer.namedBits(BIT_STRING, bits));
}

/** What the certificate may be used for (4.2.1.12); `purposes` are object identifiers, `KEY_PURPOSE_OIDS.…`. */
export function extKeyUsage(purposes: readonly string[], critical = false): Extension {
  return encodeExtension(EXTENSION_OIDS.extKeyUsage, critical, (writer) =>
    writer.sequence(() => {
      for (const purpose of purposes) writer.oid(purpose);
    }),
  );
}

/** Whether the subject is a CA, and how many authorities may stand below it (4.2.1.9). `cA FALSE` is left out. */
export function basicConstraints({ ca, pathLength }: BasicConstraints, critical = true): Extension {
  return encodeExtension(EXTENSION_OIDS.basicConstraints, critical, (writer) =>
    writer.sequence(() => {
      if (ca) writer.boolean(true);
      if (pathLength !== undefined) writer.smallInteger(pathLength);
    }),
  );
}

function writePolicy(writer: DerWriter, { policy, cps = [], otherQualifiers = [] }: PolicyInformation): void {
  writer.sequence(() => {
    writer.oid(policy);
    if (cps.length + otherQualifiers.length === 0) return;
    writer.sequence(() => {
      for (const address of cps) {
        writer.sequence(() => {
          writer.oid(CPS_QUALIFIER_OID);
          writer.text(IA5_STRING, address);
        });
      }
      for (const qualifier of otherQualifiers) writer.raw(qualifier);
    });
  });
}

/** The policies under which the certificate was issued (4.2.1.4), CPS addresses as IA5String. */
export function certificatePolicies(policies: readonly PolicyInformation[], critical = false): Extension {
  return encodeExtension(EXTENSION_OIDS.certificatePolicies, critical, (writer) =>
    writer.sequence(() => {
      for (const policy of policies) writePolicy(writer, policy);
    }),
  );
}

/** Other names of the subject (4.2.1.6), in the order given; critical is for certificates with an empty subject only. */
export function subjectAltName(names: readonly GeneralName[], critical = false): Extension {
  return encodeExtension(EXTENSION_OIDS.subjectAltName, critical, (writer) =>
    writeGeneralNames(writer, SEQUENCE, names),
  );
}

/** Other names of the issuer (4.2.1.7). */
export function issuerAltName(names: readonly GeneralName[]): Extension {
  return encodeExtension(EXTENSION_OIDS.issuerAltName, false, (writer) =>
    writeGeneralNames(writer, SEQUENCE, names),
  );
}

/** A DistributionPointName under `[0]` EXPLICIT, as distribution points and issuing distribution points have it. */
export function writeDistributionPointName(
  writer: DerWriter,
  { fullName, relativeName }: Pick<DistributionPoint, 'fullName' | 'relativeName'>,
): void {
  if (fullName === undefined && relativeName === undefined) return;
  writer.wrap(contextConstructed(0), () => {
    if (fullName !== undefined) writeGeneralNames(writer, contextConstructed(0), fullName);
    else if (relativeName !== undefined) writer.element(contextConstructed(1), relativeName);
  });
}

/** Where the CRLs that cover the certificate are (4.2.1.13), under the names that the CRLs themselves bear. */
export function crlDistributionPoints(points: readonly DistributionPoint[], critical = false): Extension {
  return encodeExtension(EXTENSION_OIDS.crlDistributionPoints, critical, (writer) =>
    writer.sequence(() => {
      for (const point of points) {
        writer.sequence(() => {
          writeDistributionPointName(writer, point);
          if (point.reasons !== undefined) writer.namedBits(contextPrimitive(1), point.reasons);
          if (point.crlIssuer !== undefined) {
            writeGeneralNames(writer, contextConstructed(2), point.crlIssuer);
          }
        });
      }
    }),
  );
}

/** Where to ask about the issuer and the certificate (4.2.2.1): `ocspAccess`, `caIssuersAccess`. */
export function authorityInfoAccess(descriptions: readonly AccessDescription[]): Extension {
  return encodeExtension(EXTENSION_OIDS.authorityInfoAccess, false, (writer) =>
    writer.sequence(() => {
      for (const { method, location } of descriptions) {
        writer.sequence(() => {
          writer.oid(method);
          writeGeneralName(writer, location);
        });
      }
    }),
  );
}

/** Where the OCSP responder answers, for `authorityInfoAccess`. */
export const ocspAccess = (uri: string): AccessDescription => ({
  method: OCSP_ACCESS_OID,
  location: { kind: 'uri', value: uri },
});

/** Where the issuer's certificate is, for `authorityInfoAccess`. */
export const caIssuersAccess = (uri: string): AccessDescription => ({
  method: CA_ISSUERS_ACCESS_OID,
  location: { kind: 'uri', value: uri },
});

/** The name of the subject's key (4.2.1.2), usually its `keyIdentifier`. */
export function subjectKeyIdentifier(identifier: Uint8Array): Extension {
  return encodeExtension(EXTENSION_OIDS.subjectKeyIdentifier, false, (writer) =>
    writer.octetString(identifier),
  );
}

/** The name of the issuer's key (4.2.1.1); `serial` in content octets. */
export function authorityKeyIdentifier(authority: AuthorityKeyIdentifier): Extension {
  const { keyIdentifier, issuer, serial } = authority;
  return encodeExtension(EXTENSION_OIDS.authorityKeyIdentifier, false, (writer) =>
    writer.sequence(() => {
      if (keyIdentifier !== undefined) writer.element(contextPrimitive(0), keyIdentifier);
      if (issuer !== undefined) writeGeneralNames(writer, contextConstructed(1), issuer);
      if (serial !== undefined) writer.element(contextPrimitive(2), serial);
    }),
  );
}

/** A responder's certificate that is not itself checked for revocation while it is valid. */
export const ocspNoCheck = (): Extension =>
  encodeExtension(EXTENSION_OIDS.ocspNoCheck, false, (writer) => writer.null());
