/**
 * The house as the rules see it: packages with their layer, doors and declared dependencies, and source files with their
 * imports, all made from file texts alone, so that a test can plant a violation without touching the disk.
 */
import { type FoundImport, findImports } from './find-imports.ts';

export type Layer = 'platform' | 'systems' | 'apps' | 'tests' | 'tools';

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly FoundImport[];
  /** Whether it runs in production: not a test, a fixture, a benchmark, or what only these use. */
  readonly isProduct: boolean;
}

export interface Package {
  readonly name: string;
  readonly folder: string;
  readonly layer: Layer;
  readonly dependencies: ReadonlySet<string>;
  readonly devDependencies: ReadonlySet<string>;
  /** What others may import, each with its file: `@ishizue/db/testing` → `platform/db/src/testing/index.ts`. */
  readonly doors: ReadonlyMap<string, string>;
  readonly files: readonly SourceFile[];
}

export interface House {
  readonly packages: readonly Package[];
  /** Every text of the repository by path, also what is no source. */
  readonly texts: ReadonlyMap<string, string>;
}

export interface Violation {
  readonly rule: string;
  /** `path:line`, or a path or package where no line is to blame. */
  readonly place: string;
  readonly says: string;
}

const SOURCE = /\.(?:ts|tsx|mts|mjs|js)$/;
const WORKSPACE = /^((platform|systems|apps)\/[^/]+|tests)\/package\.json$/;
const TEST_CODE =
  /^(?:tests|tools)\/|\/(?:testing|fixtures|bench)\/|\.test\.[a-z]+$|-for-tests?\.ts$|\.bench\.ts$/;

/** Whether a path is code that only tests run. */
export const isTestCode = (path: string): boolean => TEST_CODE.test(path);

/** The house of the given texts by path; `package.json` of a workspace makes a package. */
export function buildHouse(texts: ReadonlyMap<string, string>): House {
  const root = readManifest(texts.get('package.json') ?? '{}');
  const workspaces = [...texts].flatMap(([path, text]) => {
    const folder = WORKSPACE.exec(path)?.[1];
    return folder === undefined ? [] : [{ folder, manifest: readManifest(text) }];
  });
  const packages = workspaces.map(({ folder, manifest }): Package => {
    const name = manifest.name ?? folder;
    return {
      name,
      folder,
      layer: layerOf(folder),
      dependencies: namesIn(manifest.dependencies, manifest.optionalDependencies),
      // tests may use what the root installs for all tests
      devDependencies: namesIn(manifest.devDependencies, root.devDependencies),
      doors: doorsOf(name, folder, manifest.exports),
      files: filesBelow(folder, texts),
    };
  });
  return { packages: [...packages, toolsOf(root, packages, texts)], texts };
}

/** The root's tools are no workspace; the root declares its workspaces by listing them. */
function toolsOf(root: Manifest, packages: readonly Package[], texts: ReadonlyMap<string, string>): Package {
  return {
    name: root.name ?? 'root',
    folder: 'tools',
    layer: 'tools',
    dependencies: new Set(packages.map(({ name }) => name)),
    devDependencies: namesIn(root.devDependencies),
    doors: new Map(),
    files: filesBelow('tools', texts),
  };
}

function filesBelow(folder: string, texts: ReadonlyMap<string, string>): readonly SourceFile[] {
  return [...texts].flatMap(([path, text]) => {
    if (!path.startsWith(`${folder}/`) || !SOURCE.test(path)) return [];
    return [{ path, text, imports: findImports(text), isProduct: !isTestCode(path) }];
  });
}

interface Manifest {
  readonly name?: string;
  readonly exports?: string | Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const readManifest = (text: string): Manifest => JSON.parse(text) as Manifest;

const namesIn = (...lists: readonly (Readonly<Record<string, string>> | undefined)[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => Object.keys(list ?? {})));

function doorsOf(name: string, folder: string, doors: Manifest['exports']): ReadonlyMap<string, string> {
  const entries = Object.entries(typeof doors === 'string' ? { '.': doors } : (doors ?? {}));
  return new Map(entries.map(([door, file]) => [name + door.slice(1), `${folder}/${file.slice(2)}`]));
}

function layerOf(folder: string): Layer {
  const layer = folder.split('/')[0];
  if (layer === 'platform' || layer === 'systems' || layer === 'apps') return layer;
  return 'tests';
}

/** The package of the house that a bare specifier names, whether or not by a door. */
export function packageNamed(house: House, specifier: string): Package | undefined {
  const name = packageNameIn(specifier);
  return house.packages.find((candidate) => candidate.name === name && candidate.layer !== 'tools');
}

/** `@scope/name/deep` → `@scope/name`; `name/deep` → `name`. */
export function packageNameIn(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

export const isRelative = (specifier: string): boolean => /^\.{1,2}(?:\/|$)/.test(specifier);

/** The path that a relative specifier names, seen from a file. */
export function resolveRelative(from: string, specifier: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

export const isInside = (folder: string, path: string): boolean => path.startsWith(`${folder}/`);
