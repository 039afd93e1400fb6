/**
 * Loads a register file into a municipality of an open country: the bytes are decoded as they stream, the reject file
 * is written beside, and the counts come back. What the command line and the first start share.
 */
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import type { Result } from '@ishizue/outcome';
import {
  type Access,
  type ImportCounts,
  type ImportFailure,
  type ImportProgress,
  importRegister,
  REGISTER_COLUMNS,
  REJECT_COLUMNS,
  type RejectedRow,
  TextUndecodable,
} from '@ishizue/registry';
import { detectEncoding, type FileEncoding, FileTextDecoder } from '@ishizue/text';
import type { Country } from './country.ts';

export interface RegisterLoad {
  readonly municipality: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Found out from the first bytes where absent. */
  readonly encoding?: FileEncoding;
  /** Where rejected rows go; made with the first of them. */
  readonly rejectFile: string;
  readonly operator: string;
  readonly correlation: string;
  readonly progress?: (step: ImportProgress) => void;
}

export async function loadRegister(
  country: Country,
  load: RegisterLoad,
): Promise<Result<ImportCounts, ImportFailure>> {
  const session = country.database.session('registry');
  const rejects = new RejectFile(load.rejectFile);
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
      reject: (row) => rejects.write(row),
      ...(load.progress && { progress: load.progress }),
    });
  } finally {
    await rejects.close();
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

class RejectFile {
  readonly #path: string;
  #stream: WriteStream | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async write(row: RejectedRow): Promise<void> {
    this.#stream ??= this.#open();
    const fields = [...REGISTER_COLUMNS.map((column) => row.fields[column]), row.row, row.code, row.detail];
    if (!this.#stream.write(csvLine(fields))) await once(this.#stream, 'drain');
  }

  #open(): WriteStream {
    // rejected rows are personal data like the register they come from
    const stream = createWriteStream(this.#path, { mode: 0o600 });
    stream.write(csvLine([...REGISTER_COLUMNS, ...REJECT_COLUMNS]));
    return stream;
  }

  async close(): Promise<void> {
    if (!this.#stream) return;
    this.#stream.end();
    await once(this.#stream, 'finish');
  }
}

function csvLine(fields: readonly (string | number)[]): string {
  const quoted = fields.map((field) => {
    const text = String(field);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(',')}\r\n`;
}
