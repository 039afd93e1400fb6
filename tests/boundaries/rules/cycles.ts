/**
 * No cycle among files and none among packages, counting type-only and dynamic imports too: what needs one another is
 * one thing. Test code is left out among packages, for a package's tests may use what is built on it.
 */
import {
  type House,
  isRelative,
  packageNamed,
  resolveRelative,
  type SourceFile,
  type Violation,
} from '../house.ts';
import { arrowsOf } from './arrows.ts';
import { findCycles, type Graph } from './find-cycles.ts';

export function cycles(house: House): readonly Violation[] {
  const among = (what: string, graph: Graph): readonly Violation[] =>
    findCycles(graph).map((group) => ({
      rule: 'cycles',
      place: group[0] ?? '',
      says: `${what} that need one another: ${group.join(', ')}`,
    }));
  return [...among('files', fileGraph(house)), ...among('packages', packageGraph(house))];
}

function packageGraph(house: House): Graph {
  return new Map(
    house.packages.map((from) => {
      const names = arrowsOf(from).flatMap(({ name, isProduct }) => (isProduct ? [name] : []));
      const targets = names.flatMap((name) => packageNamed(house, name)?.folder ?? []);
      return [from.folder, new Set(targets)];
    }),
  );
}

function fileGraph(house: House): Graph {
  const files = house.packages.flatMap((from) => from.files);
  return new Map(files.map((file) => [file.path, new Set(targetsOf(house, file))]));
}

function targetsOf(house: House, { path, imports }: SourceFile): readonly string[] {
  return imports.flatMap(({ specifier }) => {
    if (specifier === undefined) return [];
    if (isRelative(specifier)) return [resolveRelative(path, specifier)];
    return packageNamed(house, specifier)?.doors.get(specifier) ?? [];
  });
}
