/**
 * Databases for tests: a template with all migrations is made once a run for each set of owners, and every test
 * gets its own clone of it, on a real PostgreSQL. `npm test -- PATH` starts the server and names it in the environment.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { connectionOf, type ServerAddress } from '../cluster/cluster.ts';
import { Database } from '../database.ts';
import { readMigrations } from '../migrations.ts';
import type { SchemaOwner } from '../schema-owner.ts';
import { openPool, type Sql } from '../sql.ts';

/** The variable in which the test command hands over the server, as JSON of `ServerAddress`. */
export const TEST_SERVER_VARIABLE = 'ISHIZUE_TEST_SERVER';
/** The variable that names a folder of the test run, for what its tests share; it goes with the run. */
export const TEST_FOLDER_VARIABLE = 'ISHIZUE_TEST_FOLDER';

const TEMPLATE_LOCK = 5_140_003;
const LINGER_MS = 50;
const ROLE_SECRET = 'the roles of test databases hold nothing';

/** The server of this test run. */
export function testServer(): ServerAddress {
  const text = process.env[TEST_SERVER_VARIABLE];
  if (!text) throw new Error('this test needs PostgreSQL: run it by `npm test -- PATH`');
  return JSON.parse(text) as ServerAddress;
}

/** The folder of this test run. */
export function testFolder(): string {
  const folder = process.env[TEST_FOLDER_VARIABLE];
  if (!folder) throw new Error('this test needs a test run: run it by `npm test -- PATH`');
  return folder;
}

/** A database of its own for a test (or a test file), cloned from a template and dropped afterwards. */
export async function testDatabase(
  context: Pick<TestContext, 'after'>,
  owners: readonly SchemaOwner[],
): Promise<Database> {
  const server = testServer();
  const template = templateNameOf(owners);
  const name = `test_${randomBytes(8).toString('hex')}`;
  const { sql, release } = holdMaintenance(server);
  try {
    await templateMade(server, template, owners);
    await sql.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    // a clone has its template's content but not its database privileges
    const grants = owners.map(
      ({ schema }) => `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ishizue_${schema}`,
    );
    await sql.unsafe([`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`, ...grants].join(';'));
  } catch (error) {
    release();
    throw error;
  }
  const database = new Database({ server, name, owners, roleSecret: ROLE_SECRET });
  context.after(async () => {
    try {
      await database.close();
      await sql.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    } finally {
      release();
    }
  });
  return database;
}

interface Maintenance {
  readonly sql: Sql;
  holders: number;
  ending?: NodeJS.Timeout;
}

let maintenance: Maintenance | undefined;

/** The one connection of this process that makes and drops; it ends soon after the last database. */
function holdMaintenance(server: ServerAddress): { readonly sql: Sql; readonly release: () => void } {
  maintenance ??= {
    sql: openPool({ ...connectionOf(server), database: 'postgres', max: 1 }),
    holders: 0,
  };
  const held = maintenance;
  held.holders += 1;
  clearTimeout(held.ending);
  const release = (): void => {
    held.holders -= 1;
    if (held.holders > 0) return;
    // the next test may want one at once
    held.ending = setTimeout(() => {
      maintenance = undefined;
      void held.sql.end({ timeout: 5 });
    }, LINGER_MS);
  };
  return { sql: held.sql, release };
}

/** A test's database once more, for a process that the test started; that process closes it. */
export const reopenTestDatabase = (name: string, owners: readonly SchemaOwner[]): Database =>
  new Database({ server: testServer(), name, owners, roleSecret: ROLE_SECRET });

const digests = new WeakMap<SchemaOwner, string>();

function templateNameOf(owners: readonly SchemaOwner[]): string {
  const digest = createHash('sha256');
  for (const owner of owners) digest.update(digestOf(owner));
  return `template_${digest.digest('hex').slice(0, 24)}`;
}

function digestOf(owner: SchemaOwner): string {
  const known = digests.get(owner);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(`${owner.schema} ${owner.system ?? false}\n`);
  for (const migration of readMigrations(owner)) digest.update(migration.sha256);
  const made = digest.digest('hex');
  digests.set(owner, made);
  return made;
}

const templates = new Map<string, Promise<void>>();

/** Once a run: whoever comes first makes it, and others wait. */
function templateMade(
  server: ServerAddress,
  template: string,
  owners: readonly SchemaOwner[],
): Promise<void> {
  const made = templates.get(template) ?? ensureTemplate(server, template, owners);
  templates.set(template, made);
  return made;
}

async function ensureTemplate(
  server: ServerAddress,
  template: string,
  owners: readonly SchemaOwner[],
): Promise<void> {
  const sql = openPool({ ...connectionOf(server), database: 'postgres', max: 1 });
  try {
    // let go of with the connection
    await sql`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`;
    const [found] = await sql`SELECT 1 FROM pg_database WHERE datname = ${template}`;
    if (found) return;
    const building = `${template}_new`;
    await sql.unsafe(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`);
    const database = new Database({ server, name: building, owners, roleSecret: ROLE_SECRET });
    await database.prepare();
    await database.close();
    // renamed last: a template that is there is whole
    await sql.unsafe(`ALTER DATABASE ${building} RENAME TO ${template}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
