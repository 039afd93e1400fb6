/** The texts of the repository from the disk: what is written here by people, not what is installed or made. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildHouse, type House } from './house.ts';

const LEFT_OUT = new Set(['node_modules', '.git', 'out', '.ishizue', '.ishizue-test']);
const TEXT = /(?:\.(?:ts|tsx|mts|mjs|js|json|md|sql|txt|sh|css|html|ya?ml)|\.npmrc|\.ci\/[a-z-]+)$/;
const TEXT_BYTES_MAX = 4_000_000;

/** The house below a root folder. */
export function readHouse(root: string): House {
  const texts = new Map<string, string>();
  for (const file of filesBelow(root, '')) texts.set(file, readFileSync(path.join(root, file), 'utf8'));
  return buildHouse(texts);
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const place = path.posix.join(folder, entry.name);
      if (entry.isDirectory()) return LEFT_OUT.has(entry.name) ? [] : filesBelow(root, place);
      return entry.isFile() && TEXT.test(place) && isSmall(path.join(root, place)) ? [place] : [];
    });
}

const isSmall = (file: string): boolean => statSync(file).size <= TEXT_BYTES_MAX;
