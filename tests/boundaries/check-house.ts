/** All rules over a house. What each forbids and why stands at the head of its file. */
import type { House, Violation } from './house.ts';
import { cycles } from './rules/cycles.ts';
import { declaredImports } from './rules/declared-imports.ts';
import { doors } from './rules/doors.ts';
import { layerDirection } from './rules/layer-direction.ts';
import { machinePlaces } from './rules/machine-places.ts';
import { platformWords } from './rules/platform-words.ts';
import { systemsDrawing } from './rules/systems-drawing.ts';

const RULES = [declaredImports, layerDirection, systemsDrawing, doors, cycles, platformWords, machinePlaces];

export function checkHouse(house: House): readonly Violation[] {
  return RULES.flatMap((rule) => rule(house));
}

/** One line a violation: where, which rule, what. */
export function formatViolations(violations: readonly Violation[]): string {
  return violations.map(({ place, rule, says }) => `${place}  ${rule}: ${says}\n`).join('');
}
