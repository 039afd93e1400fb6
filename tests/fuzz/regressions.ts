/**
 * The regression corpus: inputs that once broke something, one file each, `<target>/<what-was-wrong>.bin`. They are fed at
 * every `npm test`, and fuzzing starts from them too.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(import.meta.dirname, 'regressions');
const SUFFIX = '.bin';

/** The names of the targets that have any. */
export const regressedTargets = (): readonly string[] =>
  existsSync(FOLDER) ? readdirSync(FOLDER).toSorted() : [];

/** The inputs of a target, by file. */
export function regressionsOf(target: string): readonly { readonly file: string; readonly input: Buffer }[] {
  const folder = path.join(FOLDER, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .toSorted()
    .map((file) => ({ file: `${target}/${file}`, input: readFileSync(path.join(folder, file)) }));
}

export const readCorpus = (target: string): readonly Uint8Array[] =>
  regressionsOf(target).map(({ input }) => input);

/** Keeps an input that broke something; answers its path. Rename the file after what was wrong. */
export function keepFinding(target: string, kind: string, input: Uint8Array, folder = FOLDER): string {
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const file = path.join(folder, target, `${kind}-${hash}${SUFFIX}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, input);
  return file;
}
