/**
 * Which test files share a process. To load what a system stands on takes longer than most of its tests: neighbours in a
 * package load it once. Alone is who starts a country, and who hooks what is outside of its tests: among others that
 * would be the others' hook too.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const SHARING = /^(?:systems|platform|apps\/(?:card|demo|portal))\//;
const HOOKS_ALL = /^(?:before|after|beforeEach|afterEach)\(/m;
const FILES_MAX = 8;

/**
 * @param files absolute, in the order in which they are to run
 * @returns all of them, each once
 */
export function groupTestFiles(root: string, files: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  const open = new Map<string, string[]>();
  for (const file of files) {
    const place = path.relative(root, file);
    const name = place.split(path.sep).slice(0, 2).join('/');
    const group = open.get(name);
    if (!SHARING.test(place) || HOOKS_ALL.test(readFileSync(file, 'utf8'))) groups.push([file]);
    else if (group !== undefined && group.length < FILES_MAX) group.push(file);
    else {
      const fresh = [file];
      open.set(name, fresh);
      groups.push(fresh);
    }
  }
  return groups;
}
