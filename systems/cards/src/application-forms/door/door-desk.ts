/** What the door for whoever holds an application form is given, and under what it looks at persons. */
import type { ActingBy, CaseDesk } from '@ishizue/procedure';
import type { Access } from '@ishizue/registry';
import type { CardsContext } from '../../cards-context.ts';
import { bearerOf, type PaperForm } from '../form-store.ts';

export interface DoorDesk {
  readonly cards: CardsContext;
  /** Of card applications. */
  readonly applications: CaseDesk;
}

/** Nobody signed in: what is known is that they hold a form. */
export const doorAccess = (correlation: string): Access => ({
  actorKind: 'system',
  actor: 'holder-of-application-form',
  terminal: 'card-door',
  article: '番号法 第16条の2',
  affair: 'card-application-door',
  correlation,
});

/** The bearer of a form, for the desk of applications. */
export const bearing = (form: Pick<PaperForm, 'formNumber'>, correlation: string): ActingBy => ({
  actor: { kind: 'bearer', id: bearerOf(form) },
  terminal: 'card-door',
  correlation,
});
