/**
 * `ishizue overseas compare`: the comparison of tiers (整合) of the supplementary family register by count and digest, as a
 * duty officer reads it. Flow: docs/flows/overseas.md step 8.
 */
import { randomUUID } from 'node:crypto';
import { type ComparedTally, comparedTallies, resendEntries, startTally } from '@ishizue/overseas';
import type { Country } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const SETTLE_TIMEOUT_MS = 600_000;

export const compareVerb = defineCommand({
  meta: {
    name: 'compare',
    description:
      'Compare how many entries municipality, prefecture and nation hold, and their digest. Exits 1 where they differ or a tally did not arrive.',
  },
  args: {
    municipality: { type: 'string', description: 'six-digit code; all of the installation by default' },
    repair: {
      type: 'boolean',
      description: 'let municipalities that differ say all of their entries again, and compare once more',
      default: false,
    },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { municipality, repair, json } }) => {
    await withInstallation(json, async (country) => {
      if (municipality !== undefined && !country.municipalities.includes(municipality)) {
        const detail = `${municipality} is no municipality of this installation`;
        return printFailure(json, { code: 'municipality-unknown', detail }, EXIT_UNUSABLE);
      }
      const asked = municipality === undefined ? country.municipalities : [municipality];
      let compared = await compare(country, asked);
      const differing = new Set(compared.filter(differs).map((one) => one.municipality));
      if (repair && differing.size > 0) {
        await resend(country, [...differing]);
        compared = await compare(country, asked);
      }
      print(json, { compared }, compared.map(describe).join('\n'));
      if (compared.some(differs)) process.exitCode = EXIT_FAILED;
    });
  },
});

interface AtSite {
  readonly site: string;
  readonly municipality: string;
  /** Undefined where none came: a ticket is open before it, or a site is away. */
  readonly tally: Omit<ComparedTally, 'municipality' | 'runId'> | undefined;
}

const differs = ({ tally }: AtSite): boolean => tally?.isEqual !== true;

async function resend(country: Country, municipalities: readonly string[]): Promise<void> {
  const access = commandLineAccess('住民基本台帳法 第30条の41', 'reconciliation');
  for (const code of municipalities) await resendEntries(country.systems.overseas, code, access);
  await country.settle(SETTLE_TIMEOUT_MS);
}

async function compare(country: Country, municipalities: readonly string[]): Promise<readonly AtSite[]> {
  const { overseas } = country.systems;
  await country.settle(SETTLE_TIMEOUT_MS); // what is on its way is no difference
  const access = commandLineAccess('住民基本台帳法 第30条の41', 'reconciliation');
  const runId = randomUUID();
  for (const code of municipalities) await startTally(overseas, code, access, runId);
  await country.settle(SETTLE_TIMEOUT_MS);
  const prefectureOf = (code: string): string =>
    `prefectural/${country.places.getMunicipality(code).prefecture}`;
  const sites = [...new Set(municipalities.map(prefectureOf)), 'national'];
  const found = await Promise.all(
    sites.map(async (site) => [site, await comparedTallies(overseas, site)] as const),
  );
  const tallies = new Map(found);
  return municipalities.flatMap((municipality) =>
    [prefectureOf(municipality), 'national'].map((site): AtSite => {
      const tally = tallies
        .get(site)
        ?.find((one) => one.municipality === municipality && one.runId === runId);
      if (!tally) return { site, municipality, tally: undefined };
      const { toldEntries, heldEntries, isEqual } = tally;
      return { site, municipality, tally: { toldEntries, heldEntries, isEqual } };
    }),
  );
}

function describe({ site, municipality, tally }: AtSite): string {
  const place = `${municipality} at ${site}`;
  if (!tally) return `${place}: no tally came`;
  const { toldEntries, heldEntries, isEqual } = tally;
  return isEqual
    ? `${place}: ${heldEntries} entries, equal`
    : `${place}: ${heldEntries} entries, ${toldEntries} below, differ`;
}
