/**
 * Takes a file for a field: streamed into chunks of the database, hashed and inspected on the way, kept once for each
 * procedure. Whatever is wrong with it leaves nothing of it but the ledger entry.
 */
import { createHash } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { Definition } from '../define/definition.ts';
import type { FieldShape } from '../define/field.ts';
import { fieldAt } from '../define/form-value.ts';
import { type ActingBy, keyOf } from '../desk/acting.ts';
import type { DeskPlace } from '../desk/place.ts';
import { recordTouched } from '../desk/record-moves.ts';
import { FileInspector, type InspectionCode, MEDIA_TYPES } from './file-inspector.ts';

export interface StoredFile {
  /** In hexadecimal: the value of the field. */
  readonly sha256: string;
  readonly mediaType: string;
  readonly bytes: number;
}

export type AttachmentCode =
  | InspectionCode
  | 'attachment-field-unknown'
  | 'attachment-too-large'
  | 'attachment-too-many';

const CHUNK_BYTES = 262_144;
/** Files that one actor may bring in a day. */
const UPLOADS_MAX = 500;
const DAY_MS = 86_400_000;

type AttachmentShape = Extract<FieldShape, { kind: 'attachment' }>;

/** @param field `documents.file` of the form, `return/letter` of the move `return` */
export async function storeAttachment(
  place: DeskPlace,
  definition: Definition,
  by: ActingBy,
  field: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Result<StoredFile>> {
  const { at } = place.moment();
  const { site, pseudonyms } = place;
  const entry = {
    site,
    pseudonyms,
    by,
    at,
    article: definition.basis,
    affair: `${definition.id}-attach`,
    fields: ['attachment'],
  };
  const record = (tx: Tx, result: string): Promise<void> =>
    recordTouched(tx, entry, [{ subject: undefined, result }]);
  const given = await rewritten(place, definition, field, bytes);
  if (!given.ok) {
    await inTransaction(place.sql, { site }, (tx) => record(tx, given.failure.code));
    return given;
  }
  const stored = await inTransaction(place.sql, { site }, async (tx) => {
    const shape = shapeFor(definition, field);
    if (!shape) return refuse(fail('attachment-field-unknown', 'no field of this name takes a file'));
    if (await hasTooMany(tx, place, by, at))
      return refuse(fail('attachment-too-many', `${UPLOADS_MAX} files a day`));
    const taken = await takeBytes(tx, place, shape, given.value, at);
    if (!taken.ok) return refuse(taken);
    await tx`
      INSERT INTO procedure.upload (kind, sha256, field, actor, at)
      VALUES (${place.kind}, ${Buffer.from(taken.value.sha256, 'hex')}, ${field}, ${keyOf(by.actor)}, ${new Date(at)})
      ON CONFLICT (kind, actor, sha256, field) DO UPDATE SET at = excluded.at`;
    await record(tx, 'ok');
    return taken;
  }).catch((error: unknown) => {
    if (error instanceof Refused) return error.failure;
    throw error;
  });
  if (!stored.ok) await inTransaction(place.sql, { site }, (tx) => record(tx, stored.failure.code));
  return stored;
}

/** The file as it is to be kept: as it came, or as the system rewrites it, for which it is held in memory as a whole. */
async function rewritten(
  { rewrites }: DeskPlace,
  definition: Definition,
  field: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<Result<AsyncIterable<Uint8Array>>> {
  const rewrite = Object.hasOwn(rewrites, field) ? rewrites[field] : undefined;
  const shape = shapeFor(definition, field);
  if (!rewrite || !shape) return ok(bytes);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > shape.bytes_max) return fail('attachment-too-large', `more than ${shape.bytes_max} bytes`);
    chunks.push(chunk);
  }
  const made = await rewrite(Buffer.concat(chunks));
  return made.ok ? ok(oneChunk(made.value)) : made;
}

// oxlint-disable-next-line require-await -- bytes come as a stream
async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Rolls back what was stored of a file that turns out to be refused. */
class Refused extends Error {
  readonly failure: Result<never, AttachmentCode> & { readonly ok: false };

  constructor(failure: Result<never, AttachmentCode> & { readonly ok: false }) {
    super('a file was refused');
    this.failure = failure;
  }
}

function refuse(failure: Result<never, AttachmentCode> & { readonly ok: false }): never {
  throw new Refused(failure);
}

function shapeFor({ form, moves }: Definition, field: string): AttachmentShape | undefined {
  const [, moveName, ownField] = /^([a-z0-9-]+)\/(.+)$/.exec(field) ?? [];
  const own = moveName !== undefined && Object.hasOwn(moves, moveName) ? moves[moveName]?.form : undefined;
  const found = ownField === undefined ? fieldAt(form, field) : own && fieldAt(own, ownField);
  return found?.shape.kind === 'attachment' ? found.shape : undefined;
}

async function hasTooMany(tx: Tx, { kind }: DeskPlace, by: ActingBy, at: number): Promise<boolean> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*) FROM procedure.upload
    WHERE kind = ${kind} AND actor = ${keyOf(by.actor)} AND at > ${new Date(at - DAY_MS)}`;
  return (row?.count ?? 0) >= UPLOADS_MAX;
}

async function takeBytes(
  tx: Tx,
  { kind }: DeskPlace,
  { types, bytes_max }: AttachmentShape,
  bytes: AsyncIterable<Uint8Array>,
  at: number,
): Promise<Result<StoredFile, AttachmentCode>> {
  const [row] = await tx<{ id: number }[]>`SELECT nextval('procedure.content_id_seq') AS id`;
  if (!row) throw new Error('no number for a file');
  const hash = createHash('sha256');
  const inspector = new FileInspector();
  let [size, nth] = [0, 0];
  for await (const chunk of inChunks(bytes)) {
    size += chunk.length;
    if (size > bytes_max) return fail('attachment-too-large', `more than ${bytes_max} bytes`);
    hash.update(chunk);
    inspector.push(chunk);
    await tx`
      INSERT INTO procedure.content_chunk (content_id, nth, kind, chunk) VALUES (${row.id}, ${nth++}, ${kind}, ${chunk})`;
  }
  const type = inspector.finish();
  if (!type.ok) return type;
  if (size === 0 || !types.includes(type.value))
    return fail('attachment-type-refused', `the field takes ${types.join(', ')}`);
  const sha256 = hash.digest();
  // a file that is there is held, so that nobody destroys it before the upload is written
  const [kept] = await tx<{ id: number }[]>`
    INSERT INTO procedure.content (id, kind, sha256, media_type, bytes, stored_at)
    VALUES (${row.id}, ${kind}, ${sha256}, ${MEDIA_TYPES[type.value]}, ${size}, ${new Date(at)})
    ON CONFLICT (kind, sha256) DO UPDATE SET stored_at = excluded.stored_at RETURNING id`;
  if (kept?.id !== row.id)
    await tx`DELETE FROM procedure.content_chunk WHERE content_id = ${row.id} AND kind = ${kind}`;
  return ok({ sha256: sha256.toString('hex'), mediaType: MEDIA_TYPES[type.value], bytes: size });
}

/** Bytes in chunks of one size, but for the last. */
async function* inChunks(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const part of bytes) {
    waiting.push(part);
    length += part.length;
    while (length >= CHUNK_BYTES) {
      const joined = Buffer.concat(waiting, length);
      yield joined.subarray(0, CHUNK_BYTES);
      waiting = [joined.subarray(CHUNK_BYTES)];
      length -= CHUNK_BYTES;
    }
  }
  if (length > 0) yield Buffer.concat(waiting, length);
}
