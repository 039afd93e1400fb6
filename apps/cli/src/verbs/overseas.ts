/**
 * `ishizue overseas`: the supplementary family register (docs/flows/overseas.md). `load` takes a municipality's entry file,
 * `find` looks for an overseas mover at the national site, `compare` compares the tiers.
 */
import { ENTRY_COLUMNS, findOverseasPerson } from '@ishizue/overseas';
import { loadEntryFile } from '@ishizue/server';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { fileArguments, loadFile } from '../load-file.ts';
import { withInstallation } from '../open-installation.ts';
import { print, printFailure } from '../report.ts';
import { compareVerb } from './overseas-compare.ts';

const loadVerb = defineCommand({
  meta: {
    name: 'load',
    description:
      'Load a municipality’s entries from a CSV file (columns: docs/flows/overseas.md). Good rows load, bad rows go to FILE.rejects.csv; the same file again changes nothing. Exits 1 where rows were rejected.',
  },
  args: {
    ...fileArguments('six-digit code of the domicile'),
    sha256: { type: 'string', description: 'what the file must be: another one loads nothing' },
  },
  run: ({ args }) =>
    loadFile(args, {
      columns: ENTRY_COLUMNS,
      load: (country, file, show) =>
        loadEntryFile(country, {
          ...file,
          ...(args.sha256 !== undefined && { announced: { sha256: args.sha256 } }),
          progress: (loaded, of) => show(`${loaded} of ${of} entries loaded`),
        }),
      describe: ({ sha256 }) => `; SHA-256 ${sha256}`,
    }),
});

const findVerb = defineCommand({
  meta: {
    name: 'find',
    description: 'An overseas mover by resident code, at the national site. Exits 1 where nobody is told.',
  },
  args: {
    residentCode: { type: 'positional', description: 'eleven digits', required: true },
    affair: { type: 'string', description: 'the affair that it is for', default: 'overseas-card' },
    json: { type: 'boolean', description: 'print as JSON', default: false },
  },
  run: async ({ args: { residentCode, affair, json } }) => {
    await withInstallation(json, async (country) => {
      const access = commandLineAccess('住民基本台帳法 第30条の44の6', affair);
      const found = await findOverseasPerson(country.systems.overseas, access, residentCode);
      if (!found.ok) return printFailure(json, found.failure);
      const { name, birthDate, municipality } = found.value;
      print(json, found.value, `${name}  ${birthDate}  ${country.places.fullName(municipality)}`);
    });
  },
});

export const overseas = defineCommand({
  meta: { name: 'overseas', description: 'The supplementary family register, and who moved overseas' },
  subCommands: { load: loadVerb, find: findVerb, compare: compareVerb },
});
