/** Which municipalities a data directory's country has: chosen at its first start and kept in `country.json`. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { writeDurably } from './data-directory.ts';

const countryFile = z.strictObject({
  municipalities: z
    .array(z.string().regex(/^\d{6}$/))
    .min(1)
    .max(2_000),
});

/** The municipalities on file, or the given ones, which are then on file. */
export function chooseMunicipalities(dataDirectory: string, wanted: readonly string[]): readonly string[] {
  mkdirSync(dataDirectory, { recursive: true });
  const file = path.join(dataDirectory, 'country.json');
  if (!existsSync(file))
    writeDurably(file, `${JSON.stringify({ municipalities: wanted }, null, 2)}\n`, 0o644);
  return countryFile.parse(JSON.parse(readFileSync(file, 'utf8'))).municipalities;
}
