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

/** By which way a notice reached whom it is for. */
export type NoticeChannel = 'page' | 'post' | 'office';

/** A notice with what its case says, for whoever posts it. */
export interface NoticeToPost extends WaitingNotice {
  readonly subject: string;
  readonly form: AnyForm;
  readonly record: AnyForm;
}

/**
 * A system's post: takes over, in the transaction that marks them, notices to applicants who have no account, and may tell others by the way.
 * Answers the ids of those that it takes over.
 */
export type NoticePost = (notices: readonly NoticeToPost[], tx: Tx) => Promise<ReadonlySet<number>>;

/** Whoever signs in finds the notice on the page of the case. */
const SIGNS_IN = /^(?:applicant:(?:person|site):|role:)/;
const AT_ONCE = 500;

/**
 * Delivers waiting notices, oldest first, some at once, and marks them with their way in the same transaction: what the post throws
 * upon stays waiting. Two who deliver at once take different ones.
 * @returns how many were delivered
 */
export function deliverNotices(
  sql: Sql,
  { site, kind, at }: { readonly site: string; readonly kind: number; readonly at: number },
  post: NoticePost | undefined,
): Promise<number> {
  return inTransaction(sql, { site }, async (tx) => {
    const waiting = await tx<NoticeToPost[]>`
      SELECT n.id, n.case_id AS "caseId", n.sequence, n.recipient, n.ja, n.en, f.subject, f.form,
        coalesce(f.record, '{}') AS record
      FROM procedure.notice n JOIN procedure.case_file f ON f.id = n.case_id
      WHERE n.kind = ${kind} AND n.delivered_at IS NULL ORDER BY n.id LIMIT ${AT_ONCE} FOR UPDATE OF n SKIP LOCKED`;
    if (waiting.length === 0) return 0;
    const posted = (await post?.(waiting, tx)) ?? new Set<number>();
    const channelOf = ({ id, recipient }: NoticeToPost): NoticeChannel => {
      if (SIGNS_IN.test(recipient)) return 'page';
      return posted.has(id) ? 'post' : 'office';
    };
    await tx`
      UPDATE procedure.notice n SET delivered_at = ${new Date(at)}, channel = given.channel
      FROM unnest(${waiting.map(({ id }) => id)}::bigint[], ${waiting.map(channelOf)}::text[]) AS given(id, channel)
      WHERE n.id = given.id`;
    return waiting.length;
  });
}
