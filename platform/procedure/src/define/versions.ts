/** The versions of a procedure: law changes, and a case keeps the version of the day on which it was opened. */
import { addDays, type IsoDate } from '@ishizue/clock';
import { type DatedRule, DatedRules } from '@ishizue/rules';
import { checkDefinition } from './check-definition.ts';
import type { Definition } from './definition.ts';

export interface ProcedureVersions<Context = never> {
  readonly id: string;
  /** The version in force, for opening a case; undefined before the first. */
  find(date: IsoDate): Definition<Context> | undefined;
  /** The version that a case keeps, by its first day. @throws where a case has a version that is no longer declared */
  kept(validFrom: IsoDate): Definition<Context>;
  /** Oldest first. */
  readonly all: readonly Definition<Context>[];
}

/**
 * Puts versions in order and checks each.
 * @throws with all faults of all of them, or where ids differ or days do not ascend
 */
export function procedureVersions<Context>(
  ...definitions: readonly [Definition<Context>, ...Definition<Context>[]]
): ProcedureVersions<Context> {
  const [{ id }] = definitions;
  const faults = definitions.flatMap((definition) => [
    ...(definition.id === id ? [] : [`${definition.id} is no version of ${id}`]),
    ...checkDefinition(definition).map((fault) => `${definition.validFrom}: ${fault}`),
  ]);
  if (faults.length > 0) throw new Error(`the procedure ${id} has faults:\n${faults.join('\n')}`);
  const rules = new DatedRules(
    id,
    definitions.map((definition, index) => dated(definition, definitions[index + 1])),
  );
  const byDay = new Map(definitions.map((definition) => [definition.validFrom, definition]));
  return {
    id,
    all: definitions,
    find: (date) => rules.find(date)?.rule,
    kept: (validFrom) => {
      const found = byDay.get(validFrom);
      if (!found) throw new Error(`${id} has no version of ${validFrom} any more, and a case needs it`);
      return found;
    },
  };
}

function dated<Context>(
  definition: Definition<Context>,
  next: Definition<Context> | undefined,
): DatedRule<Definition<Context>> {
  const { validFrom, source } = definition;
  return { validFrom, source, rule: definition, ...(next && { validTo: addDays(next.validFrom, -1) }) };
}
