/** Every arrow that starts at a package: its imports by name, and the dependencies that it declares. */
import { isRelative, type Package, packageNameIn } from '../house.ts';

export interface Arrow {
  /** The package to which it points. */
  readonly name: string;
  readonly place: string;
  readonly isProduct: boolean;
}

export function arrowsOf(from: Package): readonly Arrow[] {
  const place = `${from.folder}/package.json`;
  const imported = from.files.flatMap(({ path, imports, isProduct }) =>
    imports.flatMap(({ specifier, line }) =>
      specifier === undefined || isRelative(specifier)
        ? []
        : [{ name: packageNameIn(specifier), place: `${path}:${line}`, isProduct }],
    ),
  );
  return [
    ...imported,
    ...Array.from(from.dependencies, (name) => ({ name, place, isProduct: true })),
    ...Array.from(from.devDependencies, (name) => ({ name, place, isProduct: false })),
  ];
}
