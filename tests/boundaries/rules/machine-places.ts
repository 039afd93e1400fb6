/**
 * What is committed works on any machine: product code names no folder of a machine and nothing beside the repository,
 * and nothing names the host of a package registry (npm knows its own; a lockfile with hosts breaks behind a mirror).
 */
import type { House, SourceFile, Violation } from '../house.ts';

const RULE = 'machine-places';
const LOCKFILE = 'package-lock.json';
// in pieces, so that this file passes its own rule
const HOSTS = ['npmjs', 'yarnpkg', 'npmmirror'].map((name) => `registry.${name}.`);
const BESIDE = new RegExp(String.raw`(?<![\w.\/])\/(?:work|root|home\/\w+|Users\/\w+)\/|\.\.\/${'shared'}\b`);

export function machinePlaces(house: House): readonly Violation[] {
  const product = house.packages.flatMap(({ files }) => files.filter(({ isProduct }) => isProduct));
  const texts = [...house.texts];
  return [
    ...product.flatMap(foldersIn),
    ...texts.flatMap(([path, text]) => hostsIn(path, text)),
    ...resolvedHosts(house.texts.get(LOCKFILE) ?? '{}'),
  ];
}

function foldersIn({ path, text }: SourceFile): readonly Violation[] {
  return text.split('\n').flatMap((line, index) => {
    const place = BESIDE.exec(line)?.[0];
    if (place === undefined) return [];
    return [{ rule: RULE, place: `${path}:${index + 1}`, says: `a place on one machine: ${place}` }];
  });
}

function hostsIn(path: string, text: string): readonly Violation[] {
  return HOSTS.flatMap((host) => {
    const at = text.indexOf(host);
    if (at < 0) return [];
    const line = text.slice(0, at).split('\n').length;
    return [{ rule: RULE, place: `${path}:${line}`, says: `the host of a package registry: ${host}…` }];
  });
}

/** Whatever host it is: an entry of the lockfile may be resolved to a workspace's folder, not to an address. */
function resolvedHosts(lockfile: string): readonly Violation[] {
  const { packages = {} } = JSON.parse(lockfile) as { packages?: Record<string, { resolved?: string }> };
  return Object.entries(packages).flatMap(([name, { resolved }]) =>
    resolved?.includes('://')
      ? [{ rule: RULE, place: LOCKFILE, says: `${name} is resolved to the address ${resolved}` }]
      : [],
  );
}
