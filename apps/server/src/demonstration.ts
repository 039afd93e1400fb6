/**
 * The demonstration: a first start loads eight municipalities' registers of invented people and makes operators whose
 * secrets stand in a file. Each register is loaded once; a kill in between goes on where it was. Where the demonstration
 * is off, operators that an earlier start made are closed: nobody signs in with what stands in a file.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { randomSecret } from '@ishizue/access';
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction } from '@ishizue/db';
import { demonstrationCountry, generateRegister, writeRegisterCsv } from '@ishizue/demo';
import { mustSucceed } from '@ishizue/outcome';
import { municipalSite, REGISTER_COLUMNS } from '@ishizue/registry';
import { z } from 'zod';
import type { Country } from './country.ts';
import { writeDurably } from './data-directory.ts';
import { loadRegister } from './municipal-register.ts';
import { RejectFile } from './rejected-rows.ts';
import { rolesAt } from './site-roles.ts';
import { unlessAborted } from './unless-aborted.ts';

const SEED = 'demonstration';
const SETTLE_TIMEOUT_MS = 600_000;

export interface DemonstrationProgress {
  /** What is loaded now, and how far. */
  readonly municipality: string;
  readonly rows: number;
  readonly of: number;
}

/**
 * Loads the registers that are not loaded yet; answers how many people were loaded now.
 * @param signal ends it where it is; what is half loaded is taken back
 */
export async function loadDemonstration(
  country: Country,
  progress: (step: DemonstrationProgress) => void,
  signal?: AbortSignal,
): Promise<number> {
  let loaded = 0;
  for (const { code, name, people, fixed } of demonstrationCountry) {
    if (!country.municipalities.includes(code) || (await isLoaded(country, code))) continue;
    const asOf = dateInTokyo(country.clock.now());
    const rows = generateRegister({ municipality: code, people, seed: SEED, asOf, fixed });
    const counts = await loadRegister(country, {
      municipality: code,
      bytes: writeRegisterCsv(rows),
      rejects: new RejectFile(
        path.join(country.directory.root, `demonstration-${code}.rejects.csv`),
        REGISTER_COLUMNS,
      ),
      operator: 'o-setup',
      correlation: randomUUID(),
      progress: (step) => {
        signal?.throwIfAborted();
        if (step.step === 'loaded') progress({ municipality: name, rows: step.rows, of: people });
      },
    });
    loaded += mustSucceed(counts, `the register of ${name}`).loaded;
  }
  if (loaded > 0) await unlessAborted(signal, country.settle(SETTLE_TIMEOUT_MS));
  return loaded;
}

async function isLoaded(country: Country, municipality: string): Promise<boolean> {
  const sql = country.database.pool('registry');
  const [load] = await inTransaction(
    sql,
    { site: municipalSite(municipality) },
    (tx) => tx`SELECT 1 FROM registry.municipal_load WHERE municipality_code = ${municipality} LIMIT 1`,
  );
  return load !== undefined;
}

const credentials = z.record(z.string(), z.object({ operator: z.string(), secret: z.string() }));

/** Sign-in of the demonstration's operators, by site. */
export type DemonstrationOperators = Readonly<z.infer<typeof credentials>>;

const fileOf = (country: Country): string => path.join(country.directory.root, 'operators.json');

const readOperators = (file: string): z.infer<typeof credentials> =>
  existsSync(file) ? credentials.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};

/** Makes an operator with all roles at each site that has none yet; their secrets are in `operators.json`. */
export async function openDemonstrationOperators(country: Country): Promise<DemonstrationOperators> {
  const file = fileOf(country);
  const known = readOperators(file);
  const places = country.sites.map(({ site }) => site);
  for (const site of places.filter((place) => known[place] === undefined)) {
    const secret = randomSecret();
    const roles = rolesAt(site);
    const added = mustSucceed(
      await country.operators.add({ site, displayName: '実演担当', roles, secret }),
      site,
    );
    known[site] = { operator: added.id, secret };
    writeDurably(file, `${JSON.stringify(known, null, 2)}\n`, 0o600);
  }
  return known;
}

/** Closes the operators that an earlier demonstration made, then takes the file away; answers how many there were. */
export async function closeDemonstrationOperators(country: Country): Promise<number> {
  const file = fileOf(country);
  const known = Object.entries(readOperators(file));
  // one that is closed already is none to worry about: a kill came between
  for (const [site, { operator }] of known) await country.operators.disable(site, operator);
  rmSync(file, { force: true });
  return known.length;
}
