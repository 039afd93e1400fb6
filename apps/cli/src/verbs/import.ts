/** `ishizue import FILE --municipality CODE`: loads a register file; bad rows go to FILE.rejects.csv. */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseMunicipalityCode } from '@ishizue/municipalities';
import { type ImportProgress, REGISTER_COLUMNS } from '@ishizue/registry';
import { type Country, loadRegister, RejectFile } from '@ishizue/server';
import type { FileEncoding } from '@ishizue/text';
import { defineCommand } from 'citty';
import { withInstallation } from '../open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, ProgressLine, print, printFailure } from '../report.ts';

const ENCODINGS: Readonly<Record<string, FileEncoding>> = {
  'utf-8': 'utf-8',
  'shift-jis': 'cp932',
};
const SETTLE_TIMEOUT_MS = 600_000;

export const importVerb = defineCommand({
  meta: {
    name: 'import',
    description:
      'Load a municipality’s register from a CSV file (columns: docs/register-file.md). Good rows load, bad rows go to FILE.rejects.csv; the same file again changes nothing. Exits 1 where rows were rejected.',
  },
  args: {
    file: { type: 'positional', description: 'the CSV file', required: true },
    municipality: { type: 'string', description: 'six-digit municipality code', required: true },
    encoding: { type: 'string', description: 'utf-8 or shift-jis; found out from the file by default' },
    operator: { type: 'string', description: 'the operator’s id for the ledger', default: 'o-setup' },
    json: { type: 'boolean', description: 'print the counts as JSON', default: false },
  },
  run: async ({ args }) => {
    const code = parseMunicipalityCode(args.municipality);
    if (!code.ok) return printFailure(args.json, code.failure, EXIT_UNUSABLE);
    const encoding = args.encoding === undefined ? undefined : ENCODINGS[args.encoding.toLowerCase()];
    if (args.encoding !== undefined && !encoding)
      return printFailure(
        args.json,
        { code: 'encoding-unknown', detail: 'use utf-8 or shift-jis' },
        EXIT_UNUSABLE,
      );
    if (!existsSync(args.file))
      return printFailure(
        args.json,
        { code: 'file-missing', detail: `${args.file} is not there` },
        EXIT_UNUSABLE,
      );
    await withInstallation(args.json, (country) =>
      load(country, { ...args, municipality: code.value.code, encoding }),
    );
  },
});

interface Order {
  readonly file: string;
  readonly municipality: string;
  readonly encoding: FileEncoding | undefined;
  readonly operator: string;
  readonly json: boolean;
}

async function load(country: Country, order: Order): Promise<void> {
  const { file, municipality, encoding, operator, json } = order;
  if (!country.municipalities.includes(municipality)) {
    const detail = 'this country has no site for the municipality';
    return printFailure(json, { code: 'municipality-not-hosted', detail }, EXIT_UNUSABLE);
  }
  const rejectFile = `${file}.rejects.csv`;
  await rm(rejectFile, { force: true });
  const line = new ProgressLine();
  const loaded = await loadRegister(country, {
    municipality,
    rejects: new RejectFile(rejectFile, REGISTER_COLUMNS),
    operator,
    bytes: createReadStream(file),
    correlation: randomUUID(),
    ...(encoding && { encoding }),
    progress: (step) => line.show(describe(step)),
  });
  if (!loaded.ok) return printFailure(json, loaded.failure, EXIT_UNUSABLE);
  line.end('Waiting until every tier has it…');
  await country.settle(SETTLE_TIMEOUT_MS);
  const { read, loaded: rows, unchanged, rejected } = loaded.value;
  const counts = `${read} rows read: ${rows} loaded, ${unchanged} unchanged, ${rejected} rejected`;
  print(
    json,
    { ...loaded.value, ...(rejected > 0 && { rejectFile }) },
    rejected > 0 ? `${counts} (see ${rejectFile})` : counts,
  );
  if (rejected > 0) process.exitCode = EXIT_FAILED;
}

const STEPS: Readonly<Record<ImportProgress['step'], string>> = {
  read: 'rows read',
  checked: 'rows checked',
  codes: 'resident codes received',
  loaded: 'rows loaded',
};

const describe = ({ step, rows, of }: ImportProgress): string =>
  `${rows}${of === undefined ? '' : ` of ${of}`} ${STEPS[step]}`;
