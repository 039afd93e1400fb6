/** `ishizue operator add | list | close`: who may sign in at a site. A secret is shown once, when its operator is added. */
import { parseArgs } from 'node:util';
import type { Failure } from '@ishizue/outcome';
import { addSiteOperator, closeSiteOperator, type SiteOperatorCode, siteOperators } from '@ishizue/server';
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, print, printFailure } from '../report.ts';

const site = {
  type: 'string',
  description: 'the site’s name: national, prefectural/13, municipal/131016',
  required: true,
} as const;
const json = { type: 'boolean', description: 'print as JSON', default: false } as const;

const add = defineCommand({
  meta: {
    name: 'add',
    description: 'Add an operator to a site and print its id and its secret, which is shown this once',
  },
  args: {
    site,
    name: { type: 'string', description: 'the operator’s name, for the site', required: true },
    role: { type: 'string', description: 'what it may do; again for more', required: true },
    json,
  },
  run: async ({ args, rawArgs }) => {
    const order = { site: args.site, displayName: args.name, roles: everyRole(rawArgs) };
    await withInstallation(args.json, async (country) => {
      const added = await addSiteOperator(country, order);
      if (!added.ok) return refuse(args.json, added.failure);
      const { id, roles, secret } = added.value;
      const told = { site: args.site, operator: id, roles, secret };
      print(args.json, told, `operator ${id} at ${args.site}: ${roles.join(', ')}\nsecret   ${secret}`);
    });
  },
});

const list = defineCommand({
  meta: { name: 'list', description: 'The operators of a site who may sign in' },
  args: { site, json },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const found = await siteOperators(country, args.site);
      if (!found.ok) return refuse(args.json, found.failure);
      const lines = found.value.map(
        ({ id, roles, displayName }) => `${id}  ${roles.join(', ')}  ${displayName}`,
      );
      const operators = found.value.map(({ id, roles, displayName }) => ({
        operator: id,
        roles,
        displayName,
      }));
      print(args.json, { site: args.site, operators }, lines.join('\n') || `${args.site} has no operator`);
    });
  },
});

const close = defineCommand({
  meta: { name: 'close', description: 'Shut an operator out for good; its sessions end' },
  args: {
    id: { type: 'positional', description: 'the operator’s id (see ishizue operator list)', required: true },
    site,
    json,
  },
  run: async ({ args }) => {
    await withInstallation(args.json, async (country) => {
      const closed = await closeSiteOperator(country, args.site, args.id);
      if (!closed.ok) return refuse(args.json, closed.failure);
      print(args.json, { site: args.site, operator: args.id, closed: true }, `operator ${args.id}: closed`);
    });
  },
});

export const operator = defineCommand({
  meta: { name: 'operator', description: 'Operators of sites: add, list, close' },
  subCommands: { add, list, close },
});

/** The command line's parser keeps the last of several. */
function everyRole(rawArgs: readonly string[]): readonly string[] {
  const options = { role: { type: 'string', multiple: true } } as const;
  const { values } = parseArgs({ args: [...rawArgs], options, strict: false, allowPositionals: true });
  return (values.role ?? []).filter((role) => typeof role === 'string');
}

const UNUSABLE: ReadonlySet<SiteOperatorCode> = new Set(['site-unknown', 'role-unknown', 'operator-invalid']);

const refuse = (asJson: boolean, failure: Failure<SiteOperatorCode>): void =>
  printFailure(asJson, failure, UNUSABLE.has(failure.code) ? EXIT_UNUSABLE : EXIT_FAILED);
