/**
 * Applications in the free area, as the card’s record keeps them: each has an area of its own size, keys of its owner, its files
 * and its PIN. Invariants: areas together never exceed the free area, an application never exceeds its own, and whoever
 * has one application’s keys changes that application and no other.
 */
import type { CardRecord } from '../../card-record.ts';
import type { ElementaryFile } from '../application.ts';
import { FREE_AREA_BYTES } from '../ours.ts';
import type { LoadedApplication, LoadedFile } from './loaded-record.ts';

/** Besides its content, what a file takes of the area: its name, its rule and its length. */
const FILE_OVERHEAD_BYTES = 8;
export const LOADED_MAX = 16;
/** Where its PIN is, where it has one. */
export const LOADED_PIN = 0x0011;

export type LoadedName = `loaded:${string}`;

export const isLoadedName = (name: string): name is LoadedName => name.startsWith('loaded:');

export const loadedNameOf = (aid: string): LoadedName => `loaded:${aid}`;

const aidOf = (name: LoadedName): string => name.slice('loaded:'.length);

export const findLoaded = ({ loaded }: CardRecord, name: LoadedName): LoadedApplication | undefined =>
  loaded?.find(({ aid }) => aid === aidOf(name));

/** The record with this application instead of the one of its AID; undefined takes it away. */
export function withLoaded(
  record: CardRecord,
  name: LoadedName,
  application: LoadedApplication | undefined,
): CardRecord {
  const others = (record.loaded ?? []).filter(({ aid }) => aid !== aidOf(name));
  return { ...record, loaded: application ? [...others, application] : others };
}

/** Octets that nobody has reserved. */
export const freeBytes = ({ loaded = [] }: CardRecord): number =>
  FREE_AREA_BYTES - loaded.reduce((sum, { areaBytes }) => sum + areaBytes, 0);

/** What an application takes of its area. */
export const usedBytes = (files: Readonly<Record<string, LoadedFile>>): number =>
  Object.values(files).reduce(
    (sum, { content }) => sum + FILE_OVERHEAD_BYTES + Buffer.from(content, 'base64').length,
    0,
  );

/** Its files and PIN as those of other applications; none unless it is personalised and not blocked. */
export function filesOf({ state, files, pin }: LoadedApplication): readonly ElementaryFile[] {
  if (state !== 'personalised') return [];
  const transparent = Object.entries(files).map(
    ([fid, { read }]): ElementaryFile => ({
      kind: 'transparent',
      fid: Number.parseInt(fid, 16),
      from: 'ours',
      read: read === 'pin' ? [LOADED_PIN] : read === 'owner' ? 'never' : 'always',
      bytesMax: FREE_AREA_BYTES,
      content: 'written',
    }),
  );
  if (!pin) return transparent;
  return [
    ...transparent,
    { kind: 'pin', fid: LOADED_PIN, rule: 'loaded', change: 'change-reference-data', from: 'ours' },
  ];
}
