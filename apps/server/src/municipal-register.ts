/**
 * Loads a register file into a municipality of an open country: the bytes are decoded as they stream, rejected
 * rows go where the caller wants them, and the counts come back.
 */
import { decodeText } from '@ishizue/csv';
import type { Result } from '@ishizue/outcome';
import {
  type Access,
  type ImportCounts,
  type ImportFailure,
  type ImportProgress,
  importRegister,
  type RejectedRow,
} from '@ishizue/registry';
import type { FileEncoding } from '@ishizue/text';
import type { Country } from './country.ts';
import type { RejectSink } from './rejected-rows.ts';

export interface RegisterLoad {
  readonly municipality: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Found out from the first bytes where absent. */
  readonly encoding?: FileEncoding;
  readonly rejects: RejectSink<RejectedRow>;
  readonly operator: string;
  readonly correlation: string;
  readonly progress?: (step: ImportProgress) => void;
}

export async function loadRegister(
  country: Country,
  load: RegisterLoad,
): Promise<Result<ImportCounts, ImportFailure>> {
  const session = country.database.session('registry');
  const access: Access = {
    actorKind: 'operator',
    actor: load.operator,
    terminal: 'command-line',
    article: '住民基本台帳法 第5条',
    affair: 'register-load',
    correlation: load.correlation,
  };
  try {
    return await importRegister(country.systems.registry, {
      municipality: load.municipality,
      text: decodeText(load.bytes, load.encoding),
      access,
      session,
      reject: (row) => load.rejects.write(row),
      ...(load.progress && { progress: load.progress }),
    });
  } finally {
    await load.rejects.close();
    await session.end({ timeout: 5 });
  }
}
