/**
 * Notices: texts in both languages that a move leaves in an outbox, for the applicant or a role. They are written in the
 * transaction of the move; whoever mounts the procedure delivers them.
 */
import { inTransaction, type Sql, type Tx } from '@ishizue/db';
import type { AnyForm } from '../define/definition.ts';
import type { FieldShape, Fields } from '../define/field.ts';
import { plainText } from '../define/plain-text.ts';
import type { Moved } from './judge.ts';

export interface WaitingNotice {
  readonly id: number;
  readonly caseId: number;
  readonly sequence: number;
  /** `applicant:person:…` or `role:…` */
  readonly recipient: string;
  readonly ja: string;
  readonly en: string;
}

/** The notices of moves, as rows. */
export function noticesOf(moved: readonly Moved[]): readonly Omit<WaitingNotice, 'id'>[] {
  return moved.flatMap((one) =>
    (one.candidate.move.notices ?? []).map(({ to, text }) => ({
      caseId: one.facts.caseId,
      sequence: one.facts.sequence,
      recipient: to === 'applicant' ? `applicant:${one.facts.applicant}` : to,
      ja: fillIn(text.ja, one, 'ja'),
      en: fillIn(text.en, one, 'en'),
    })),
  );
}

function fillIn(text: string, { candidate, facts, state, running }: Moved, language: 'ja' | 'en'): string {
  if (!text.includes('{')) return text;
  const { definition, move } = candidate;
  const own = Object.entries(move.form ?? {}).map(
    ([name, { shape }]) => [name, wordsOf(facts.own[name], shape, language)] as const,
  );
  const known: Readonly<Record<string, string>> = {
    ...Object.fromEntries(own),
    case: String(facts.caseId),
    state: definition.states[state]?.title[language] ?? '',
    due: running.dueOn ?? '–',
  };
  return text.replaceAll(/\{([^}]*)\}/g, (_, name: string) => known[name] ?? '').replaceAll(/\n{2,}/g, '\n');
}

/** A value as people read it: a choice in its words, choices and lists as lines. */
function wordsOf(value: unknown, shape: FieldShape, language: 'ja' | 'en'): string {
  if (typeof value === 'number') return value.toLocaleString(language);
  if (shape.kind === 'choice') return shape.options[String(value)]?.[language] ?? '';
  if (shape.kind === 'choices' && Array.isArray(value))
    return value.map((option) => `・${shape.options[String(option)]?.[language] ?? ''}`).join('\n');
  if (shape.kind === 'list' && Array.isArray(value))
    return value.map((item: AnyForm) => `・${groupWords(item, shape.fields, language)}`).join('\n');
  if (shape.kind === 'group' && value !== undefined)
    return groupWords(value as AnyForm, shape.fields, language);
  return plainText(value);
}

const groupWords = (value: AnyForm, fields: Fields, language: 'ja' | 'en'): string =>
  Object.entries(fields)
    .map(([name, { shape }]) => wordsOf(value[name], shape, language))
    .filter((words) => words !== '')
    .join(', ');

/** Stores notices in the transaction of their moves. */
export async function storeNotices(
  tx: Tx,
  kind: number,
  notices: readonly Omit<WaitingNotice, 'id'>[],
  at: number,
): Promise<void> {
  if (notices.length === 0) return;
  await tx`
    INSERT INTO procedure.notice (kind, case_id, sequence, recipient, ja, en, at)
    SELECT ${kind}, case_id, sequence, recipient, ja, en, ${new Date(at)}
    FROM unnest(${notices.map((one) => one.caseId)}::bigint[], ${notices.map((one) => one.sequence)}::int[],
      ${notices.map((one) => one.recipient)}::text[], ${notices.map((one) => one.ja)}::text[],
      ${notices.map((one) => one.en)}::text[]) AS given(case_id, sequence, recipient, ja, en)`;
}

const AT_ONCE = 500;

/**
 * Hands waiting notices over, oldest first, some at once, and marks them in the same transaction: what `deliver` throws
 * upon stays waiting. Two who take at once take different ones.
 * @returns how many were delivered
 */
export function takeNotices(
  sql: Sql,
  { site, kind, at }: { readonly site: string; readonly kind: number; readonly at: number },
  deliver: (notices: readonly WaitingNotice[], tx: Tx) => Promise<void>,
): Promise<number> {
  return inTransaction(sql, { site }, async (tx) => {
    const waiting = await tx<WaitingNotice[]>`
      SELECT id, case_id AS "caseId", sequence, recipient, ja, en FROM procedure.notice
      WHERE kind = ${kind} AND delivered_at IS NULL ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`;
    if (waiting.length === 0) return 0;
    await deliver(waiting, tx);
    await tx`
      UPDATE procedure.notice SET delivered_at = ${new Date(at)}
      WHERE id = ANY (${waiting.map(({ id }) => id)}::bigint[])`;
    return waiting.length;
  });
}
