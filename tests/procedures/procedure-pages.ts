/** The procedures whose pages in docs/procedures are written from their definitions. A new one is added here. */
import { cardApplication } from '@ishizue/cards';
import { verifierRegistration } from '@ishizue/jpki';
import { type Definition, describeProcedure } from '@ishizue/procedure';
import { identityDisclosure } from '@ishizue/registry';
import { adviserVisit } from './adviser-visit.ts';

const PROCEDURES: readonly Definition[] = [
  adviserVisit,
  cardApplication,
  identityDisclosure,
  verifierRegistration,
];

/** The text of each page by its path in the repository. */
export const procedurePages: ReadonlyMap<string, string> = new Map(
  PROCEDURES.map((definition) => [`docs/procedures/${definition.id}.md`, describeProcedure(definition)]),
);
