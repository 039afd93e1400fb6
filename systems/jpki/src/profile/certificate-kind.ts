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

/** The certificate policies by which relying parties tell the kinds; the second is that of the test environment. */
export const POLICIES_OF: Readonly<Record<CertificateKind, readonly string[]>> = {
  signature: ['1.2.392.200149.8.5.1.1.20', '1.2.392.200149.8.5.1.0.20'],
  authentication: ['1.2.392.200149.8.5.1.3.30'],
};
