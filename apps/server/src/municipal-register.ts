/**
 * Loads a register file into a municipality of an open country: the bytes are decoded as they stream, rejected
 * rows go where the caller wants them, and the counts come back.
 */
import type { Result } from '@ishizue/outcome';
import {
  type Access,
  type ImportCounts,
  type ImportFailure,
  type ImportProgress,
  importRegister,
  TextUndecodable,
} from '@ishizue/registry';
import { detectEncoding, type FileEncoding, FileTextDecoder } from '@ishizue/text';
import type { Country } from './country.ts';
import type { RejectSink } from './rejected-rows.ts';

export interface RegisterLoad {
  readonly municipality: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Found out from the first bytes where absent. */
  readonly encoding?: FileEncoding;
  readonly rejects: RejectSink;
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
      text: decode(load.bytes, load.encoding),
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

async function* decode(
  bytes: AsyncIterable<Uint8Array>,
  encoding: FileEncoding | undefined,
): AsyncGenerator<string> {
  let decoder = encoding && new FileTextDecoder(encoding);
  for await (const chunk of bytes) {
    decoder ??= decoderFor(chunk);
    const text = decoder.write(chunk);
    if (!text.ok) throw new TextUndecodable(text.failure.detail);
    yield text.value;
  }
  const end = decoder?.end();
  if (end && !end.ok) throw new TextUndecodable(end.failure.detail);
}

/** ASCII alone is read as UTF-8: a Shift_JIS file whose first Japanese comes later must be named as one. */
function decoderFor(first: Uint8Array): FileTextDecoder {
  const detected = detectEncoding(first);
  if (detected === 'unknown') throw new TextUndecodable('the file is neither UTF-8 nor Shift_JIS');
  return new FileTextDecoder(detected === 'ascii' ? 'utf-8' : detected);
}
