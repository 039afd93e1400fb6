/**
 * Forms follow the register, as cards do: what a notice of the registry does to the open form of a person, and who is to be sent one.
 * Whoever was born, moved in, was entered, or got another number or code is: whether they need one is seen when letters are
 * entered. Flow: docs/flows/application-forms.md step 1.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { IdentityChanged } from '@ishizue/registry';
import { type WithdrawnReason, withdrawForms } from './form-store.ts';

export interface HeardForForms {
  readonly residentCode: string;
  /** What ends the form that they have. */
  readonly ends: WithdrawnReason | undefined;
  /** Where a new one is to be sent. */
  readonly dueAt: string | undefined;
}

const MOVES: ReadonlySet<string> = new Set(['move-in', 'move-within', 'move-out']);
const ENTRIES: ReadonlySet<string> = new Set([
  'birth',
  'move-in',
  'ex-officio-entry',
  'number-assigned',
  'number-changed',
]);

/** Pure: what a notice means for forms; undefined where nothing. */
export function meaningForForms({
  residentCode,
  status,
  reason,
  municipality,
}: IdentityChanged): HeardForForms | undefined {
  const dueAt = status === 'resident' && ENTRIES.has(reason) ? municipality : undefined;
  const ends = endOf(status, reason);
  return ends === undefined && dueAt === undefined ? undefined : { residentCode, ends, dueAt };
}

function endOf(
  status: IdentityChanged['status'],
  reason: IdentityChanged['reason'],
): WithdrawnReason | undefined {
  if (status === 'deceased') return 'death';
  if (status === 'removed') return 'removed';
  if (reason === 'number-changed') return 'number-changed';
  return MOVES.has(reason) || status === 'moved-out' ? 'moved' : undefined;
}

/** Does it, in the order in which it was heard. Answers whose forms ended. */
export async function hearForForms(
  tx: Tx,
  heard: readonly HeardForForms[],
  now: number,
): Promise<readonly string[]> {
  const ends = new Map<string, WithdrawnReason>();
  const due = new Map<string, string>();
  for (const { residentCode, ends: reason, dueAt } of heard) {
    if (reason !== undefined) ends.set(residentCode, reason);
    if (dueAt === undefined) due.delete(residentCode);
    else due.set(residentCode, dueAt);
  }
  const gone = heard.flatMap(({ residentCode }) => (due.has(residentCode) ? [] : [residentCode]));
  if (gone.length > 0) await tx`DELETE FROM cards.form_due WHERE resident_code = ANY(${gone})`;
  if (due.size > 0)
    await tx`
      INSERT INTO cards.form_due (resident_code, municipality, since)
      SELECT code, municipality, ${new Date(now)}
      FROM unnest(${[...due.keys()]}::text[], ${[...due.values()]}::text[]) AS given(code, municipality)
      ON CONFLICT (resident_code) DO UPDATE SET municipality = excluded.municipality`;
  return withdrawForms(tx, ends, dateInTokyo(now));
}
