/**
 * Contents for the card of a person, as the making of cards uses it: the typeface and keys, the security code that belongs to a
 * card, the photo of an application, and the person’s number in clear, which goes nowhere but onto the card.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';
import type { Card } from '../card/card-store.ts';
import type { ContentTools } from './encode-contents.ts';
import type { PersonOnCard } from './person-on-card.ts';

export interface CardPress extends ContentTools {
  /** The individual number in twelve digits; undefined of whoever has none yet. */
  numberOf(person: IdentifiedPerson): string | undefined;
  /** Four digits, the same whenever it is asked for the same card. */
  securityCodeOf(cardId: string): Promise<string>;
  /** JPEG 2000; undefined where the application has none. */
  photoOf(applicationId: string): Promise<Uint8Array | undefined>;
}

/** What the card is to say; `number-missing` of whoever has no individual number yet. */
export async function personOnCard(
  press: CardPress,
  card: Card,
  person: IdentifiedPerson,
): Promise<Result<PersonOnCard, 'number-missing'>> {
  const { cardId, applicationId, expiresOn } = card;
  const individualNumber = press.numberOf(person);
  if (individualNumber === undefined)
    return fail('number-missing', 'the person has no individual number yet');
  const [securityCode, photo] = [await press.securityCodeOf(cardId), await press.photoOf(applicationId)];
  return ok({ ...person, individualNumber, cardId, expiresOn, securityCode, photo });
}
