/**
 * Why something is not valid, or cannot be read at all: one union for the whole package, on top of what reading DER and
 * believing OCSP can say (`X509FailureCode`). Codes are stable; `ishizue verify` prints them.
 */
import type { X509FailureCode } from '@ishizue/x509';

/** A certification path does not hold (RFC 5280 6.1). */
type PathCode =
  /** The issuer's name is not the subject of the certificate above (6.1.3 (a)(4)). */
  | 'name-chaining-broken'
  /** A name is outside every permitted subtree of some authority (6.1.3 (b)). */
  | 'name-not-permitted'
  /** A name is inside an excluded subtree (6.1.3 (c)). */
  | 'name-excluded'
  /** A constraint on a form of name that cannot be compared here, and a name of that form (4.2.1.10). */
  | 'name-constraint-unsupported'
  /** A name that cannot be compared, under a constraint of its form. */
  | 'name-malformed'
  /** More comparisons of names with subtrees than are made for one certificate. */
  | 'too-many-names'
  /** The certificate, or an authority on the way, is for other purposes (4.2.1.12). */
  | 'purpose-refuses'
  /** A policy is required and none is left (6.1.3 (f), 6.1.5). */
  | 'policy-missing'
  /** anyPolicy in a policy mapping (6.1.4 (a)). */
  | 'policy-mapping-of-any'
  /** An authority's certificate that is not version 3 (6.1.4 (k)). */
  | 'authority-not-version-3';

/** The status of a certificate (RFC 5280 6.3, RFC 6960). */
type StatusCode =
  | 'certificate-revoked'
  /** No list and no answer that may be believed says whether the certificate is good. */
  | 'status-unknown'
  /** OCSP was asked for and the responder did not answer. */
  | 'ocsp-unavailable'
  /** The responder says that it does not know the certificate. */
  | 'ocsp-status-unknown';

/** A CMS SignedData does not hold (RFC 5652). */
type CmsCode =
  | 'cms-no-signer'
  | 'cms-digest-unsupported'
  /** The content is not in the message and was not given beside it. */
  | 'cms-content-missing'
  /** There is a content in the message, and another was given beside it. */
  | 'cms-content-twice'
  /** contentType or messageDigest is missing, occurs twice, or is malformed (11.1, 11.2). */
  | 'cms-attributes-invalid'
  /** The content is not what was signed. */
  | 'cms-digest-differs'
  /** No certificate of the signer is at hand. */
  | 'cms-signer-not-found'
  /** signingCertificate(V2) names another certificate than the one that verifies (RFC 5035). */
  | 'cms-signing-certificate-differs';

/** A PDF's signature does not hold (ISO 32000-2 12.8). */
type PdfCode =
  | 'pdf-no-signature'
  | 'pdf-signature-malformed'
  | 'pdf-signature-kind-unsupported'
  /** Octets were added to the file after the last signature. */
  | 'pdf-changed-after-signature';

export type VerificationFailureCode = X509FailureCode | PathCode | StatusCode | CmsCode | PdfCode;
