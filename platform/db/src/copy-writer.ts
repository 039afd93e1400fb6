/** Rows into a table by COPY, line by line and with bounded memory: the fastest way in for a file of any length. */
import { once } from 'node:events';
import type { Sql } from './sql.ts';

/** Takes lines that `copyLine` made. */
export interface CopyWriter {
  write(line: string): Promise<void>;
  /** Ends the COPY; only then are the rows there. */
  end(): Promise<void>;
}

const FLUSH_CHARACTERS = 64 * 1024;

/** Opens a COPY of some columns of a table, names that the code wrote; the session does nothing else until it is ended. */
export async function openCopy(session: Sql, table: string, columns: readonly string[]): Promise<CopyWriter> {
  const stream = await session`
    COPY ${session.unsafe(table)} (${session.unsafe(columns.join(', '))}) FROM STDIN`.writable();
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  let buffer = '';
  const flush = async (): Promise<void> => {
    if (failure) throw failure;
    const chunk = buffer;
    buffer = '';
    if (!stream.write(chunk)) await once(stream, 'drain');
  };
  return {
    async write(line) {
      buffer += `${line}\n`;
      if (buffer.length >= FLUSH_CHARACTERS) await flush();
    },
    async end() {
      await flush();
      stream.end();
      await once(stream, 'finish');
    },
  };
}

const SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The fields of a row as a line of COPY's text format. */
export const copyLine = (fields: readonly (string | number | boolean | null)[]): string =>
  fields.map(copyText).join('\t');

function copyText(value: string | number | boolean | null): string {
  if (value === null) return '\\N';
  return String(value).replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}
