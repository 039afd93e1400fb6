/** The five databases of a simulated country: clones of the test template, each opened anew by each process. */
import { testDatabase, testServer } from '@ishizue/db/testing';
import { ledgerSchema } from '@ishizue/ledger';
import { linkSchema } from '@ishizue/link';
import { numberingSchema } from '@ishizue/numbering';
import { registrySchema } from '@ishizue/registry';
import { ReopenedDatabase } from '../side.ts';
import { planCountry } from './country.ts';
import type { InstallationDatabase } from './installation.ts';

const OWNERS = [linkSchema, ledgerSchema, registrySchema, numberingSchema];
const CONNECTIONS_MAX = 4;

type CleanUp = () => Promise<void>;

/** Databases for one simulation; `close` ends their pools and drops them. */
export async function openYearDatabases(): Promise<{
  readonly databaseOf: (installation: string) => InstallationDatabase;
  readonly close: CleanUp;
}> {
  const cleanUps: CleanUp[] = [];
  const databases = new Map<string, InstallationDatabase>();
  for (const { name } of planCountry(3).installations) databases.set(name, await openOne(cleanUps));
  return {
    databaseOf: (name) => {
      const database = databases.get(name);
      if (!database) throw new Error(`no database of ${name}`);
      return database;
    },
    close: async () => {
      for (const cleanUp of cleanUps.toReversed()) await cleanUp();
    },
  };
}

async function openOne(cleanUps: CleanUp[]): Promise<InstallationDatabase> {
  const after = (cleanUp: unknown): void => void cleanUps.push(() => (cleanUp as CleanUp)());
  const original = await testDatabase({ after }, OWNERS);
  const superuser = original.superuser();
  cleanUps.push(() => superuser.end({ timeout: 5 }));
  const [row] = await superuser<{ name: string }[]>`SELECT current_database() AS name`;
  const owners = OWNERS.map((owner) => ({ ...owner, connections_max: CONNECTIONS_MAX }));
  const options = { server: testServer(), name: row?.name ?? '', owners };
  const closing: Promise<void>[] = [];
  cleanUps.push(async () => void (await Promise.all(closing)));
  return {
    superuser,
    open: () => new ReopenedDatabase(original, options),
    discard: (database) => void closing.push(database.close()),
  };
}
