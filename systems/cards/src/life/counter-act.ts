/**
 * An act on a card at a municipality's counter: the desk is of the municipality where the holder lives (番号法 art. 17), or of
 * the domicile of a holder who keeps the card abroad. Who is asked for is the card's own holder, never whom a desk
 * names; refusals are on the ledger as acts are.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, type Result } from '@ishizue/outcome';
import { type Access, findPerson, type IdentifiedPerson, NATIONAL_SITE } from '@ishizue/registry';
import { actOnCard } from '../card/card-act.ts';
import { type Card, findCard } from '../card/card-store.ts';
import type { CardLife } from './life-context.ts';

/** Where the holder stands, and who acts. */
export interface Desk {
  readonly access: Access;
  readonly municipality: string;
}

export type DeskFailure = 'card-unknown' | 'person-unknown' | 'desk-not-of-residence';

/** The card, locked, and its holder as the registry has them at this moment. */
export interface HeldCard {
  readonly card: Card;
  readonly person: IdentifiedPerson;
}

export async function actAtCounter<T, Code extends string>(
  life: CardLife,
  { access, municipality }: Desk,
  cardId: string,
  act: string,
  decide: (tx: Tx, held: HeldCard) => Promise<Result<T, Code>>,
): Promise<Result<T, Code | DeskFailure>> {
  const { cards } = life;
  const known = await inTransaction(cards.sql, { site: NATIONAL_SITE }, (tx) => findCard(tx, cardId));
  if (!known) return fail('card-unknown', 'there is no such card');
  const person = await findPerson(cards.registry, access, known.residentCode);
  const responsible = person && (await responsibleFor(life, access, person));
  return actOnCard(cards, access, cardId, act, (tx, { card }): Promise<Result<T, Code | DeskFailure>> => {
    if (!person) return Promise.resolve(fail('person-unknown', 'the registry does not know the holder'));
    if (responsible !== municipality)
      return Promise.resolve(
        fail('desk-not-of-residence', 'another municipality is responsible for the holder'),
      );
    return decide(tx, { card, person });
  });
}

/** The municipality that acts on a holder's card: of residence, or of domicile for who has moved overseas. */
function responsibleFor(
  life: CardLife,
  access: Access,
  person: IdentifiedPerson,
): Promise<string | undefined> | string {
  return person.status === 'moved-out' ? life.findDomicile(access, person.residentCode) : person.municipality;
}
