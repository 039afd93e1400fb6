/**
 * The two kinds of certificates of the citizen PKI (公的個人認証法 art. 3, 22), each from a certification authority of its
 * own: 署名用 carries the four items and signs declarations of will; 利用者証明用 carries nobody's name and signs in.
 */
export const CERTIFICATE_KINDS = ['signature', 'authentication'] as const;

export type CertificateKind = (typeof CERTIFICATE_KINDS)[number];

/** Profiles by the name under which the signer knows their lints: the `x` of a key's use `certificate:x`. */
export const PROFILE_NAMES = {
  authority: { signature: 'jpki-signature-ca', authentication: 'jpki-authentication-ca' },
  certificate: { signature: 'jpki-signature', authentication: 'jpki-authentication' },
  responder: 'jpki-ocsp-responder',
} as const;
