/** Cards in their holders' hands, with what they ask of the certification authority and of the supplementary family register. */
import type { CardLife, CardsContext } from '@ishizue/cards';
import { hasLiveCertificate, type JpkiContext, revokeForCard } from '@ishizue/jpki';
import { findOverseasPerson, type OverseasContext } from '@ishizue/overseas';

export const openCardLife = (
  cards: CardsContext,
  jpki: JpkiContext,
  overseas: OverseasContext,
): CardLife => ({
  cards,
  findDomicile: async (access, residentCode) => {
    const asked = { ...access, article: '住民基本台帳法 第30条の44の6', affair: 'overseas-card' };
    const found = await findOverseasPerson(overseas, asked, residentCode);
    return found.ok ? found.value.municipality : undefined;
  },
  revokeSignature: (access, cardId) =>
    revokeForCard(jpki, access, cardId, 'cessationOfOperation', ['signature']),
  hasSignature: (cardId) => hasLiveCertificate(jpki, cardId, 'signature'),
});
