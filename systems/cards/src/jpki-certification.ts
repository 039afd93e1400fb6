/** The citizen PKI as the certification authorities of cards. */
import { authenticateHolder, issueCertificate, type JpkiContext, revokeForCard } from '@ishizue/jpki';
import type { Certification } from './cards-context.ts';

export const jpkiCertification = (context: JpkiContext): Certification => ({
  issueCertificate: (access, order) => issueCertificate(context, access, order),
  proveCard: (access, signed) => authenticateHolder(context, access, signed),
  revokeForCard: (access, cardId, reason) => revokeForCard(context, access, cardId, reason),
});
