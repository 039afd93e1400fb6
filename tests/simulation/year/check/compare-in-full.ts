/** 整合: every municipality with its prefecture and every prefecture with the nation, by the registry's own door. No difference is allowed. */
import {
  comparisonState,
  listDifferences,
  municipalSite,
  prefecturalSite,
  startComparison,
} from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { type EndOfYear, installationOf } from './end-of-year.ts';

const ACCESS = { ...testAccess, affair: 'simulated-comparison' };

export async function compareInFull(end: EndOfYear): Promise<readonly string[]> {
  const wrong: string[] = [];
  const places = end.country.municipalities.flatMap((municipality) => [
    { site: municipalSite(municipality), municipality },
    {
      site: prefecturalSite(end.country.directory.getMunicipality(municipality).prefecture),
      municipality,
    },
  ]);
  for (const place of places) {
    const { registry } = installationOf(end, place.site);
    const begun = registry && (await startComparison(registry, ACCESS, place));
    if (!begun?.ok) wrong.push(`comparison of ${place.municipality} at ${place.site} does not begin`);
  }
  await end.rest();
  for (const place of places) {
    const { registry } = installationOf(end, place.site);
    if (!registry) continue;
    const [run] = await comparisonState(registry, place);
    if (run?.phase !== 'done')
      wrong.push(`comparison of ${place.municipality} at ${place.site}: ${run?.phase ?? 'no run'}`);
    for (const { residentCode, kind } of await listDifferences(registry, ACCESS, place))
      wrong.push(`comparison of ${place.municipality} at ${place.site}: ${residentCode} ${kind}`);
  }
  return wrong;
}
