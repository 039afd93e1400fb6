/**
 * `ishizue reconcile`: the full comparison (整合) of one municipality between the tiers, and the repair of what differs.
 * Flow: docs/flows/reconciliation.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ComparisonState,
  comparisonState,
  type Difference,
  type DifferencePlace,
  listDifferences,
  municipalSite,
  prefecturalSite,
  repairDifferences,
  startComparison,
} from '@ishizue/registry';
import type { Country } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const LOOK_MS = 100;
const SETTLE_TIMEOUT_MS = 600_000;
const SHOWN = 50;

export const reconcile = defineCommand({
  meta: {
    name: 'reconcile',
    description:
      'Compare what municipality, prefecture and nation hold of a municipality’s residents. Exits 1 where they differ afterwards.',
  },
  args: {
    municipality: { type: 'positional', description: 'the six-digit code', required: true },
    repair: { type: 'boolean', description: 'let the municipality resend what differs', default: false },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { municipality, repair, json } }) => {
    await withInstallation(json, async (country) => {
      const place = country.places.findMunicipality(municipality);
      if (!place || !country.municipalities.includes(municipality)) {
        const detail = `${municipality} is no municipality of this installation`;
        return printFailure(json, { code: 'municipality-unknown', detail }, EXIT_UNUSABLE);
      }
      const compared: Compared[] = [];
      for (const site of [municipalSite(municipality), prefecturalSite(place.prefecture)]) {
        const done = await compare(country, { site, municipality }, repair);
        if (typeof done === 'string') return printFailure(json, { code: done, detail: site });
        compared.push(done);
      }
      const differ = compared.some(({ differences }) => differences.length > 0);
      print(json, { municipality, tiers: compared }, compared.map(describe).join('\n'));
      if (differ) process.exitCode = EXIT_FAILED;
    });
  },
});

interface Compared {
  readonly site: string;
  readonly upperSite: string;
  readonly persons: number | null;
  readonly digestsMoved: number;
  readonly repaired: number;
  /** Those that are left. */
  readonly differences: readonly Pick<Difference, 'residentCode' | 'kind' | 'state'>[];
}

async function compare(
  country: Country,
  place: DifferencePlace,
  isRepair: boolean,
): Promise<Compared | string> {
  const { registry } = country.systems;
  const access = commandLineAccess('住民基本台帳法 第30条の6', 'reconciliation');
  const started = await startComparison(registry, access, place);
  if (!started.ok) return started.failure.code;
  const state = await untilDone(country, place, started.value);
  let repaired = 0;
  for (let resent = isRepair ? 1 : 0; resent > 0; repaired += resent) {
    resent = await repairDifferences(registry, access, place);
    await country.settle(SETTLE_TIMEOUT_MS);
  }
  const differences = await listDifferences(registry, access, place);
  return {
    site: place.site,
    upperSite: state.upperSite,
    persons: state.persons,
    digestsMoved: state.digestsMoved,
    repaired,
    differences: differences.map(({ residentCode, kind, state: standing }) => ({
      residentCode,
      kind,
      state: standing,
    })),
  };
}

/** A check may wait behind a parked notice for as long as its ticket is open: that run is told as it stands. */
async function untilDone(country: Country, place: DifferencePlace, runId: string): Promise<ComparisonState> {
  for (;;) {
    const [state] = await comparisonState(country.systems.registry, place, runId);
    if (!state) throw new Error(`the comparison ${runId} is gone`);
    if (state.phase === 'done' || state.phase === 'replaced') return state;
    await country.settle(SETTLE_TIMEOUT_MS);
    const [settled] = await comparisonState(country.systems.registry, place, runId);
    if (settled?.phase === 'checking' && settled.awaited === state.awaited) return settled;
    await sleep(LOOK_MS);
  }
}

function describe({ site, upperSite, persons, digestsMoved, repaired, differences }: Compared): string {
  const facts = [
    `${persons ?? 0} persons`,
    `${digestsMoved} digests moved`,
    repaired > 0 && `${repaired} resent`,
    differences.length === 0 ? 'equal' : `${differences.length} differ`,
  ];
  const shown = differences.slice(0, SHOWN).map((one) => `  ${one.residentCode}  ${one.kind}  ${one.state}`);
  return [`${site} and ${upperSite}: ${facts.filter(Boolean).join(', ')}`, ...shown].join('\n');
}
