/**
 * What a route may answer besides JSON: pages, bytes, streams of JSON lines, nothing. JSON bodies are declared by
 * their zod schema alone and are encoded by it, so that a field that is not in the schema never leaves the house.
 */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { SafeHtml } from './html.ts';
import { pageHeaders } from './response-headers.ts';

/** What goes out. */
export type Payload = string | Uint8Array | Readable | undefined;

/** Content of one media type. */
export interface ResponseContent<Body> {
  readonly mediaType: string | undefined;
  readonly description: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The schema of one item, for OpenAPI. */
  readonly item?: z.ZodType;
  encode(body: Body): Payload;
}

/** The body of a declared response as a handler gives it. */
export type BodyFor<Spec> =
  Spec extends ResponseContent<infer Body> ? Body : Spec extends z.ZodType ? z.output<Spec> : never;

/** A page. */
export const page = (description = 'A page'): ResponseContent<SafeHtml> => ({
  mediaType: 'text/html; charset=utf-8',
  description,
  headers: pageHeaders,
  encode: (body) => body.toString(),
});

/** Bytes of one media type, whole or streamed. */
export const bytes = (mediaType: string, description = 'A file'): ResponseContent<Uint8Array | Readable> => ({
  mediaType,
  description,
  headers: {},
  encode: (body) => body,
});

/** No content: 204, and redirects. */
export const empty = (description = 'No content'): ResponseContent<undefined> => ({
  mediaType: undefined,
  description,
  headers: {},
  encode: () => undefined,
});

const CHUNK_CHARACTERS = 32_768; // lines are sent in chunks of about this size: one write a line would be slow

/**
 * Newline-delimited JSON of any length. The source is read only as fast as the client takes; past `linesMax`, or when
 * the source fails, the connection is cut, so that a client never takes a part for the whole.
 */
export const ndjson = <Item extends z.ZodType>(
  item: Item,
  options: { readonly linesMax: number; readonly description?: string },
): ResponseContent<AsyncIterable<z.output<Item>>> => ({
  mediaType: 'application/x-ndjson',
  description: options.description ?? 'One JSON document a line',
  headers: {},
  item,
  encode: (body) => Readable.from(jsonLines(item, body, options.linesMax), { objectMode: false }),
});

async function* jsonLines<Item extends z.ZodType>(
  item: Item,
  source: AsyncIterable<z.output<Item>>,
  linesMax: number,
): AsyncGenerator<Buffer, void> {
  let lines = 0;
  let text = '';
  for await (const value of source) {
    if (++lines > linesMax) throw new Error(`a stream has more than ${linesMax} lines`);
    text += `${JSON.stringify(z.encode(item, value))}\n`;
    if (text.length < CHUNK_CHARACTERS) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}
