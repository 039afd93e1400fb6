/**
 * `ishizue overseas`: the supplementary family register (docs/flows/overseas.md). `load` takes a municipality's entry file,
 * `find` looks for an overseas mover at the national site, `compare` compares the tiers.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseMunicipalityCode } from '@ishizue/municipalities';
import { ENTRY_COLUMNS, findOverseasPerson } from '@ishizue/overseas';
import { type Country, loadEntryFile, RejectFile } from '@ishizue/server';
import type { FileEncoding } from '@ishizue/text';
import { defineCommand } from 'citty';
import { commandLineAccess } from '../command-line-access.ts';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, ProgressLine, print, printFailure } from '../report.ts';
import { compareVerb } from './overseas-compare.ts';

const ENCODINGS: Readonly<Record<string, FileEncoding>> = { 'utf-8': 'utf-8', 'shift-jis': 'cp932' };
const SETTLE_TIMEOUT_MS = 600_000;

const loadVerb = defineCommand({
  meta: {
    name: 'load',
    description:
      'Load a municipality’s entries from a CSV file (columns: docs/flows/overseas.md). Good rows load, bad rows go to FILE.rejects.csv; the same file again changes nothing. Exits 1 where rows were rejected.',
  },
  args: {
    file: { type: 'positional', description: 'the CSV file', required: true },
    municipality: { type: 'string', description: 'six-digit code of the domicile', required: true },
    encoding: { type: 'string', description: 'utf-8 or shift-jis; found out from the file by default' },
    sha256: { type: 'string', description: 'what the file must be: another one loads nothing' },
    operator: { type: 'string', description: 'the operator’s id for the ledger', default: 'o-setup' },
    json: { type: 'boolean', description: 'print the counts as JSON', default: false },
  },
  run: async ({ args }) => {
    const refuse = (code: string, detail: string) => printFailure(args.json, { code, detail }, EXIT_UNUSABLE);
    const code = parseMunicipalityCode(args.municipality);
    if (!code.ok) return refuse(code.failure.code, code.failure.detail);
    const encoding = args.encoding === undefined ? undefined : ENCODINGS[args.encoding.toLowerCase()];
    if (args.encoding !== undefined && !encoding) return refuse('encoding-unknown', 'use utf-8 or shift-jis');
    if (!existsSync(args.file)) return refuse('file-missing', `${args.file} is not there`);
    await withInstallation(args.json, (country) =>
      load(country, { ...args, municipality: code.value.code, encoding }),
    );
  },
});

interface LoadOrder {
  readonly file: string;
  readonly municipality: string;
  readonly encoding: FileEncoding | undefined;
  readonly sha256?: string | undefined;
  readonly operator: string;
  readonly json: boolean;
}

async function load(country: Country, order: LoadOrder): Promise<void> {
  const { file, municipality, encoding, sha256, operator, json } = order;
  if (!country.municipalities.includes(municipality)) {
    const detail = 'this country has no site for the municipality';
    return printFailure(json, { code: 'municipality-not-hosted', detail }, EXIT_UNUSABLE);
  }
  const rejectFile = `${file}.rejects.csv`;
  await rm(rejectFile, { force: true });
  const line = new ProgressLine();
  const outcome = await loadEntryFile(country, {
    municipality,
    bytes: createReadStream(file),
    rejects: new RejectFile(rejectFile, ENTRY_COLUMNS),
    operator,
    correlation: randomUUID(),
    ...(encoding && { encoding }),
    ...(sha256 !== undefined && { announced: { sha256 } }),
    progress: (loaded, of) => line.show(`${loaded} of ${of} entries loaded`),
  });
  if (!outcome.ok) return printFailure(json, outcome.failure, EXIT_UNUSABLE);
  line.end('Waiting until every tier has it…');
  await country.settle(SETTLE_TIMEOUT_MS);
  const { read, loaded, unchanged, rejected, sha256: digest } = outcome.value;
  const counts = `${read} rows read: ${loaded} loaded, ${unchanged} unchanged, ${rejected} rejected; SHA-256 ${digest}`;
  const isRejected = rejected > 0;
  print(
    json,
    { ...outcome.value, ...(isRejected && { rejectFile }) },
    isRejected ? `${counts} (see ${rejectFile})` : counts,
  );
  if (isRejected) process.exitCode = EXIT_FAILED;
}

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
