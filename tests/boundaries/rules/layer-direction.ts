/** apps → systems → platform, never back, in what is imported and in what package.json declares; nobody needs tests. */
import { type House, type Layer, packageNamed, type Violation } from '../house.ts';
import { arrowsOf } from './arrows.ts';

const HEIGHT: Readonly<Record<Layer, number>> = { platform: 1, systems: 2, apps: 3, tests: 4, tools: 5 };

export function layerDirection(house: House): readonly Violation[] {
  return house.packages.flatMap((from) =>
    arrowsOf(from).flatMap(({ name, place }) => {
      const to = packageNamed(house, name);
      if (to === undefined || HEIGHT[to.layer] <= HEIGHT[from.layer]) return [];
      const says = `${from.folder} may not use ${to.folder}: ${from.layer} stand below ${to.layer}`;
      return [{ rule: 'layer-direction', place, says }];
    }),
  );
}
