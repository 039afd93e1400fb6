/** A card as its callers see it: without the person. */
import type { IsoDate } from '@ishizue/clock';
import type { CardState } from './card-lifecycle.ts';
import type { Card } from './card-store.ts';

export interface CardView {
  readonly cardId: string;
  readonly applicationId: string;
  readonly state: CardState;
  readonly issuedOn: IsoDate;
  readonly expiresOn: IsoDate;
}

export const viewOf = ({ cardId, applicationId, state, issuedOn, expiresOn }: Card): CardView => ({
  cardId,
  applicationId,
  state,
  issuedOn,
  expiresOn,
});
