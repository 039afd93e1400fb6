/** The systems of the house over their ground: each gets its context here, and says what it receives over links. */
import type { Handler } from '@ishizue/link';
import { type NumberingContext, numberingTopics } from '@ishizue/numbering';
import { municipalSite, NATIONAL_SITE, type RegistryContext, registryTopics } from '@ishizue/registry';
import type { Ground } from './ground.ts';
import { CHANGE_SUBSCRIBERS } from './sites.ts';

/** A system that receives messages. */
export interface Receiving {
  readonly system: string;
  readonly topics: Readonly<Record<string, Handler>>;
}

export interface Systems {
  readonly registry: RegistryContext;
  readonly numbering: NumberingContext;
  readonly receiving: readonly Receiving[];
}

export async function openSystems(ground: Ground): Promise<Systems> {
  const { database, clock, pseudonyms, places, keys, wake } = ground;
  const registry: RegistryContext = {
    sql: database.pool('registry'),
    clock,
    pseudonyms,
    municipalities: places,
    wake,
    newRecordLinks: (municipality) => [`${municipalSite(municipality)}>${NATIONAL_SITE}:numbering`],
    changeLinks: CHANGE_SUBSCRIBERS.map((system) => `${NATIONAL_SITE}>${NATIONAL_SITE}:${system}`),
  };
  const numbering: NumberingContext = {
    sql: database.pool('numbering'),
    clock,
    pseudonyms,
    permute: keys.permuteIndividualNumber,
  };
  return {
    registry,
    numbering,
    receiving: [
      { system: 'registry', topics: registryTopics(registry, keys.permuteResidentCode) },
      { system: 'numbering', topics: numberingTopics(numbering) },
    ],
  };
}
