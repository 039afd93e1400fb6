/**
 * The systems use one another as ARCHITECTURE.md draws it (`a ← b ← c`: c may use b and a). The drawing itself is the
 * rule, so picture and code cannot differ; it names every system that exists and no other.
 */
import { type House, packageNamed, type Violation } from '../house.ts';
import { arrowsOf } from './arrows.ts';

const DRAWING = /\*\*Systems\*\*:\s*([a-z-]+(?:\s*←\s*[a-z-]+)+)/;
const PAGE = 'ARCHITECTURE.md';

/** The systems from the most used to the least, as the page draws them; undefined without a drawing. */
function readDrawing(page: string): readonly string[] | undefined {
  return DRAWING.exec(page)?.[1]
    ?.split('←')
    .map((name) => name.trim());
}

export function systemsDrawing(house: House): readonly Violation[] {
  const drawn = readDrawing(house.texts.get(PAGE) ?? '');
  if (drawn === undefined)
    return [{ rule: 'systems-drawing', place: PAGE, says: 'the drawing of the systems is missing' }];
  return [...differences(house, drawn), ...wrongArrows(house, drawn)];
}

function differences(house: House, drawn: readonly string[]): readonly Violation[] {
  const built = systemsOf(house).map(({ folder }) => nameOf(folder));
  const missing = built.filter((name) => !drawn.includes(name)).map((name) => `${name} is not drawn`);
  const imagined = drawn
    .filter((name) => !built.includes(name))
    .map((name) => `${name} is drawn but not built`);
  return [...missing, ...imagined].map((says) => ({ rule: 'systems-drawing', place: PAGE, says }));
}

function wrongArrows(house: House, drawn: readonly string[]): readonly Violation[] {
  return systemsOf(house).flatMap((from) =>
    arrowsOf(from).flatMap(({ name, place }) => {
      const to = packageNamed(house, name);
      if (to?.layer !== 'systems' || to === from) return [];
      if (drawn.indexOf(nameOf(to.folder)) < drawn.indexOf(nameOf(from.folder))) return [];
      const says = `${nameOf(from.folder)} may not use ${nameOf(to.folder)}: the drawing has it the other way`;
      return [{ rule: 'systems-drawing', place, says }];
    }),
  );
}

const systemsOf = (house: House): House['packages'] =>
  house.packages.filter(({ layer }) => layer === 'systems');

const nameOf = (folder: string): string => folder.slice('systems/'.length);
