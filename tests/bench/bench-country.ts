/** A country for a benchmark: the product's own wiring and settings, on a folder of the benchmark's. */
import path from 'node:path';
import type { Sql } from '@ishizue/db';
import { type Country, openCountry, readConfiguration } from '@ishizue/server';
import type { Workplace } from './benchmark.ts';
import { countCpuTime, type UsedCpuTime } from './cpu-time.ts';

/** Where the supervisor of a benchmark finds the postmaster of a benchmark that was killed. */
export const postmasterFile = (folder: string): string =>
  path.join(folder, 'country', 'postgres', 'data', 'postmaster.pid');

export interface BenchCountry {
  readonly country: Country;
  readonly postgresql: string;
  readonly postmaster: number;
  /** Starts counting CPU seconds; the answer tells what was used since then. */
  countCpuTime(): () => UsedCpuTime;
  /** A pool of the superuser, for plain tables and for checking results. */
  readonly superuser: Sql;
  /** Single connections of the registry's role, opened. */
  connections(count: number): Promise<readonly Sql[]>;
}

/** Opens a country, lets `work` measure in it, and ends everything. What goes wrong on the links fails the benchmark. */
export async function withCountry<T>(
  place: Workplace,
  municipalities: readonly string[],
  work: (bench: BenchCountry) => Promise<T>,
  settings: Readonly<Record<string, string>> = {},
): Promise<T> {
  const troubles: string[] = [];
  place.say('opening a country');
  const country = await openCountry({
    configuration: readConfiguration({
      ...settings,
      ISHIZUE_DATA: path.join(place.folder, 'country'),
      ISHIZUE_PORT: '0',
    }),
    municipalities,
    onTrouble: ({ code, detail }) => troubles.push(`${code}: ${detail}`),
  });
  const superuser = country.database.superuser();
  const opened: Sql[] = [superuser];
  try {
    const [facts] = await superuser<{ version: string; pid: string }[]>`
      SELECT current_setting('server_version') AS version,
        split_part(pg_read_file('postmaster.pid'), E'\n', 1) AS pid`;
    if (!facts) throw new Error('PostgreSQL does not say its version');
    await superuser.unsafe('CREATE SCHEMA bench; GRANT USAGE ON SCHEMA bench TO ishizue_registry');
    const result = await work({
      country,
      superuser,
      postgresql: facts.version,
      postmaster: Number(facts.pid),
      countCpuTime: () => countCpuTime({ signer: country.signerPid(), PostgreSQL: Number(facts.pid) }),
      connections: async (count) => {
        const sessions = Array.from({ length: count }, () => country.database.session('registry'));
        opened.push(...sessions);
        await Promise.all(sessions.map((session) => session`SELECT 1`));
        return sessions;
      },
    });
    if (troubles.length > 0) throw new Error(`${troubles.length} troubles on the links: ${troubles[0]}`);
    return result;
  } finally {
    await Promise.all(opened.map((sql) => sql.end({ timeout: 5 })));
    await country.close();
  }
}
