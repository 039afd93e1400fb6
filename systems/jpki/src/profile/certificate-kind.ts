/**
 * The kinds of certificates of the citizen PKI (公的個人認証法 art. 3, 22), each from a certification authority of its own:
 * 署名用 carries the four items and signs declarations of will; 利用者証明用 carries nobody's name and signs in. Phones have
 * one of either (移動端末設備用; domain rules 6.8), from two authorities more.
 */
export const CARD_KINDS = ['signature', 'authentication'] as const;
export const PHONE_KINDS = ['phone-signature', 'phone-authentication'] as const;
export const CERTIFICATE_KINDS = [...CARD_KINDS, ...PHONE_KINDS] as const;

/** What is on a card; also what a certificate is for, wherever its key is. */
export type CardKind = (typeof CARD_KINDS)[number];
export type PhoneKind = (typeof PHONE_KINDS)[number];
export type CertificateKind = CardKind | PhoneKind;

/** What a kind is for: the kind on the card to which a phone's kind is bound, and of which it has the form. */
export const CARD_KIND_OF = {
  signature: 'signature',
  authentication: 'authentication',
  'phone-signature': 'signature',
  'phone-authentication': 'authentication',
} as const satisfies Readonly<Record<CertificateKind, CardKind>>;

/** The other kind on the same card or phone. */
export const COUNTERPART_OF = {
  signature: 'authentication',
  authentication: 'signature',
  'phone-signature': 'phone-authentication',
  'phone-authentication': 'phone-signature',
} as const satisfies Readonly<Record<CertificateKind, CertificateKind>>;

export const isPhoneKind = (kind: CertificateKind): kind is PhoneKind =>
  (PHONE_KINDS as readonly CertificateKind[]).includes(kind);

/** Profiles by the name under which the signer knows their lints: the `x` of a key's use `certificate:x`. */
export const PROFILE_NAMES = {
  authority: {
    signature: 'jpki-signature-ca',
    authentication: 'jpki-authentication-ca',
    'phone-signature': 'jpki-phone-signature-ca',
    'phone-authentication': 'jpki-phone-authentication-ca',
  },
  certificate: {
    signature: 'jpki-signature',
    authentication: 'jpki-authentication',
    'phone-signature': 'jpki-phone-signature',
    'phone-authentication': 'jpki-phone-authentication',
  },
  responder: 'jpki-ocsp-responder',
} as const;

/**
 * The certificate policies by which relying parties tell the kinds; the second is that of the test environment. Open in
 * the sources: of phones only …1.1.40 is reported; …1.3.50 is ours.
 */
export const POLICIES_OF: Readonly<Record<CertificateKind, readonly string[]>> = {
  signature: ['1.2.392.200149.8.5.1.1.20', '1.2.392.200149.8.5.1.0.20'],
  authentication: ['1.2.392.200149.8.5.1.3.30'],
  'phone-signature': ['1.2.392.200149.8.5.1.1.40'],
  'phone-authentication': ['1.2.392.200149.8.5.1.3.50'],
};
