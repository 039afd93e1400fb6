/**
 * Loads an entry file of the supplementary family register into a municipality of an open country: rejected rows go where
 * the caller wants them, and the counts come back with the file's checksum.
 */
import type { Result } from '@ishizue/outcome';
import {
  type EntryLoad,
  type EntryLoadCounts,
  type EntryLoadFailure,
  loadEntries,
  type RejectedEntryRow,
} from '@ishizue/overseas';
import type { Country } from './country.ts';
import type { RejectSink } from './rejected-rows.ts';

export interface EntryFileLoad
  extends Pick<EntryLoad, 'municipality' | 'bytes' | 'encoding' | 'announced' | 'progress'> {
  readonly rejects: RejectSink<RejectedEntryRow>;
  readonly operator: string;
  readonly correlation: string;
}

export async function loadEntryFile(
  country: Country,
  { rejects, operator, correlation, ...load }: EntryFileLoad,
): Promise<Result<EntryLoadCounts, EntryLoadFailure>> {
  const session = country.database.session('overseas');
  try {
    return await loadEntries(country.systems.overseas, {
      ...load,
      access: {
        actorKind: 'operator',
        actor: operator,
        terminal: 'command-line',
        article: '住民基本台帳法 第16条',
        affair: 'entry-load',
        correlation,
      },
      session,
      reject: (row) => rejects.write(row),
    });
  } finally {
    await rejects.close();
    await session.end({ timeout: 5 });
  }
}
