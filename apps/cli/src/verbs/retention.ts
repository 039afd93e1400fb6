/**
 * `ishizue retention`: deleted records at all sites that have been kept for their time, as counts, and their deletion; closed
 * cases of procedures, which the clock destroys by itself, and what was destroyed lately. Names nobody; each deletion is on
 * the ledger of its site. Flows: docs/flows/retention.md, case-retention.md.
 */
import { keptEntries } from '@ishizue/overseas';
import { countDue, type DueRecords, deleteDue, keptRecords } from '@ishizue/registry';
import { type Country, type PlacedDesk, procedureDesks } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from '../report.ts';

export const retention = defineCommand({
  meta: {
    name: 'retention',
    description:
      'Deleted records that have been kept for their time, by site and table. With --delete they and their history are deleted for good.',
  },
  args: {
    site: { type: 'string', description: 'this site only, e.g. municipal/132217' },
    delete: { type: 'boolean', description: 'delete what is due', default: false },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { site, delete: isDeletion, json } }) => {
    await withInstallation(json, async (country) => {
      const sites = country.sites.map((one) => one.site).filter((one) => site === undefined || one === site);
      if (sites.length === 0) {
        const detail = `${site} is no site of this installation`;
        return printFailure(json, { code: 'site-unknown', detail }, EXIT_UNUSABLE);
      }
      const told: Told[] = [];
      for (const one of sites) told.push(...(await attend(country, one, isDeletion)));
      const shown = told.filter(({ due, kept }) => due > 0 || kept > 0);
      const cases = await casesOf(country, site);
      const said = [...shown.map(describe), ...cases.flatMap(describeCases)];
      print(json, { records: told, cases }, said.join('\n') || 'no deleted record anywhere');
    });
  },
});

interface Told extends DueRecords {
  /** By this call. */
  readonly deleted: number;
}

async function attend(country: Country, site: string, isDeletion: boolean): Promise<readonly Told[]> {
  const { registry, overseas } = country.systems;
  const told: Told[] = [];
  for (const [desk, records] of [
    [registry, keptRecords(site)],
    [overseas, keptEntries(site)],
  ] as const) {
    const counted = await countDue(desk, records);
    const access = commandLineAccess(records.article, 'retention');
    const deleted = isDeletion && counted.due > 0 ? await deleteDue(desk, access, records) : 0;
    told.push({ ...counted, deleted });
  }
  return told;
}

/** The closed cases of a procedure at a site, and the last lines of the record of what was destroyed. */
type Desk = PlacedDesk['desk'];
type ToldCases = Awaited<ReturnType<Desk['countKept']>> & {
  readonly site: string;
  readonly procedure: string;
  readonly destroyed: Awaited<ReturnType<Desk['destructions']>>;
};

async function casesOf(country: Country, only: string | undefined): Promise<readonly ToldCases[]> {
  const told: ToldCases[] = [];
  for (const { site, desk } of await procedureDesks(country)) {
    if (only !== undefined && site !== only) continue;
    const destroyed = await desk.destructions();
    told.push({ site, procedure: desk.definition.id, ...(await desk.countKept()), destroyed });
  }
  return told;
}

function describeCases({ site, procedure, due, oldest, kept, destroyed }: ToldCases): readonly string[] {
  const counted = `${site}  ${procedure}  ${due === 0 ? 'none due' : `${due} due since ${oldest}`}, ${kept} kept`;
  const lines = destroyed.map(
    ({ at, what, count, rule, lastDay }) =>
      `  ${at.toISOString()}  ${count} ${what} destroyed, kept until ${lastDay}: ${rule}`,
  );
  return due > 0 || kept > 0 || lines.length > 0 ? [counted, ...lines] : [];
}

function describe({ site, table, due, oldest, kept, deleted }: Told): string {
  const facts = [
    due === 0 ? 'none due' : `${due} due since ${oldest}`,
    deleted > 0 && `${deleted} deleted`,
    `${kept} kept`,
  ];
  return `${site}  ${table}  ${facts.filter(Boolean).join(', ')}`;
}
