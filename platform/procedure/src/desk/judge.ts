/**
 * Whether one case makes a move, and what it is afterwards. Pure: what the database knows (delegations, who moved before,
 * attachments) is given. The order of the questions is that of the flow's step 4.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { AnyFacts, AnyForm, Definition, Move } from '../define/definition.ts';
import type { Fields } from '../define/field.ts';
import { parseForm } from '../define/form-value.ts';
import { type ActingBy, type Authority, authorityFor, keyOf, type Lent, maySee } from './acting.ts';
import type { CaseRow } from './case-rows.ts';
import { extend, NOTHING_RUNS, type Running, runningAfter, timesExtended } from './running-deadline.ts';

/** One case of a request, as it was asked for. */
export interface Asked {
  /** Its place in the request, from 0. */
  readonly row: number;
  readonly caseId: number;
  readonly expected?: number | undefined;
  readonly own: unknown;
  /** The form, of an opening or an amendment. */
  readonly form: unknown;
  readonly applicant?: string | undefined;
}

/** When it is judged. */
export interface Moment {
  readonly at: number;
  readonly today: IsoDate;
}

/** A case that may move as far as it can be seen without effect and guard. */
export interface Candidate {
  readonly row: number;
  readonly definition: Definition;
  readonly moveName: string;
  readonly move: Move;
  readonly authority: Authority;
  /** The case as it was; of an opening with sequence 0 and state ''. */
  readonly before: CaseRow;
  readonly facts: Omit<AnyFacts, 'prepared'>;
}

export interface MoveToMake {
  readonly name: string;
  readonly by: ActingBy;
  readonly lent: readonly Lent[];
  readonly moment: Moment;
}

/** A case of nobody yet, for an opening. */
export function newCase(definition: Definition, asked: Asked, applicant: string, { today }: Moment): CaseRow {
  return {
    caseId: asked.caseId,
    sequence: 0,
    state: '',
    isOpen: true,
    ...NOTHING_RUNS,
    version: definition.validFrom,
    openedOn: today,
    subject: '',
    applicant,
    form: {},
    record: {},
  };
}

/** Everything but the guard. @param found the case, or undefined where there is none of this number */
export function judge(
  definition: Definition,
  { name, by, lent, moment }: MoveToMake,
  asked: Asked,
  found: CaseRow | undefined,
): Result<Candidate> {
  if (!found || (found.sequence > 0 && !maySee(by.actor, lent, definition, found)))
    return fail('case-unknown', 'there is no such case');
  if (asked.expected !== undefined && asked.expected !== found.sequence)
    return fail('case-moved-meanwhile', `the case has moved on to ${found.sequence}`);
  const move = Object.hasOwn(definition.moves, name) ? definition.moves[name] : undefined;
  if (!move) return fail('move-unknown', 'the procedure has no such move');
  const isOpening = found.sequence === 0;
  if (isOpening ? move.from !== 'new' : move.from === 'new' || !move.from.includes(found.state))
    return fail('move-not-in-state', `a case that is ${found.state || 'new'} does not ${name}`);
  const authority = authorityFor(by.actor, lent, move, found);
  if (!authority) return fail('not-permitted', 'the move is not yours to make');
  if (move.extends && timesExtended(found, move.extends.deadline) >= move.extends.times)
    return fail('deadline-extended-already', `${move.extends.times} times at the most`);
  const given = valuesOf(definition, move, asked, found);
  if (!given.ok) return given;
  const { form, own } = given.value;
  const { applicant, caseId, state, openedOn, dueOn, record } = found;
  const subject = isOpening ? definition.subject.of({ form, applicant }) : found.subject;
  const facts = {
    caseId,
    state,
    sequence: found.sequence + 1,
    openedOn,
    dueOn,
    ...moment,
    subject,
    applicant,
    actor: keyOf(by.actor),
    terminal: by.terminal,
    correlation: by.correlation,
    form,
    record,
    own,
  };
  return ok({ row: asked.row, definition, moveName: name, move, authority, before: found, facts });
}

/** The form after the move, and the move's own fields. */
function valuesOf(
  definition: Definition,
  move: Move,
  asked: Asked,
  found: CaseRow,
): Result<{ readonly form: AnyForm; readonly own: AnyForm }, 'form-invalid'> {
  const own = move.form ? parseForm(move.form, asked.own ?? {}) : noOwn(asked.own);
  if (!own.ok) return own;
  const fields = givenFields(definition, move);
  if (!fields)
    return asked.form === undefined
      ? ok({ form: found.form, own: own.value })
      : fail('form-invalid', 'the move does not give the form anew');
  const form = parseForm(fields, asked.form ?? {});
  if (!form.ok) return form;
  // an optional field that an amendment leaves out is taken away
  const kept = Object.entries(found.form).filter(([name]) => !Object.hasOwn(fields, name));
  return ok({ form: { ...Object.fromEntries(kept), ...form.value }, own: own.value });
}

const NO_VALUES: AnyForm = {};

function noOwn(own: unknown): Result<AnyForm, 'form-invalid'> {
  const isNone =
    own === undefined || own === null || (typeof own === 'object' && Object.keys(own).length === 0);
  return isNone ? ok(NO_VALUES) : fail('form-invalid', 'the move has no fields of its own');
}

// kept, so that the schema that is made of them is too
const amendedFields = new WeakMap<Move, Fields>();

/** The fields of the form that a move gives; undefined where it gives none. */
export function givenFields({ form }: Definition, move: Move): Fields | undefined {
  if (move.from === 'new' || move.amends === 'all') return form;
  const { amends } = move;
  if (amends === undefined) return undefined;
  const known = amendedFields.get(move);
  if (known) return known;
  const fields = Object.fromEntries(Object.entries(form).filter(([name]) => amends.includes(name)));
  amendedFields.set(move, fields);
  return fields;
}

/** A case that moves, with all that is to be stored. */
export interface Moved {
  readonly candidate: Candidate;
  readonly facts: AnyFacts;
  readonly state: string;
  readonly running: Running;
  /** The record after the move, where the move fixes something. */
  readonly record: AnyForm | undefined;
}

/** Asks the guard, and says what the case is after the move. */
export function decide(candidate: Candidate, prepared: unknown): Result<Moved> {
  const { definition, move, before } = candidate;
  const asked = { ...candidate.facts, prepared };
  const facts = move.subject ? { ...asked, subject: move.subject(asked) } : asked;
  const refusal = move.guard?.(facts);
  if (refusal !== undefined) return fail(refusal, definition.refusals[refusal]?.en ?? refusal);
  const state = move.to === 'same' ? before.state : move.to;
  const extended = move.extends ? extend(definition, before, move.extends) : before;
  const running = runningAfter(definition, extended, state, facts.today);
  const set = move.sets?.(facts);
  const record = set && { ...before.record, ...set };
  return ok({ candidate, facts: record ? { ...facts, record } : facts, state, running, record });
}
