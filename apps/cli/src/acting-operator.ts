/**
 * What verbs have in common that are an operator's act: the operator signs in with a secret from a file and says why, and
 * what came of it is printed.
 */
import { readFileSync } from 'node:fs';
import type { Result } from '@ishizue/outcome';
import { type ActingOperator, actingOperator, type Country } from '@ishizue/server';
import type { ArgsDef } from 'citty';
import { withInstallation } from './open-installation.ts';
import { EXIT_UNUSABLE, print, printFailure } from './report.ts';

export const ACTING = {
  operator: { type: 'string', description: 'the operator who acts, e.g. o-1a2b3c', required: true },
  'secret-file': { type: 'string', description: 'a file with their secret', required: true },
  purpose: { type: 'string', description: 'why, for the record; no personal data', required: true },
  json: { type: 'boolean', description: 'print as JSON', default: false },
} as const satisfies ArgsDef;

export interface OperatorArgs {
  readonly operator: string;
  readonly 'secret-file': string;
  readonly purpose: string;
  readonly json: boolean;
}

/** As what the operator acts. */
interface Office {
  readonly role: string;
  /** The operator's; the national one where absent. */
  readonly site?: string;
}

/** What is printed of a result: for programs, and for people. */
export interface Told {
  readonly value: unknown;
  readonly text: string;
}

/** Signs the operator in, lets the act be done, and prints what came of it. */
export async function actAs<T>(
  { operator, 'secret-file': file, purpose, json }: OperatorArgs,
  office: Office,
  work: (country: Country, by: ActingOperator) => Promise<Result<T>>,
  told: (value: T) => Told,
): Promise<void> {
  const secret = readTextFile(file)?.replace(/\r?\n$/, '');
  if (secret === undefined) return printUnreadable(json, file);
  await withInstallation(json, async (country) => {
    const by = await actingOperator(country, { ...office, operator, secret, purpose });
    if (!by.ok) return printFailure(json, by.failure);
    const done = await work(country, by.value);
    if (!done.ok) return printFailure(json, done.failure);
    const { value, text } = told(done.value);
    print(json, value, text);
  });
}

/** A file that the caller named; undefined where it cannot be read. */
export function readTextFile(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

export const printUnreadable = (json: boolean, file: string): void =>
  printUnusable(json, 'file-unreadable', `${file} cannot be read`);

export const printUnusable = (json: boolean, code: string, detail: string): void =>
  printFailure(json, { code, detail }, EXIT_UNUSABLE);
