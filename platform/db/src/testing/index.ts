/**
 * Databases for tests: a template with all migrations is made once a run for each set of owners, and every test
 * gets its own clone of it, on a real PostgreSQL. `npm test -- PATH` starts the server and names it in the environment.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { TestContext } from 'node:test';
import { connectionOf, type ServerAddress } from '../cluster/cluster.ts';
import { Database } from '../database.ts';
import { readMigrations } from '../migrate.ts';
import type { SchemaOwner } from '../schema-owner.ts';
import { openPool } from '../sql.ts';

/** The variable in which the test command hands over the server, as JSON of `ServerAddress`. */
export const TEST_SERVER_VARIABLE = 'ISHIZUE_TEST_SERVER';
/** The variable that names a folder of the test run, for what its tests share; it goes with the run. */
export const TEST_FOLDER_VARIABLE = 'ISHIZUE_TEST_FOLDER';

const TEMPLATE_LOCK = 5_140_003;
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
  const maintenance = openPool({ ...connectionOf(server), database: 'postgres', max: 1 });
  const template = templateNameOf(owners);
  const name = `test_${randomBytes(8).toString('hex')}`;
  try {
    await maintenance`SELECT pg_advisory_lock(${TEMPLATE_LOCK})`;
    const [found] = await maintenance`SELECT 1 FROM pg_database WHERE datname = ${template}`;
    if (!found) await makeTemplate(server, template, owners);
    await maintenance.unsafe(`CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`);
    await maintenance`SELECT pg_advisory_unlock(${TEMPLATE_LOCK})`;
    // a clone has its template's content but not its database privileges
    await maintenance.unsafe(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
    for (const owner of owners)
      await maintenance.unsafe(`GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO ishizue_${owner.schema}`);
  } finally {
    await maintenance.end({ timeout: 5 });
  }
  const database = new Database({ server, name, owners, roleSecret: ROLE_SECRET });
  context.after(async () => {
    await database.close();
    await dropDatabase(server, name);
  });
  return database;
}

/** A test's database once more, for a process that the test started; that process closes it. */
export const reopenTestDatabase = (name: string, owners: readonly SchemaOwner[]): Database =>
  new Database({ server: testServer(), name, owners, roleSecret: ROLE_SECRET });

function templateNameOf(owners: readonly SchemaOwner[]): string {
  const digest = createHash('sha256');
  for (const owner of owners) {
    digest.update(`${owner.schema} ${owner.system ?? false}\n`);
    for (const migration of readMigrations(owner)) digest.update(migration.sha256);
  }
  return `template_${digest.digest('hex').slice(0, 24)}`;
}

async function makeTemplate(
  server: ServerAddress,
  template: string,
  owners: readonly SchemaOwner[],
): Promise<void> {
  const building = `${template}_new`;
  await dropDatabase(server, building);
  const database = new Database({ server, name: building, owners, roleSecret: ROLE_SECRET });
  await database.prepare();
  await database.close();
  const maintenance = openPool({ ...connectionOf(server), database: 'postgres', max: 1 });
  try {
    // renamed last: a template that is there is whole
    await maintenance.unsafe(`ALTER DATABASE ${building} RENAME TO ${template}`);
  } finally {
    await maintenance.end({ timeout: 5 });
  }
}

async function dropDatabase(server: ServerAddress, name: string): Promise<void> {
  const maintenance = openPool({ ...connectionOf(server), database: 'postgres', max: 1 });
  try {
    await maintenance.unsafe(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } finally {
    await maintenance.end({ timeout: 5 });
  }
}
