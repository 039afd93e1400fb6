/**
 * What the verbs that load a municipality's file have in common: what they ask of their arguments, the file of rejected rows, and
 * the waiting until every tier has what was loaded.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { parseMunicipalityCode } from '@ishizue/municipalities';
import type { Result } from '@ishizue/outcome';
import { type Country, RejectFile } from '@ishizue/server';
import type { FileEncoding } from '@ishizue/text';
import { withInstallation } from './open-installation.ts';
import { EXIT_FAILED, EXIT_UNUSABLE, ProgressLine, print, printFailure } from './report.ts';

const ENCODINGS: Readonly<Record<string, FileEncoding>> = {
  'utf-8': 'utf-8',
  'shift-jis': 'cp932',
};
const SETTLE_TIMEOUT_MS = 600_000;

/** The arguments of every such verb; `whose` tells which municipality is meant. */
export const fileArguments = (whose: string) =>
  ({
    file: { type: 'positional', description: 'the CSV file', required: true },
    municipality: { type: 'string', description: whose, required: true },
    encoding: { type: 'string', description: 'utf-8 or shift-jis; found out from the file by default' },
    operator: { type: 'string', description: 'the operator’s id for the ledger', default: 'o-setup' },
    json: { type: 'boolean', description: 'print the counts as JSON', default: false },
  }) as const;

interface Arguments {
  readonly file: string;
  readonly municipality: string;
  readonly encoding?: string | undefined;
  readonly operator: string;
  readonly json: boolean;
}

/** What a load is given. */
export interface FileToLoad<Column extends string> {
  readonly municipality: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly rejects: RejectFile<Column>;
  readonly operator: string;
  readonly correlation: string;
  readonly encoding?: FileEncoding;
}

interface Counts {
  readonly read: number;
  readonly loaded: number;
  readonly unchanged: number;
  readonly rejected: number;
}

export interface FileLoad<Column extends string, Loaded extends Counts> {
  /** Of the file, for the file of rejected rows. */
  readonly columns: readonly Column[];
  readonly load: (
    country: Country,
    file: FileToLoad<Column>,
    show: (text: string) => void,
  ) => Promise<Result<Loaded>>;
  /** What people are told besides the counts. */
  readonly describe?: (loaded: Loaded) => string;
}

/** Loads the file and prints what came of it. Rejected rows are an exit code of their own. */
export async function loadFile<Column extends string, Loaded extends Counts>(
  args: Arguments,
  kind: FileLoad<Column, Loaded>,
): Promise<void> {
  const refuse = (code: string, detail: string) => printFailure(args.json, { code, detail }, EXIT_UNUSABLE);
  const code = parseMunicipalityCode(args.municipality);
  if (!code.ok) return refuse(code.failure.code, code.failure.detail);
  const encoding = args.encoding === undefined ? undefined : ENCODINGS[args.encoding.toLowerCase()];
  if (args.encoding !== undefined && !encoding) return refuse('encoding-unknown', 'use utf-8 or shift-jis');
  if (!existsSync(args.file)) return refuse('file-missing', `${args.file} is not there`);
  const municipality = code.value.code;
  await withInstallation(args.json, async (country) => {
    if (!country.municipalities.includes(municipality))
      return refuse('municipality-not-hosted', 'this country has no site for the municipality');
    await loadInto(country, { ...args, municipality }, encoding, kind);
  });
}

async function loadInto<Column extends string, Loaded extends Counts>(
  country: Country,
  { file, municipality, operator, json }: Arguments,
  encoding: FileEncoding | undefined,
  { columns, load, describe }: FileLoad<Column, Loaded>,
): Promise<void> {
  const rejectFile = `${file}.rejects.csv`;
  await rm(rejectFile, { force: true });
  const line = new ProgressLine();
  const given: FileToLoad<Column> = {
    municipality,
    bytes: createReadStream(file),
    rejects: new RejectFile(rejectFile, columns),
    operator,
    correlation: randomUUID(),
    ...(encoding && { encoding }),
  };
  const outcome = await load(country, given, (text) => line.show(text));
  if (!outcome.ok) return printFailure(json, outcome.failure, EXIT_UNUSABLE);
  line.end('Waiting until every tier has it…');
  await country.settle(SETTLE_TIMEOUT_MS);
  const { read, loaded, unchanged, rejected } = outcome.value;
  const counts = `${read} rows read: ${loaded} loaded, ${unchanged} unchanged, ${rejected} rejected`;
  const told = `${counts}${describe?.(outcome.value) ?? ''}`;
  const isRejected = rejected > 0;
  print(
    json,
    { ...outcome.value, ...(isRejected && { rejectFile }) },
    isRejected ? `${told} (see ${rejectFile})` : told,
  );
  if (isRejected) process.exitCode = EXIT_FAILED;
}
