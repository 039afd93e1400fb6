/**
 * Every failure code of this package, in one union: stable, kebab-case, what callers switch on. The `detail` beside a
 * code says what was being read and at which byte, never what the bytes said.
 */

/** The encoding is not the DER that was expected (X.690). */
export type DerFailureCode =
  /** More octets than the parser accepts. */
  | 'too-large'
  /** Nested deeper than the parser accepts. */
  | 'too-deep'
  /** A length runs past the end of what contains it. */
  | 'truncated'
  /** Something follows where nothing may. */
  | 'trailing-data'
  /** Another tag than the syntax allows here, or a multi-byte tag. */
  | 'unexpected-tag'
  /** An indefinite length, one of more than four octets, or one not in its shortest form. */
  | 'length-invalid'
  /** Neither 00 nor FF. */
  | 'boolean-invalid'
  /** Empty, not in its shortest form, or out of the field's range. */
  | 'integer-invalid'
  /** Unused bits out of range or set, or a named bit list with trailing zeros. */
  | 'bit-string-invalid'
  /** An empty, padded or oversized object identifier. */
  | 'oid-invalid'
  /** Not the exact form of RFC 5280 4.1.2.5, or no such date. */
  | 'time-invalid'
  /** Octets outside the string type's repertoire, or an unknown string type. */
  | 'string-invalid'
  /** The members of a SET OF are not in ascending order. */
  | 'set-not-sorted'
  /** A DEFAULT value was encoded; DER leaves it out. */
  | 'default-encoded'
  /** A SEQUENCE or SET that must have a member has none. */
  | 'empty'
  /** Text that is not the PEM block asked for. */
  | 'pem-invalid';

/** Something in a certificate, list or request that its reader must refuse though it is DER. */
export type ContentFailureCode =
  /** A version that this package does not read. */
  | 'version-unsupported'
  /** issuerUniqueID or subjectUniqueID, which RFC 5280 4.1.2.8 forbids to issue. */
  | 'unique-identifier'
  /** Two instances of one extension (RFC 5280 4.2). */
  | 'duplicate-extension'
  /** Extensions in a certificate that is not version 3. */
  | 'extensions-without-v3'
  /** A serial number that is not positive or is longer than 20 octets (RFC 5280 4.1.2.2). */
  | 'serial-number-range'
  /** UTCTime and GeneralizedTime not used as RFC 5280 4.1.2.5 says. */
  | 'time-form'
  /** The signature algorithm inside the signed part is not the one outside (RFC 5280 4.1.1.2). */
  | 'algorithm-mismatch'
  /** A public key of a kind or size that this package does not use. */
  | 'key-unsupported'
  /** A reason code that RFC 5280 5.3.1 does not list. */
  | 'reason-invalid'
  /** A critical extension that the reader does not understand. */
  | 'critical-extension-unknown';

/** A signature does not hold. */
export type SignatureFailureCode = 'signature-algorithm-unsupported' | 'signature-invalid';

/** A certification path was not accepted. */
export type PathFailureCode =
  | 'issuer-not-found'
  | 'not-yet-valid'
  | 'expired'
  /** The issuer's basicConstraints do not make it a CA. */
  | 'not-a-ca'
  /** The issuer's keyUsage does not allow the signature. */
  | 'key-usage-refuses'
  | 'extended-key-usage-refuses'
  | 'path-too-long'
  | 'policy-not-allowed'
  /** nameConstraints or a policy extension that this package cannot enforce yet. */
  | 'constraint-unsupported'
  /** The search for issuers was given up. */
  | 'search-limit';

/** A CRL says nothing about the certificate. */
export type CrlFailureCode =
  | 'crl-issuer-mismatch'
  /** The issuing distribution point does not cover the certificate. */
  | 'crl-scope-mismatch'
  | 'crl-not-yet-valid'
  | 'crl-expired'
  /** Delta, indirect or partial-reason lists. */
  | 'crl-unsupported';

/** An OCSP message was refused. */
export type OcspFailureCode =
  | 'ocsp-too-many-requests'
  /** A nonce of 0 or more than 128 octets (RFC 9654 2.1). */
  | 'ocsp-nonce-length'
  /** The response is an error message. */
  | 'ocsp-not-successful'
  | 'ocsp-response-type-unknown'
  | 'ocsp-responder-not-authorised'
  /** No single response is about the certificate. */
  | 'ocsp-certificate-mismatch'
  | 'ocsp-nonce-mismatch'
  | 'ocsp-not-yet-valid'
  | 'ocsp-expired';

/** Any failure of this package. */
export type X509FailureCode =
  | DerFailureCode
  | ContentFailureCode
  | SignatureFailureCode
  | PathFailureCode
  | CrlFailureCode
  | OcspFailureCode;
