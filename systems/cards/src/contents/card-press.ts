/**
 * Contents for the card of a person, as the making of cards uses it: the typeface and keys, the security code that belongs to a
 * card, the photo of an application, and the person’s number in clear, which goes nowhere but onto the card.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import type { IdentifiedPerson } from '@ishizue/registry';
import type { Card } from '../card/card-store.ts';
import type { PhotoOf } from '../photo/card-photo.ts';
import type { ContentTools } from './encode-contents.ts';
import type { PersonOnCard } from './person-on-card.ts';

export interface CardPress extends ContentTools {
  /** The individual number in twelve digits; undefined of whoever has none yet. */
  numberOf(person: IdentifiedPerson): string | undefined;
  /** Four digits, the same whenever it is asked for the same card. */
  securityCodeOf(cardId: string): Promise<string>;
  /** JPEG 2000; undefined where the card has none. The same octets of the same application. */
  photoOf(about: PhotoOf): Promise<Result<Uint8Array | undefined, 'photo-not-made'>>;
}

/** What is printed on the card besides the photograph; `number-missing` of whoever has no individual number yet. */
export async function printedOnCard(
  press: CardPress,
  { cardId, expiresOn }: Card,
  person: IdentifiedPerson,
): Promise<Result<Omit<PersonOnCard, 'photo'>, 'number-missing'>> {
  const individualNumber = press.numberOf(person);
  if (individualNumber === undefined)
    return fail('number-missing', 'the person has no individual number yet');
  const securityCode = await press.securityCodeOf(cardId);
  return ok({ ...person, individualNumber, cardId, expiresOn, securityCode });
}

/** What the chip is to say. */
export async function personOnCard(
  press: CardPress,
  card: Card,
  person: IdentifiedPerson,
): Promise<Result<PersonOnCard, 'number-missing' | 'photo-not-made'>> {
  const printed = await printedOnCard(press, card, person);
  if (!printed.ok) return printed;
  const photo = await press.photoOf({ applicationId: card.applicationId, birthDate: person.birthDate });
  return photo.ok ? ok({ ...printed.value, photo: photo.value }) : photo;
}
