/** Reading policyMappings, policyConstraints and inhibitAnyPolicy (RFC 5280 4.2.1.5, 4.2.1.11, 4.2.1.14). */
import type { Result } from '@ishizue/outcome';
import { type Certificate, type DerReader, derTag, EXTENSION_OIDS } from '@ishizue/x509';
import type { VerificationFailureCode } from '../failure.ts';
import { readExtension } from './read-extension.ts';

/** One policy of the issuer that the subject's domain knows by another identifier. */
export interface PolicyMapping {
  readonly issuerPolicy: string;
  readonly subjectPolicy: string;
}

/** Certificates that may still come before the constraint bites; undefined: no constraint. */
export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | undefined;
  readonly inhibitPolicyMapping: number | undefined;
}

const SKIP_CERTIFICATES_MAX = 0x7fff_ffff;

function readMapping(reader: DerReader): PolicyMapping {
  reader.enterSequence();
  const issuerPolicy = reader.oid();
  const subjectPolicy = reader.oid();
  reader.leave();
  return { issuerPolicy, subjectPolicy };
}

export const readPolicyMappings = (
  certificate: Certificate,
): Result<readonly PolicyMapping[] | undefined, VerificationFailureCode> =>
  readExtension(certificate, EXTENSION_OIDS.policyMappings, (reader) => {
    const mappings: PolicyMapping[] = [];
    reader.enterSequence();
    if (!reader.more()) reader.reject('empty', 'PolicyMappings');
    while (reader.more()) mappings.push(readMapping(reader));
    reader.leave();
    return mappings;
  });

function readSkip(reader: DerReader, number: number): number | undefined {
  const tag = derTag.contextPrimitive(number);
  return reader.peek() === tag ? reader.smallInteger(SKIP_CERTIFICATES_MAX, tag) : undefined;
}

export const readPolicyConstraints = (
  certificate: Certificate,
): Result<PolicyConstraints | undefined, VerificationFailureCode> =>
  readExtension(certificate, EXTENSION_OIDS.policyConstraints, (reader) => {
    reader.enterSequence();
    const requireExplicitPolicy = readSkip(reader, 0);
    const inhibitPolicyMapping = readSkip(reader, 1);
    reader.leave();
    return { requireExplicitPolicy, inhibitPolicyMapping };
  });

export const readInhibitAnyPolicy = (
  certificate: Certificate,
): Result<number | undefined, VerificationFailureCode> =>
  readExtension(certificate, EXTENSION_OIDS.inhibitAnyPolicy, (reader) =>
    reader.smallInteger(SKIP_CERTIFICATES_MAX),
  );
