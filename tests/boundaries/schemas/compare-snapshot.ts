/**
 * The kept text of a schema against the text of a freshly migrated one, so that a review sees what a migration did.
 * Pure: the texts come from `describeSchema` of @ishizue/db and from `migrations/schema.txt`.
 */

/** Rewrites every kept text. */
export const SNAPSHOT_COMMAND = 'npx ishizue db snapshot';

const LINES_MAX = 20;

/** What differs, for people, with the command that mends it; undefined where nothing does. */
export function compareSnapshot(file: string, kept: string | undefined, found: string): string | undefined {
  if (kept === found) return undefined;
  const mend = `run: ${SNAPSHOT_COMMAND}`;
  if (kept === undefined) return `${file} is missing; ${mend}`;
  const lines = [...onlyIn(kept, found, '-'), ...onlyIn(found, kept, '+')];
  const shown = lines.length > 0 ? lines.slice(0, LINES_MAX) : ['(only the order of lines or their number)'];
  const rest = lines.length > LINES_MAX ? [`… and ${lines.length - LINES_MAX} more lines`] : [];
  return [`${file} is not what the migrations make; ${mend}`, ...shown, ...rest].join('\n');
}

function onlyIn(text: string, other: string, sign: '-' | '+'): readonly string[] {
  const others = new Set(other.split('\n'));
  return text
    .split('\n')
    .filter((line) => !others.has(line))
    .map((line) => `${sign} ${line}`);
}
