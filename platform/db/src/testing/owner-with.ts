/** A schema owner for a test, of migrations that the test writes down. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SchemaOwner } from '../schema-owner.ts';

/** @param files text by file name, `0001-well.sql` */
export function ownerWith(schema: string, files: Readonly<Record<string, string>>): SchemaOwner {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-migrations-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return { schema, migrations: pathToFileURL(`${folder}/`), system: true };
}
