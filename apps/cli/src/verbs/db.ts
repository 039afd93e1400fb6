/** `ishizue db snapshot`: writes each schema's text beside its migrations, as the tests compare it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database, describeSchema, startCluster } from '@ishizue/db';
import { houseSchemas, unlessAborted } from '@ishizue/server';
import { defineCommand } from 'citty';
import { interruption } from '../interruption.ts';

const snapshot = defineCommand({
  meta: {
    name: 'snapshot',
    description: 'Write migrations/schema.txt of every schema from a fresh database',
  },
  run: async () => {
    const signal = interruption();
    const home = mkdtempSync(path.join(tmpdir(), 'ishizue-snapshot-'));
    const cluster = await startCluster({ home, settings: { fsync: 'off' } });
    try {
      const options = {
        server: cluster.address,
        name: 'snapshot',
        owners: houseSchemas,
        roleSecret: 'snapshot',
      };
      const database = new Database(options);
      await unlessAborted(signal, database.prepare());
      const superuser = database.superuser();
      for (const owner of houseSchemas) {
        const file = path.join(fileURLToPath(owner.migrations), 'schema.txt');
        writeFileSync(file, await describeSchema(superuser, owner.schema));
        process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
      }
      await superuser.end();
      await database.close();
    } finally {
      await cluster.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
});

export const db = defineCommand({
  meta: { name: 'db', description: 'The database: snapshot' },
  subCommands: { snapshot },
});
