/**
 * A package imports only what its own package.json declares. devDependencies (its own and the root's) are for tests:
 * product code that imported them would fail where only dependencies are installed.
 */
import { type House, isRelative, type Package, packageNameIn, type Violation } from '../house.ts';

export function declaredImports(house: House): readonly Violation[] {
  return house.packages.flatMap((from) =>
    from.files.flatMap(({ path, imports, isProduct }) =>
      imports.flatMap(({ specifier, line }) => {
        if (specifier === undefined || isRelative(specifier) || specifier.startsWith('node:')) return [];
        const says = complaintOf(from, packageNameIn(specifier), isProduct);
        return says === undefined ? [] : [{ rule: 'declared-imports', place: `${path}:${line}`, says }];
      }),
    ),
  );
}

function complaintOf(from: Package, name: string, isProduct: boolean): string | undefined {
  if (from.dependencies.has(name)) return undefined;
  if (!from.devDependencies.has(name)) return `${name} is not declared in ${from.folder}/package.json`;
  return isProduct ? `product code imports ${name}, which ${from.folder} has for tests only` : undefined;
}
