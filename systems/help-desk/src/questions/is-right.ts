/**
 * Whether an answer agrees with what is held of the person. Names and addresses are compared as the strict search folds them,
 * so that a spelling is no miss; dates whole. What is not held agrees with nothing.
 */
import type { HeldCard } from '@ishizue/cards';
import { type IdentifiedPerson, nameKeysOf } from '@ishizue/registry';
import { addressKey, nameKey } from '@ishizue/text';
import type { Question } from './question-rules.ts';

/** What is held. */
export interface HeldFacts {
  readonly person: IdentifiedPerson | undefined;
  readonly card: HeldCard | undefined;
}

/** @param answer as the operator wrote it down; `YYYY-MM-DD` of dates, `YYYY-MM` of the month of hand-over */
export function isRight(question: Question, answer: string, { person, card }: HeldFacts): boolean {
  switch (question) {
    case 'name':
      return person !== undefined && nameKeysOf(person).includes(nameKey(answer));
    case 'birth-date':
      return person !== undefined && person.birthDate === answer;
    case 'address':
      return (
        person !== undefined && answer.trim() !== '' && addressKey(person.address) === addressKey(answer)
      );
    case 'card-expires-on':
      return card?.expiresOn === answer;
    case 'handed-over-in':
      return card !== undefined && card.handedOverOn !== null && card.handedOverOn.slice(0, 7) === answer;
  }
}
