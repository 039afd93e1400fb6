/**
 * Writes moves: act, states, history, files, notices. A handful of statements for one case or for thousands, begun together,
 * because none needs another's answer.
 */
import { inOneTrip, type Tx } from '@ishizue/db';
import { nameFiles } from '../attachments/uploads.ts';
import type { AnyForm } from '../define/definition.ts';
import { keptUntil } from '../keeping/kept-until.ts';
import { type ActingBy, keyOf } from './acting.ts';
import type { Moved } from './judge.ts';
import { noticesOf, storeNotices } from './notices.ts';

export interface ActToStore {
  readonly kind: number;
  readonly request: string;
  readonly digest: Buffer;
  readonly move: string;
  readonly by: ActingBy;
  readonly at: number;
  /** The move's own fields, where they are the same for all cases. */
  readonly sharedOwn: AnyForm | undefined;
  readonly answer: unknown;
}

/** Stores what moved, and the answer under its request id, also where nothing moved. */
export async function storeMoves(tx: Tx, act: ActToStore, moved: readonly Moved[]): Promise<void> {
  const isOpening = moved[0]?.candidate.before.sequence === 0;
  await inOneTrip([
    storeActWithHistory(tx, act, moved),
    ...(moved.length > 0 ? [isOpening ? insertCases(tx, act.kind, moved) : updateStates(tx, moved)] : []),
    ...(isOpening ? [] : [updateFiles(tx, moved)]),
    storeNotices(tx, act.kind, noticesOf(moved), act.at),
    nameFiles(tx, act.kind, moved),
  ]);
}

async function storeActWithHistory(tx: Tx, act: ActToStore, moved: readonly Moved[]): Promise<void> {
  const { kind, request, digest, move, by, at, sharedOwn, answer } = act;
  const ownOf = ({ facts }: Moved): string | null =>
    sharedOwn === undefined && Object.keys(facts.own).length > 0 ? JSON.stringify(facts.own) : null;
  await tx`
    WITH stored AS (
      INSERT INTO procedure.act (kind, request, digest, move, actor, terminal, correlation, at, own, answer)
      VALUES (${kind}, ${request}, ${digest}, ${move}, ${keyOf(by.actor)}, ${by.terminal}, ${by.correlation},
        ${new Date(at)}, ${sharedOwn === undefined ? null : JSON.stringify(sharedOwn)}::text::jsonb,
        ${JSON.stringify(answer)}::text::jsonb)
      RETURNING id
    )
    INSERT INTO procedure.history (case_id, act, kind, sequence, state, own, replaced, on_behalf)
    SELECT case_id, stored.id, ${kind}, sequence, state, own::jsonb, replaced::jsonb, on_behalf
    FROM stored, unnest(${moved.map(({ facts }) => facts.caseId)}::bigint[],
      ${moved.map(({ facts }) => facts.sequence)}::int[], ${moved.map(({ state }) => state)}::text[],
      ${moved.map(ownOf)}::text[], ${moved.map(replacedBy)}::text[],
      ${moved.map(({ candidate }) => candidate.authority.onBehalf)}::text[]
    ) AS given(case_id, sequence, state, own, replaced, on_behalf)`;
}

/** What a move replaces in form and record, so that what was there before can be told. */
function replacedBy({ candidate: { before, move, moveName: _ }, facts, record }: Moved): string | null {
  if (before.sequence === 0) return null;
  const form = move.amends === undefined ? {} : changed(before.form, facts.form);
  const fixed = record === undefined ? {} : changed(before.record, record);
  const replaced = {
    ...(Object.keys(form).length > 0 && { form }),
    ...(Object.keys(fixed).length > 0 && { record: fixed }),
  };
  return Object.keys(replaced).length > 0 ? JSON.stringify(replaced) : null;
}

/** The former values of fields that differ; null where there was none. */
function changed(before: AnyForm, after: AnyForm): AnyForm {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, before[name] ?? null]),
  );
}

async function insertCases(tx: Tx, kind: number, moved: readonly Moved[]): Promise<void> {
  const [first] = moved;
  if (!first) return;
  const { version, openedOn } = first.candidate.before;
  await inOneTrip([
    tx`
      INSERT INTO procedure.case_file (id, kind, version, opened_on, subject, applicant, form, record)
      SELECT id, ${kind}, ${version}::date, ${openedOn}::date, subject, applicant, form::jsonb, record::jsonb
      FROM unnest(${moved.map(({ facts }) => facts.caseId)}::bigint[], ${moved.map(({ facts }) => facts.subject)}::text[],
        ${moved.map(({ facts }) => facts.applicant)}::text[], ${moved.map(({ facts }) => JSON.stringify(facts.form))}::text[],
        ${moved.map(({ record }) => (record === undefined ? null : JSON.stringify(record)))}::text[]
      ) AS given(id, subject, applicant, form, record)`.execute(),
    tx`
      INSERT INTO procedure.case_state (case_id, kind, sequence, state, is_open, deadline, due_on, clocks, kept_until)
      SELECT case_id, ${kind}, 1, state, is_open::boolean, deadline, due_on, clocks::jsonb, kept_until FROM ${states(tx, moved)}`.execute(),
  ]);
}

async function updateStates(tx: Tx, moved: readonly Moved[]): Promise<void> {
  const stored = await tx`
    UPDATE procedure.case_state s
    SET sequence = s.sequence + 1, state = given.state, is_open = given.is_open::boolean, deadline = given.deadline,
      due_on = given.due_on, clocks = given.clocks::jsonb, kept_until = given.kept_until
    FROM ${states(tx, moved)} WHERE s.case_id = given.case_id AND s.sequence = given.sequence - 1`;
  if (stored.count !== moved.length) throw new Error('a case moved under its lock');
}

const states = (tx: Tx, moved: readonly Moved[]) => tx`
  unnest(${moved.map(({ facts }) => facts.caseId)}::bigint[], ${moved.map(({ facts }) => facts.sequence)}::int[],
    ${moved.map(({ state }) => state)}::text[], ${moved.map((one) => String(isOpen(one)))}::text[],
    ${moved.map(({ running }) => running.deadline)}::text[], ${moved.map(({ running }) => running.dueOn)}::date[],
    ${moved.map(({ running }) => running.clocks && JSON.stringify(running.clocks))}::text[],
    ${moved.map(({ candidate, facts, state }) => keptUntil(candidate.definition, state, facts.today))}::date[]
  ) AS given(case_id, sequence, state, is_open, deadline, due_on, clocks, kept_until)`;

const isOpen = ({ candidate, state }: Moved): boolean => candidate.definition.states[state]?.closed !== true;

async function updateFiles(tx: Tx, moved: readonly Moved[]): Promise<void> {
  const amended = moved.filter(
    ({ candidate, record }) => candidate.move.amends !== undefined || record !== undefined,
  );
  if (amended.length === 0) return;
  await tx`
    UPDATE procedure.case_file f SET form = given.form::jsonb, record = given.record::jsonb
    FROM unnest(${amended.map(({ facts }) => facts.caseId)}::bigint[],
      ${amended.map(({ facts }) => JSON.stringify(facts.form))}::text[],
      ${amended.map(({ candidate, record }) => JSON.stringify(record ?? candidate.before.record))}::text[]
    ) AS given(id, form, record)
    WHERE f.id = given.id`;
}
