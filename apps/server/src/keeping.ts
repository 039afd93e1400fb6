/** What is over its time: closed cases of every procedure, files that nobody uses, applications and photographs. */
import { destroyCardsOver } from '@ishizue/cards';
import type { CaseDesk } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';

/** A desk of the house, and where it is. */
export interface PlacedDesk {
  readonly site: string;
  readonly desk: CaseDesk;
}

/** Every desk of the country. */
export async function procedureDesks({ systems }: Country): Promise<readonly PlacedDesk[]> {
  const { applicationDesk, disclosures, jpki } = systems;
  return [
    { site: NATIONAL_SITE, desk: applicationDesk },
    { site: NATIONAL_SITE, desk: await jpki.registration() },
    ...[...disclosures].map(([site, { cases }]) => ({ site, desk: cases })),
  ];
}

/** Destroys what is over, one desk after the other; what was destroyed when this is cut off stays so. */
export async function destroyWhatIsOver(country: Country): Promise<void> {
  for (const { desk } of await procedureDesks(country)) await desk.destroyOver();
  await destroyCardsOver(country.systems.cards, country.systems.applicationDesk);
}
