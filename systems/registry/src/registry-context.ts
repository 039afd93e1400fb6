/**
 * What every operation of the registry is given: its database role, the clock, the pseudonym keys, the map of
 * municipalities. Wiring makes one at start; nothing here is global.
 */
import type { Clock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { MunicipalityDirectory } from '@ishizue/municipalities';
import type { NumberCipher } from './numbers/number-cipher.ts';

export interface RegistryContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly municipalities: MunicipalityDirectory;
  /** Seals individual numbers on their way in, and opens them on their way out. */
  readonly numbers: NumberCipher;
  /** Links that a municipal site tells of each new record without a number, by six-digit code. */
  readonly newRecordLinks: (municipality: string) => readonly string[];
  /** Links of a municipal site to itself, on which its other systems are told of each changed record. */
  readonly recordChangeLinks: (municipality: string) => readonly string[];
  /** Links that the national site tells of every change. */
  readonly changeLinks: readonly string[];
  /** Called after a commit that sent something. */
  readonly wake: () => void;
}

/** The site of a municipality, `municipal/131016`. */
export const municipalSite = (municipality: string): string => `municipal/${municipality}`;
/** The site of a prefecture by its two-digit code, `prefectural/13`. */
export const prefecturalSite = (prefecture: string): string => `prefectural/${prefecture}`;
export const NATIONAL_SITE = 'national';
