/**
 * The officers who look at residence conflicts by the registry's own door, once a day where a clerk has typed a wrong
 * code: who hears of it lets the clerk put it right. Conflicts of moves that overtake each other settle themselves.
 */
import { municipalSite, openConflicts } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import type { CountryNetwork } from './country-network.ts';
import type { Installation } from './installation.ts';
import type { ConflictWatch } from './town-life.ts';

const DESK_ACCESS = { ...testAccess, affair: 'simulated-desk' };

export interface ConflictDeskOptions {
  readonly network: CountryNetwork;
  readonly installationOf: (site: string) => Installation;
}

export class ConflictDesk {
  readonly #options: ConflictDeskOptions;
  readonly #watches = new Set<ConflictWatch>();
  /** How often a person was shown in a list, by municipality and code. */
  readonly looks = new Map<string, number>();
  settled = 0;

  constructor(options: ConflictDeskOptions) {
    this.#options = options;
  }

  /** Wrong codes of which nobody has heard yet. */
  get open(): number {
    return this.#watches.size;
  }

  watch(watch: ConflictWatch): void {
    this.#watches.add(watch);
  }

  /** The officers look. */
  async look(): Promise<void> {
    for (const [municipality, watches] of Map.groupBy(this.#watches, (watch) => watch.municipality)) {
      const site = municipalSite(municipality);
      const { registry } = this.#options.installationOf(site);
      if (!registry || this.#options.network.isCut(site)) continue;
      const conflicts = await openConflicts(registry, municipality, DESK_ACCESS);
      for (const { residentCode } of conflicts) {
        const key = `${municipality} ${residentCode}`;
        this.looks.set(key, (this.looks.get(key) ?? 0) + 1);
      }
      for (const watch of watches) {
        const isHeard = conflicts.some(
          ({ residentCode, entering }) => residentCode === watch.residentCode && entering === municipality,
        );
        if (!isHeard) continue;
        this.#watches.delete(watch);
        this.settled++;
        watch.settle();
      }
    }
  }
}
