/**
 * Which certificates are issued at kiosks, and what may be asked of each. This edition issues one: the copy of the
 * resident record (住民票の写し, 住民基本台帳法 art. 12). Another class is a name here, its wishes, and a paper of its own
 * in `municipal/make-paper.ts`; requests, states, links and verification do not change.
 */
import { z } from 'zod';

export const CERTIFICATE_CLASSES = ['resident-record'] as const;
export type CertificateClass = (typeof CERTIFICATE_CLASSES)[number];

/** The certificate's name as papers and pages write it. */
export const CLASS_NAMES: Readonly<Record<CertificateClass, string>> = { 'resident-record': '住民票の写し' };

/** What the person asked for. */
export const certificateWish = z.strictObject({
  class: z.enum(CERTIFICATE_CLASSES),
  /** The person alone, or everyone in the household. */
  extent: z.enum(['person', 'household']),
  /** The head of the household and the relationship (世帯主・続柄). */
  withRelationship: z.boolean(),
  /** The domicile and its head (本籍・筆頭者); of foreign residents nationality and status of residence. */
  withDomicile: z.boolean(),
});
export type CertificateWish = Readonly<z.infer<typeof certificateWish>>;
