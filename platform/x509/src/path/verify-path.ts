/**
 * A certification path from a certificate to one of the anchors (a part of RFC 5280 6.1). Checked: issuer by name and
 * key identifier, signatures, validity of every certificate and of the anchor, basicConstraints with pathLength,
 * keyUsage, unknown critical extensions, and that one of the required policies runs through. Not checked: revocation
 * (`checkRevocationByCrl`, `verifyOcspResponse`); name constraints and the policy tree, whose extensions are refused.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Certificate } from '../certificate/certificate.ts';
import { ANY_POLICY_OID, KEY_PURPOSE_OIDS } from '../certificate/extension-oids.ts';
import { verifySignature } from '../certificate/signature.ts';
import type { KeyUsage } from '../certificate/standard-extension.ts';
import type { X509FailureCode } from '../failure.ts';
import {
  checkAuthority,
  checkExtensions,
  checkKeyUsage,
  checkValidity,
  mayHaveIssued,
} from './certificate-checks.ts';

/** Certificates in a path, anchor included. */
const PATH_LENGTH_MAX = 8;
/** Issuers tried in all, each of which costs a signature verification. */
const TRIALS_MAX = 32;

/** What is asked. */
export interface PathQuestion {
  readonly certificate: Certificate;
  /** Certificates of authorities from anywhere; what they claim is verified. */
  readonly intermediates: readonly Certificate[];
  /** Certificates of authorities that the caller trusts. */
  readonly anchors: readonly Certificate[];
  /** The instant for which the answer holds, in milliseconds since the epoch. */
  readonly at: number;
  /** One of these must be in every certificate below the anchor (or anyPolicy in an authority's). */
  readonly requiredPolicies?: readonly string[] | undefined;
  /** Uses that the certificate's keyUsage must allow. */
  readonly requiredKeyUsages?: readonly KeyUsage[] | undefined;
  /** A purpose that the certificate's extKeyUsage, where it has one, must name. */
  readonly requiredKeyPurpose?: string | undefined;
  /** Critical extensions that the caller checks itself. */
  readonly knownCritical?: readonly string[] | undefined;
}

type Check = Result<undefined, X509FailureCode>;
/** From the certificate up to the anchor. */
export type Path = readonly [Certificate, ...Certificate[]];

function firstFailure(...checks: (() => Check)[]): Check {
  for (const check of checks) {
    const result = check();
    if (!result.ok) return result;
  }
  return ok(undefined);
}

function checkPolicies(certificate: Certificate, question: PathQuestion): Check {
  const required = question.requiredPolicies;
  if (required === undefined) return ok(undefined);
  const isAuthority = certificate !== question.certificate;
  const isAllowed = certificate.known.certificatePolicies?.some(
    ({ policy }) => required.includes(policy) || (isAuthority && policy === ANY_POLICY_OID),
  );
  return isAllowed === true ? ok(undefined) : fail('policy-not-allowed', 'no required policy');
}

function checkKeyPurpose({ certificate, requiredKeyPurpose }: PathQuestion): Check {
  const purposes = certificate.known.extKeyUsage;
  const isAllowed =
    requiredKeyPurpose === undefined ||
    purposes === undefined ||
    purposes.includes(requiredKeyPurpose) ||
    purposes.includes(KEY_PURPOSE_OIDS.any);
  return isAllowed ? ok(undefined) : fail('extended-key-usage-refuses', 'extKeyUsage without the purpose');
}

/** What is asked of the certificate itself, whoever issued it. */
function checkSubject(question: PathQuestion): Check {
  const { certificate, at, knownCritical, requiredKeyUsages = [] } = question;
  return firstFailure(
    () => checkValidity(certificate, at),
    () => checkExtensions(certificate, knownCritical),
    ...requiredKeyUsages.map((usage) => () => checkKeyUsage(certificate, usage)),
    () => checkKeyPurpose(question),
    () => checkPolicies(certificate, question),
  );
}

/** pathLength counts the authorities between this one and the certificate that are not self-issued. */
function checkPathLength(authority: Certificate, below: readonly Certificate[]): Check {
  const allowed = authority.known.basicConstraints?.pathLength;
  if (allowed === undefined) return ok(undefined);
  const between = below.slice(1).filter((each) => !each.subject.equals(each.issuer)).length;
  return between <= allowed ? ok(undefined) : fail('path-too-long', `pathLength ${allowed}`);
}

/** The search, depth first; it remembers why it failed and how much it may still try. */
class PathSearch {
  readonly #question: PathQuestion;
  #trials = 0;
  #failure: ReturnType<typeof fail<X509FailureCode>> | undefined;

  constructor(question: PathQuestion) {
    this.#question = question;
  }

  run(): Result<Path, X509FailureCode> {
    const { certificate } = this.#question;
    const subject = checkSubject(this.#question);
    if (!subject.ok) return subject;
    const path = this.#isAnchor(certificate) ? ([certificate] as const) : this.#climb([certificate]);
    return path === undefined ? (this.#failure ?? fail('issuer-not-found', 'no issuer')) : ok(path);
  }

  #isAnchor(certificate: Certificate): boolean {
    return this.#question.anchors.some((anchor) => Buffer.compare(anchor.der, certificate.der) === 0);
  }

  #climb(below: Path): Path | undefined {
    const child = below.at(-1) ?? below[0];
    const { anchors, intermediates } = this.#question;
    for (const candidate of [...anchors, ...intermediates]) {
      if (
        !mayHaveIssued(candidate, child) ||
        below.some((each) => Buffer.compare(each.der, candidate.der) === 0)
      ) {
        continue;
      }
      if (++this.#trials > TRIALS_MAX) {
        this.#failure = fail('search-limit', `more than ${TRIALS_MAX} issuers tried`);
        return undefined;
      }
      const path = this.#step(candidate, child, below);
      if (path !== undefined) return path;
    }
    return undefined;
  }

  #step(candidate: Certificate, child: Certificate, below: Path): Path | undefined {
    const isAnchor = this.#isAnchor(candidate);
    const check = firstFailure(
      () =>
        below.length < PATH_LENGTH_MAX
          ? ok(undefined)
          : fail('path-too-long', `more than ${PATH_LENGTH_MAX}`),
      () => checkAuthority(candidate),
      () => checkPathLength(candidate, below),
      () => checkValidity(candidate, this.#question.at),
      () => checkExtensions(candidate, this.#question.knownCritical),
      () => (isAnchor ? ok(undefined) : checkPolicies(candidate, this.#question)),
      () => verifySignature(child, candidate.publicKey),
    );
    if (!check.ok) {
      this.#failure ??= check;
      return undefined;
    }
    const path: Path = [...below, candidate];
    return isAnchor ? path : this.#climb(path);
  }
}

/** A path from the certificate to an anchor, or why there is none: the failure of the first issuer that was tried. */
export const verifyPath = (question: PathQuestion): Result<Path, X509FailureCode> =>
  new PathSearch(question).run();
