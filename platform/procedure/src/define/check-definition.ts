/**
 * What the compiler does not see in a definition: whether its states hang together, its words are there in both languages,
 * and its references and texts lead somewhere. All faults are told at once; a definition with one is never opened.
 */
import type { Definition, Move, Mover } from './definition.ts';
import type { Fields, Words } from './field.ts';

const ID = /^[a-z][a-z0-9-]{0,29}$/;
const MOVE_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const FIELD_NAME = /^[a-z][A-Za-z0-9]{0,39}$/;
const CODE = /^[a-z][a-z0-9-]{0,63}$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const YEARS_KEPT_MAX = 200;
/** In every notice besides the move's own fields. */
const PLACEHOLDERS = ['case', 'state', 'due'];
/** Codes that the engine gives itself. */
export const ENGINE_CODES = [
  'request-id-reused',
  'case-unknown',
  'case-moved-meanwhile',
  'move-unknown',
  'move-not-in-state',
  'not-permitted',
  'second-person-needed',
  'deadline-extended-already',
  'form-invalid',
  'attachment-unknown',
  'procedure-not-in-force',
] as const;
export type EngineCode = (typeof ENGINE_CODES)[number];

/** The faults of a definition, each a sentence that names the place; none where it may be opened. */
export function checkDefinition(definition: Definition): readonly string[] {
  return [
    ...identity(definition),
    ...words(definition),
    ...fieldNames('form', definition.form),
    ...fieldNames('record', definition.record),
    ...Object.entries(definition.moves).flatMap(([name, move]) => [...ofMove(definition, name, move)]),
    ...graph(definition),
    ...deadlines(definition),
    ...keeping(definition),
  ];
}

function* identity({ id, validFrom, inbox, form, refusals, basis, source }: Definition): Generator<string> {
  if (!ID.test(id)) yield `id: ${id} is not a kebab-case name of at most 30 characters`;
  if (!ISO_DATE.test(validFrom)) yield `validFrom: ${validFrom} is no date`;
  if (basis === '') yield 'basis: nothing is cited';
  if (source === '') yield 'source: nothing is cited';
  for (const name of inbox) if (!Object.hasOwn(form, name)) yield `inbox: the form has no field ${name}`;
  for (const code of Object.keys(refusals)) {
    if (!CODE.test(code)) yield `refusals: ${code} is not kebab-case`;
    if (ENGINE_CODES.some((own) => own === code)) yield `refusals: ${code} is a code of the engine`;
  }
}

function* words(definition: Definition): Generator<string> {
  const { title, subject, roles, states, deadlines: clocks, refusals, moves } = definition;
  yield* missing('title', title);
  yield* missing('subject', subject.title);
  for (const [role, said] of Object.entries(roles)) yield* missing(`role ${role}`, said);
  for (const [state, facts] of Object.entries(states)) yield* missing(`state ${state}`, facts.title);
  for (const [code, said] of Object.entries(refusals)) yield* missing(`refusal ${code}`, said);
  for (const [name, clock] of Object.entries(clocks)) {
    yield* missing(`deadline ${name}`, clock.title);
    if ('alarm' in clock.passed) yield* missing(`alarm of ${name}`, clock.passed.alarm);
  }
  for (const [name, move] of Object.entries(moves)) {
    yield* missing(`move ${name}`, move.title);
    for (const notice of move.notices ?? []) yield* missing(`notice of ${name}`, notice.text);
    yield* fieldWords(`move ${name}`, move.form ?? {});
  }
  yield* fieldWords('form', definition.form);
  yield* fieldWords('record', definition.record);
}

function* fieldWords(place: string, fields: Fields): Generator<string> {
  for (const [name, { label, hint, shape }] of Object.entries(fields)) {
    yield* missing(`${place} ${name}`, label);
    if (hint) yield* missing(`hint of ${place} ${name}`, hint);
    if ('options' in shape)
      for (const [option, said] of Object.entries(shape.options))
        yield* missing(`${place} ${name} ${option}`, said);
    if ('fields' in shape) yield* fieldWords(`${place} ${name}`, shape.fields);
  }
}

function* missing(place: string, { ja, en }: Words): Generator<string> {
  if (ja.trim() === '') yield `${place}: no words in Japanese`;
  if (en.trim() === '') yield `${place}: no words in English`;
}

function* fieldNames(place: string, fields: Fields): Generator<string> {
  for (const [name, { shape }] of Object.entries(fields)) {
    if (!FIELD_NAME.test(name)) yield `${place} ${name}: not a camelCase name`;
    if ('options' in shape && Object.keys(shape.options).length === 0)
      yield `${place} ${name}: nothing to choose`;
    if ('min' in shape && shape.min > shape.max) yield `${place} ${name}: least is above most`;
    if (shape.kind === 'attachment' && (shape.types.length === 0 || shape.bytes_max < 1))
      yield `${place} ${name}: takes no file`;
    if ('fields' in shape) yield* fieldNames(`${place} ${name}`, shape.fields);
  }
}

function* ofMove(definition: Definition, name: string, move: Move): Generator<string> {
  const { states, roles, form, moves, deadlines: clocks } = definition;
  const place = `move ${name}`;
  if (!MOVE_NAME.test(name)) yield `${place}: not a kebab-case name`;
  if (move.by.length === 0) yield `${place}: nobody may make it`;
  for (const mover of move.by)
    if (mover !== 'bearer' && !isKnown(mover, roles)) yield `${place}: ${mover} is no role of the procedure`;
  const from = move.from === 'new' ? [] : move.from;
  if (move.from !== 'new' && from.length === 0) yield `${place}: from nowhere`;
  if (move.from === 'new' && move.to === 'same') yield `${place}: opens a case into no state`;
  for (const state of [...from, ...(move.to === 'same' ? [] : [move.to])])
    if (!Object.hasOwn(states, state)) yield `${place}: ${state} is no state`;
  for (const state of from)
    if (states[state]?.closed) yield `${place}: leads out of ${state}, which is closed`;
  if (move.from !== 'new' && move.subject) yield `${place}: opens no case and says whose it is`;
  if (move.from === 'new' && move.amends !== undefined) yield `${place}: opens a case and amends it`;
  if (Array.isArray(move.amends))
    for (const field of move.amends)
      if (!Object.hasOwn(form, field)) yield `${place}: the form has no field ${field}`;
  if (move.differsFrom !== undefined && !Object.hasOwn(moves, move.differsFrom))
    yield `${place}: differs from ${move.differsFrom}, which is no move`;
  if (move.extends && !Object.hasOwn(clocks, move.extends.deadline))
    yield `${place}: extends ${move.extends.deadline}, which is no deadline`;
  if (move.extends && !(move.extends.days > 0 && move.extends.times > 0))
    yield `${place}: extends by nothing`;
  yield* fieldNames(place, move.form ?? {});
  yield* notices(definition, place, move);
}

function* notices({ roles }: Definition, place: string, move: Move): Generator<string> {
  const known = [...PLACEHOLDERS, ...Object.keys(move.form ?? {})];
  for (const { to, text } of move.notices ?? []) {
    if (!isKnown(to, roles) || to === 'role:') yield `${place}: a notice to ${to}, who is nobody`;
    for (const [, placeholder = ''] of `${text.ja}${text.en}`.matchAll(/\{([^}]*)\}/g))
      if (!known.includes(placeholder))
        yield `${place}: a notice speaks of {${placeholder}}, which is nothing`;
  }
}

const isKnown = (mover: Mover, roles: Definition['roles']): boolean =>
  mover === 'applicant' ||
  mover === 'clock' ||
  mover === 'system' ||
  Object.hasOwn(roles, mover.slice('role:'.length));

/** Every state is reached from an opening, and leads to a closed one. */
function* graph({ states, moves }: Definition): Generator<string> {
  const steps = Object.values(moves).flatMap(({ from, to }) =>
    to === 'same' || from === 'new' ? [] : from.map((state) => [state, to] as const),
  );
  const openings = Object.values(moves).flatMap(({ from, to }) => (from === 'new' ? [to] : []));
  if (openings.length === 0) yield 'moves: none opens a case';
  const reached = closure(openings, steps);
  const closed = Object.keys(states).filter((state) => states[state]?.closed);
  if (closed.length === 0) yield 'states: none is closed';
  const ending = closure(
    closed,
    steps.map(([from, to]) => [to, from] as const),
  );
  for (const state of Object.keys(states)) {
    if (!reached.has(state)) yield `state ${state}: nothing leads there`;
    if (!ending.has(state)) yield `state ${state}: leads to no closed state`;
  }
}

function closure(
  from: readonly string[],
  steps: readonly (readonly [string, string])[],
): ReadonlySet<string> {
  const reached = new Set(from);
  // a set that grows while it is walked is walked to its end
  for (const state of reached) for (const [begin, end] of steps) if (begin === state) reached.add(end);
  return reached;
}

function* deadlines({ states, deadlines: clocks, moves, roles }: Definition): Generator<string> {
  for (const [state, { deadline, closed }] of Object.entries(states)) {
    if (deadline === undefined) continue;
    if (!Object.hasOwn(clocks, deadline)) yield `state ${state}: ${deadline} is no deadline`;
    if (closed) yield `state ${state}: is closed, and a deadline runs`;
  }
  for (const [name, { days, count, countsFirstDay, owner, passed }] of Object.entries(clocks)) {
    const running = Object.keys(states).filter((state) => states[state]?.deadline === name);
    if (running.length === 0) yield `deadline ${name}: runs in no state`;
    if (!Number.isSafeInteger(days) || days < 1 || days > 3660) yield `deadline ${name}: ${days} days`;
    if (countsFirstDay && count === 'business')
      yield `deadline ${name}: business days do not count the first day`;
    if (!isKnown(owner, roles) || owner === 'role:') yield `deadline ${name}: its owner ${owner} is nobody`;
    if (!('move' in passed)) continue;
    const move = Object.hasOwn(moves, passed.move) ? moves[passed.move] : undefined;
    if (!move?.by.includes('clock')) yield `deadline ${name}: ${passed.move} is no move of the clock`;
    else if (Object.values(move.form ?? {}).some(({ optional }) => !optional))
      yield `deadline ${name}: ${passed.move} needs fields, and the clock fills none in`;
    else
      for (const state of running)
        if (move.from === 'new' || !move.from.includes(state))
          yield `deadline ${name}: ${passed.move} is not made in ${state}`;
  }
}

function* keeping({ kept, states }: Definition): Generator<string> {
  if (kept.source === '') yield 'kept: nothing is cited';
  for (const [state, years] of [['', kept.years] as const, ...Object.entries(kept.after ?? {})]) {
    if (years === undefined || !Number.isSafeInteger(years) || years < 1 || years > YEARS_KEPT_MAX)
      yield `kept${state && ` after ${state}`}: ${years} years`;
    if (state !== '' && !states[state]?.closed) yield `kept: ${state} is no closed state`;
  }
}
