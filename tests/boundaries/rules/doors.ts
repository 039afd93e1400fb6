/**
 * Nobody goes past a door: of another package only the `exports` of its package.json, by its name. A relative path stays
 * in its package, also one in a string (`new URL('../../…')`); a door for tests is for test code; product code computes no
 * import, which nothing could check.
 */
import {
  type House,
  isInside,
  isRelative,
  isTestCode,
  type Package,
  packageNamed,
  resolveRelative,
  type SourceFile,
  type Violation,
} from '../house.ts';
import { scanSource } from '../scan-source.ts';

const LAUNCHER = /^apps\/[^/]+\/bin\/[^/]+\.mjs$/;

export function doors(house: House): readonly Violation[] {
  return house.packages.flatMap((from) =>
    from.files.flatMap((file) => [
      ...file.imports.flatMap(({ specifier, line }) => {
        const says = complaintOf(house, from, file, specifier);
        return says === undefined ? [] : [violation(file, line, says)];
      }),
      ...(file.isProduct ? pathsThatLeave(from, file) : []),
    ]),
  );
}

function complaintOf(
  house: House,
  from: Package,
  file: SourceFile,
  specifier: string | undefined,
): string | undefined {
  if (specifier === undefined)
    return file.isProduct && from.layer !== 'apps' ? 'a computed import, which nothing can check' : undefined;
  if (specifier.startsWith('/') || specifier.startsWith('file:'))
    return `${specifier} is a place on one machine`;
  const target = isRelative(specifier) ? resolveRelative(file.path, specifier) : doorOf(house, specifier);
  if (target === 'no door') return `${specifier} is no door: its package.json does not export it`;
  if (LAUNCHER.test(file.path) && isInside('tools', target)) return undefined;
  if (isRelative(specifier) && !isInside(from.folder, target))
    return `${specifier} leaves ${from.folder}; import the other package by its name`;
  return file.isProduct && isTestCode(target)
    ? `product code imports ${specifier}, which is for tests`
    : undefined;
}

/** The file behind a door of the house; the specifier itself for what is installed. */
function doorOf(house: House, specifier: string): string {
  const to = packageNamed(house, specifier);
  return to === undefined ? specifier : (to.doors.get(specifier) ?? 'no door');
}

function pathsThatLeave(from: Package, file: SourceFile): readonly Violation[] {
  const imported = new Set(file.imports.map(({ specifier }) => specifier));
  return scanSource(file.text).flatMap(({ kind, text, line }) => {
    if (kind !== 'string' || !text.startsWith('../') || imported.has(text)) return [];
    return isInside(from.folder, `${resolveRelative(file.path, text)}/`)
      ? []
      : [violation(file, line, `the path ${text} leaves ${from.folder}`)];
  });
}

const violation = (file: SourceFile, line: number, says: string): Violation => ({
  rule: 'doors',
  place: `${file.path}:${line}`,
  says,
});
