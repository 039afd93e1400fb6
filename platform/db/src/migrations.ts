/** The migration files of a schema's owner, in their order and with their digests. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SchemaOwner } from './schema-owner.ts';

/** One migration file. */
export interface Migration {
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

const FILE_NAME = /^\d{4}-[a-z0-9-]+\.sql$/;

/** The migrations of one owner in order. */
export function readMigrations(owner: SchemaOwner): readonly Migration[] {
  const folder = fileURLToPath(owner.migrations);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      if (!FILE_NAME.test(name)) throw new Error(`${folder}: ${name} is not named NNNN-name.sql`);
      const text = readFileSync(path.join(folder, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}
