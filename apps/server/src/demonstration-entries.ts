/**
 * The demonstration's supplementary family registers: each municipality of the country begins with an entry for every
 * resident of the country whose domicile it is. The others' domiciles are outside: their notices go by paper. A register
 * is loaded once; a data directory from before it gets what is missing.
 */
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { inTransaction } from '@ishizue/db';
import { writeEntryCsv } from '@ishizue/demo';
import { mustSucceed } from '@ishizue/outcome';
import { ENTRY_COLUMNS } from '@ishizue/overseas';
import { type Access, listByDomicile, municipalSite, type ResidentByDomicile } from '@ishizue/registry';
import type { Country } from './country.ts';
import { loadEntryFile } from './entry-file.ts';
import { RejectFile } from './rejected-rows.ts';
import { unlessAborted } from './unless-aborted.ts';

const SETTLE_TIMEOUT_MS = 600_000;

export interface DemonstrationEntries {
  readonly loaded: number;
  readonly rejected: number;
}

/**
 * Loads the entries of those municipalities that have none yet.
 * @param progress told of the municipality, and of entries loaded there
 * @param signal ends it where it is; the next start goes on
 */
export async function loadDemonstrationEntries(
  country: Country,
  progress: (municipality: string, loaded: number) => void,
  signal?: AbortSignal,
): Promise<DemonstrationEntries> {
  let loaded = 0;
  let rejected = 0;
  for (const code of country.municipalities) {
    if (await isLoaded(country, code)) continue;
    const file = path.join(country.directory.root, `demonstration-${code}.entries.rejects.csv`);
    const outcome = await loadEntryFile(country, {
      municipality: code,
      bytes: writeEntryCsv(residentsOfDomicile(country, code)),
      encoding: 'utf-8',
      rejects: new RejectFile(file, ENTRY_COLUMNS),
      operator: 'o-setup',
      correlation: randomUUID(),
      progress: (rows) => {
        signal?.throwIfAborted();
        progress(country.places.fullName(code), rows);
      },
    });
    const counts = mustSucceed(outcome, `the entries of ${code}`);
    loaded += counts.loaded;
    rejected += counts.rejected;
  }
  if (loaded > 0) await unlessAborted(signal, country.settle(SETTLE_TIMEOUT_MS));
  return { loaded, rejected };
}

/** Those residents of all municipalities whose domicile it is. */
async function* residentsOfDomicile(
  country: Country,
  domicile: string,
): AsyncGenerator<readonly ResidentByDomicile[]> {
  const access: Access = {
    actorKind: 'operator',
    actor: 'o-setup',
    terminal: 'command-line',
    article: '住民基本台帳法 第19条',
    affair: 'domicile-list',
    correlation: randomUUID(),
  };
  const place = country.places.fullName(domicile);
  for (const residence of country.municipalities)
    yield* listByDomicile(country.systems.registry, residence, place, access);
}

async function isLoaded(country: Country, municipality: string): Promise<boolean> {
  const [load] = await inTransaction(
    country.database.pool('overseas'),
    { site: municipalSite(municipality) },
    (tx) => tx`
      SELECT 1 FROM overseas.municipal_load
      WHERE municipality_code = ${municipality} AND finished_at IS NOT NULL LIMIT 1`,
  );
  return load !== undefined;
}
