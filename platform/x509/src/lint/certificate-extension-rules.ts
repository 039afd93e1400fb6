/** Lint rules on the extensions of a certificate (RFC 5280 4.2, RFC 6960 4.2.2.2). */
import { EXTENSION_OIDS, KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import type { GeneralName } from '../certificate/general-name.ts';
import type { TbsCertificate } from '../certificate/tbs-certificate.ts';
import { findDefect } from './certificate-field-rules.ts';
import { always, type LintRule } from './lint-rule.ts';

type Rule = LintRule<TbsCertificate>;

const isCa = ({ known }: TbsCertificate): boolean => known.basicConstraints?.ca === true;
const isSelfIssued = ({ issuer, subject }: TbsCertificate): boolean => issuer.equals(subject);

const isCritical = ({ extensions }: TbsCertificate, oid: string): boolean =>
  extensions.some((extension) => extension.oid === oid && extension.critical);

const noDuplicates: Rule = {
  name: 'no-extension-occurs-twice',
  citation: 'RFC 5280 4.2',
  applies: always,
  check: (view) => findDefect(view, 'duplicate-extension'),
};

const authorityKeyPresent: Rule = {
  name: 'authority-key-identifier-names-the-key',
  citation: 'RFC 5280 4.2.1.1',
  applies: (view) => !isSelfIssued(view),
  check: ({ known }) =>
    known.authorityKeyIdentifier?.keyIdentifier === undefined
      ? 'no keyIdentifier of the authority'
      : undefined,
};

const authorityKeyPair: Rule = {
  name: 'authority-issuer-and-serial-come-together',
  citation: 'RFC 5280 4.2.1.1, appendix A.2',
  applies: ({ known }) => known.authorityKeyIdentifier !== undefined,
  check: ({ known }) => {
    const { issuer, serial } = known.authorityKeyIdentifier ?? {};
    return (issuer === undefined) === (serial === undefined) ? undefined : 'one of the two is missing';
  },
};

const subjectKeyPresent: Rule = {
  name: 'subject-key-identifier-is-there-on-a-ca',
  citation: 'RFC 5280 4.2.1.2',
  applies: isCa,
  check: ({ known }) => (known.subjectKeyIdentifier === undefined ? 'no subjectKeyIdentifier' : undefined),
};

const subjectKeyNotEmpty: Rule = {
  name: 'subject-key-identifier-is-not-empty',
  citation: 'RFC 5280 4.2.1.2',
  applies: ({ known }) => known.subjectKeyIdentifier !== undefined,
  check: ({ known }) => (known.subjectKeyIdentifier?.length === 0 ? 'an empty identifier' : undefined),
};

/** Extensions that a conforming authority must mark non-critical. */
const NEVER_CRITICAL: readonly string[] = [
  EXTENSION_OIDS.authorityKeyIdentifier,
  EXTENSION_OIDS.subjectKeyIdentifier,
  EXTENSION_OIDS.authorityInfoAccess,
  EXTENSION_OIDS.freshestCrl,
];

const neverCritical: Rule = {
  name: 'identifiers-and-access-are-not-critical',
  citation: 'RFC 5280 4.2.1.1, 4.2.1.2, 4.2.1.15, 4.2.2.1',
  applies: always,
  check: (view) => {
    const oid = NEVER_CRITICAL.find((each) => isCritical(view, each));
    return oid === undefined ? undefined : `extension ${oid} is critical`;
  },
};

const keyUsageCritical: Rule = {
  name: 'key-usage-is-critical-and-not-empty',
  citation: 'RFC 5280 4.2.1.3',
  applies: ({ known }) => known.keyUsage !== undefined,
  check: (view) =>
    view.known.keyUsage?.length === 0 || !isCritical(view, EXTENSION_OIDS.keyUsage)
      ? 'keyUsage empty or not critical'
      : undefined,
};

const keyUsageOnCa: Rule = {
  name: 'key-usage-of-a-ca-signs-certificates',
  citation: 'RFC 5280 4.2.1.3, 4.2.1.9',
  applies: isCa,
  check: ({ known }) => (known.keyUsage?.includes('keyCertSign') ? undefined : 'no keyCertSign'),
};

const certSignOnlyOnCa: Rule = {
  name: 'only-a-ca-signs-certificates',
  citation: 'RFC 5280 4.2.1.3, 4.2.1.9',
  applies: ({ known }) => known.keyUsage?.includes('keyCertSign') === true,
  check: (view) => (isCa(view) ? undefined : 'keyCertSign without cA'),
};

const basicConstraintsCritical: Rule = {
  name: 'basic-constraints-of-a-ca-are-critical',
  citation: 'RFC 5280 4.2.1.9',
  applies: isCa,
  check: (view) => (isCritical(view, EXTENSION_OIDS.basicConstraints) ? undefined : 'not critical'),
};

const pathLengthOnlyOnCa: Rule = {
  name: 'only-a-ca-has-a-path-length',
  citation: 'RFC 5280 4.2.1.9',
  applies: ({ known }) => known.basicConstraints?.pathLength !== undefined,
  check: (view) => (isCa(view) ? undefined : 'pathLenConstraint without cA'),
};

const policiesUnique: Rule = {
  name: 'no-policy-occurs-twice',
  citation: 'RFC 5280 4.2.1.4',
  applies: ({ known }) => known.certificatePolicies !== undefined,
  check: ({ known }) => {
    const policies = (known.certificatePolicies ?? []).map(({ policy }) => policy);
    return new Set(policies).size === policies.length ? undefined : 'a policy occurs twice';
  },
};

const practiceStatements: Rule = {
  name: 'practice-statements-are-uris',
  citation: 'RFC 5280 4.2.1.4 (CPSuri)',
  applies: ({ known }) => known.certificatePolicies?.some(({ cps }) => cps !== undefined) === true,
  check: ({ known }) =>
    known.certificatePolicies?.every(({ cps = [] }) => cps.every(isUri)) ? undefined : 'a CPS that is no URI',
};

/** Extensions that limit the paths below an authority. */
const CONSTRAINTS: readonly string[] = [
  EXTENSION_OIDS.nameConstraints,
  EXTENSION_OIDS.policyConstraints,
  EXTENSION_OIDS.inhibitAnyPolicy,
];

const constraintsOnCa: Rule = {
  name: 'constraints-on-paths-are-critical-and-of-a-ca',
  citation: 'RFC 5280 4.2.1.10, 4.2.1.11, 4.2.1.14',
  applies: ({ extensions }) => extensions.some(({ oid }) => CONSTRAINTS.includes(oid)),
  check: (view) => {
    const isRight = view.extensions.every(({ oid, critical }) => !CONSTRAINTS.includes(oid) || critical);
    return isRight && isCa(view) ? undefined : 'not critical, or not on a CA';
  },
};

const anyPurposeNotCritical: Rule = {
  name: 'key-purposes-with-any-are-not-critical',
  citation: 'RFC 5280 4.2.1.12',
  applies: ({ known }) => known.extKeyUsage?.includes(KEY_PURPOSE_OIDS.any) === true,
  check: (view) =>
    isCritical(view, EXTENSION_OIDS.extKeyUsage) ? 'anyExtendedKeyUsage in a critical one' : undefined,
};

const isUri = (value: string): boolean => /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/i.test(value);
const isFilled = (name: GeneralName): boolean => {
  switch (name.kind) {
    case 'uri':
      return isUri(name.value);
    case 'rfc822Name':
      return /^[^@\s]+@[^@\s]+$/.test(name.value);
    case 'dnsName':
      return /^[A-Za-z0-9*._-]+$/.test(name.value);
    case 'directoryName':
      return name.name.relativeNames.length > 0;
    case 'ipAddress':
      return name.value.length === 4 || name.value.length === 16;
    case 'otherName':
    case 'registeredId':
    case 'unsupported':
      return true;
  }
};

const alternativeNames: Rule = {
  name: 'alternative-names-are-well-formed',
  citation: 'RFC 5280 4.2.1.6, 4.2.1.7',
  applies: ({ known }) => known.subjectAltName !== undefined || known.issuerAltName !== undefined,
  check: ({ known }) => {
    const wrong = [...(known.subjectAltName ?? []), ...(known.issuerAltName ?? [])].find(
      (name) => !isFilled(name),
    );
    return wrong === undefined ? undefined : `a malformed ${wrong.kind}`;
  },
};

const distributionPoints: Rule = {
  name: 'distribution-points-say-where-or-who',
  citation: 'RFC 5280 4.2.1.13',
  applies: ({ known }) => known.crlDistributionPoints !== undefined,
  check: ({ known }) => {
    const isEmpty = known.crlDistributionPoints?.some(
      ({ fullName, relativeName, crlIssuer }) =>
        fullName === undefined && relativeName === undefined && crlIssuer === undefined,
    );
    return isEmpty ? 'a point of reasons only' : undefined;
  },
};

const accessLocations: Rule = {
  name: 'access-locations-are-uris',
  citation: 'RFC 5280 4.2.2.1',
  applies: ({ known }) => known.authorityInfoAccess !== undefined,
  check: ({ known }) => {
    const isWrong = known.authorityInfoAccess?.some(
      ({ location }) => location.kind === 'uri' && !isUri(location.value),
    );
    return isWrong ? 'an accessLocation that is no URI' : undefined;
  },
};

const ocspResponder: Rule = {
  name: 'ocsp-responder-signs-and-is-no-ca',
  citation: 'RFC 6960 4.2.2.2; RFC 5280 4.2.1.12',
  applies: ({ known }) => known.extKeyUsage?.includes(KEY_PURPOSE_OIDS.ocspSigning) === true,
  check: (view) =>
    isCa(view) || view.known.keyUsage?.includes('digitalSignature') === false
      ? 'OCSPSigning on a CA or without digitalSignature'
      : undefined,
};

export const certificateExtensionRules: readonly Rule[] = [
  noDuplicates,
  authorityKeyPresent,
  authorityKeyPair,
  subjectKeyPresent,
  subjectKeyNotEmpty,
  neverCritical,
  keyUsageCritical,
  keyUsageOnCa,
  certSignOnlyOnCa,
  basicConstraintsCritical,
  pathLengthOnlyOnCa,
  policiesUnique,
  practiceStatements,
  constraintsOnCa,
  anyPurposeNotCritical,
  alternativeNames,
  distributionPoints,
  accessLocations,
  ocspResponder,
];
