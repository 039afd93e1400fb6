/** What municipalities' programs take: authentication certificates, of a card or of a phone (JPKI Act 22, 35-2). */
export const LOCAL_KINDS = ['authentication', 'phone-authentication'] as const;
export type LocalKind = (typeof LOCAL_KINDS)[number];
