/** A procedure's page of documentation, written from its definition: states as a diagram, moves, deadlines, form, notices, codes. */
import { type DeadlineFacts, type Definition, hasPart, type Move } from './definition.ts';
import type { Field, Fields } from './field.ts';

/** Markdown; the first line names the file that it is written by. */
export function describeProcedure(definition: Definition): string {
  const { title, id, basis, validFrom, source, subject, states, moves, deadlines, refusals, roles } =
    definition;
  return `${[
    `# ${title.en} (${title.ja})`,
    `Written from the definition \`${id}\` by \`node tests/procedures/main.ts\`; do not edit.`,
    `Basis: ${basis}. Valid from ${validFrom}. Source: ${source}. About: ${subject.title.en} (${subject.title.ja}).`,
    '## States',
    diagramOf(definition),
    table(
      ['State', '状態', 'Deadline'],
      Object.entries(states).map(([name, state]) => [
        `\`${name}\` ${state.title.en}${state.closed ? ', closed' : ''}`,
        state.title.ja,
        state.deadline === undefined ? '' : `\`${state.deadline}\``,
      ]),
    ),
    '## Moves',
    table(
      ['Move', '操作', 'By', 'From → to', 'Takes', 'Tells'],
      Object.entries(moves).map(([name, move]) => rowOfMove(name, move)),
    ),
    ...section('## Deadlines', Object.entries(deadlines), (entries) =>
      table(
        ['Deadline', '期限', 'Days', 'Whose', 'When it passes'],
        entries.map(([name, one]) => rowOfDeadline(name, one)),
      ),
    ),
    '## Kept',
    keptText(definition),
    '## Form',
    table(['Field', '項目', 'Rules'], rowsOfFields(definition.form, '')),
    ...section('## Record', Object.entries(definition.record), () =>
      table(['Field', '項目', 'Rules'], rowsOfFields(definition.record, '')),
    ),
    ...section('## Roles', Object.entries(roles), (entries) =>
      table(
        ['Role', '役割', ''],
        entries.map(([role, words]) => [`\`${role}\``, words.ja, words.en]),
      ),
    ),
    ...section('## Refusals', Object.entries(refusals), (entries) =>
      table(
        ['Code', '理由', ''],
        entries.map(([code, words]) => [`\`${code}\``, words.ja, words.en]),
      ),
    ),
  ].join('\n\n')}\n`;
}

const section = <T>(
  heading: string,
  items: readonly T[],
  say: (items: readonly T[]) => string,
): readonly string[] => (items.length === 0 ? [] : [heading, say(items)]);

function diagramOf({ states, moves }: Definition): string {
  const node = (state: string): string => state.replaceAll('-', '_');
  const arrows = Object.entries(moves).flatMap(([name, { from, to }]) =>
    from === 'new'
      ? [`  [*] --> ${node(to)}: ${name}`]
      : from.map((state) => `  ${node(state)} --> ${node(to === 'same' ? state : to)}: ${name}`),
  );
  const ends = Object.entries(states).flatMap(([state, { closed }]) =>
    closed ? [`  ${node(state)} --> [*]`] : [],
  );
  return ['```mermaid', 'stateDiagram-v2', ...arrows, ...ends, '```'].join('\n');
}

function rowOfMove(name: string, move: Move): readonly string[] {
  const { from, to, by, form, amends, differsFrom, notices } = move;
  const extension =
    move.extends &&
    `extends \`${move.extends.deadline}\` by ${move.extends.days}, ${move.extends.times} time(s)`;
  const takes = [
    ...(form ? Object.keys(form).map((field) => `\`${field}\``) : []),
    ...(amends === 'all' ? ['the form anew'] : (amends ?? []).map((field) => `form \`${field}\``)),
    ...(extension ? [extension] : []),
    ...(differsFrom === undefined ? [] : [`not by who made \`${differsFrom}\``]),
    ...(hasPart(move, 'prepare') ? ['asks others'] : []),
    ...(hasPart(move, 'guard') ? ['has a guard'] : []),
    ...(hasPart(move, 'effect') ? ['has an effect'] : []),
  ];
  return [
    `\`${name}\` ${move.title.en}`,
    move.title.ja,
    by.join(', '),
    `${from === 'new' ? 'new' : from.join(', ')} → ${to}`,
    takes.join('; '),
    (notices ?? []).map(({ to: whom, text }) => `${whom}: ${text.en} (${text.ja})`).join('; '),
  ];
}

const rowOfDeadline = (
  name: string,
  { title, days, count, countsFirstDay, owner, restarts, passed }: DeadlineFacts,
): readonly string[] => [
  `\`${name}\` ${title.en}`,
  title.ja,
  `${days} ${count} days${countsFirstDay ? ' with the first' : ''}${restarts ? ', anew each time' : ''}`,
  owner,
  'move' in passed ? `move \`${passed.move}\`` : `alarm: ${passed.alarm.en} (${passed.alarm.ja})`,
];

function keptText({ kept }: Definition): string {
  const { years, after = {}, source } = kept;
  const others = Object.entries(after).map(([state, other]) => `after \`${state}\` ${other}`);
  return `${[`What a closed case says is kept for ${years} years`, ...others].join(', ')}${
    Object.hasOwn(kept, 'needed') ? ', and as long as the system still needs it' : ''
  }${Object.hasOwn(kept, 'effect') ? '; what the system keeps of it goes with it' : ''}. Source: ${source}.`;
}

const rowsOfFields = (fields: Fields, at: string): readonly (readonly string[])[] =>
  Object.entries(fields).flatMap(([name, field]) => [
    [`\`${at}${name}\` ${field.label.en}`, field.label.ja, rulesOf(field)],
    ...('fields' in field.shape ? rowsOfFields(field.shape.fields, `${at}${name}.`) : []),
  ]);

function rulesOf({ shape, optional }: Field): string {
  return `${shape.kind}${boundsOf(shape)}${optional ? ', optional' : ''}`;
}

function boundsOf(shape: Field['shape']): string {
  switch (shape.kind) {
    case 'text':
      return ` of ${shape.min} to ${shape.max} characters${shape.pattern ? `, \`${shape.pattern.source}\`` : ''}`;
    case 'choice':
      return ` of ${optionsOf(shape)}`;
    case 'choices':
      return ` ${shape.min} to ${shape.max} of ${optionsOf(shape)}`;
    case 'money':
    case 'count':
      return ` from ${shape.min}${shape.max === Number.MAX_SAFE_INTEGER ? '' : ` to ${shape.max}`}${shape.kind === 'money' ? ' yen' : ''}`;
    case 'code':
      return ` \`${shape.pattern.source}\``;
    case 'attachment':
      return ` ${shape.types.join(', ')} of ${shape.bytes_max} bytes at most`;
    case 'list':
      return ` of ${shape.min} to ${shape.max}`;
    case 'date':
    case 'flag':
    case 'group':
      return '';
  }
}

const optionsOf = ({ options }: Pick<Extract<Field['shape'], { kind: 'choice' }>, 'options'>): string =>
  Object.entries(options)
    .map(([option, words]) => `\`${option}\` ${words.en}`)
    .join(', ');

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows]
    .map(
      (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
    )
    .join('\n');
