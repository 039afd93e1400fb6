/** Gives a file of a case to whoever may see the case: streamed, as a download whose type a browser does not guess. */
import { Readable } from 'node:stream';
import { inTransaction } from '@ishizue/db';
import { type Answer, answer } from '@ishizue/http';
import { fail, ok, type Result } from '@ishizue/outcome';
import type { ActingBy } from '../desk/acting.ts';
import type { DeskPlace } from '../desk/place.ts';
import { withCase } from '../desk/read-cases.ts';

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'text/plain': 'txt',
};

interface Content {
  readonly id: number;
  readonly mediaType: string;
  readonly bytes: number;
}

/** @param wanted a file that the case's form or a move of its history names */
export async function readAttachment(
  place: DeskPlace,
  by: ActingBy,
  wanted: { readonly caseId: number; readonly sha256: string },
): Promise<Result<Answer<200, Readable>, 'case-unknown' | 'attachment-unknown'>> {
  const found = await withCase(place, by, wanted.caseId, 'read-file', async (tx) => {
    const [content] = await tx<Content[]>`
      SELECT c.id, c.media_type AS "mediaType", c.bytes
      FROM procedure.named_file n JOIN procedure.content c ON c.kind = n.kind AND c.sha256 = n.sha256
      WHERE n.case_id = ${wanted.caseId} AND n.kind = ${place.kind} AND n.sha256 = ${Buffer.from(wanted.sha256, 'hex')}`;
    return content;
  });
  if (!found.ok) return found;
  const content = found.value;
  if (!content) return fail('attachment-unknown', 'the case has no such file');
  const name = `${wanted.sha256.slice(0, 12)}.${EXTENSIONS[content.mediaType] ?? 'bin'}`;
  return ok(
    answer(200, Readable.from(chunksOf(place, content.id), { objectMode: false }), {
      'content-length': String(content.bytes),
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
    }),
  );
}

/** A chunk at a time, each by its key: no connection is held while a slow reader reads. */
async function* chunksOf({ sql, site, kind }: DeskPlace, contentId: number): AsyncGenerator<Buffer> {
  for (let nth = 0; ; nth++) {
    const [row] = await inTransaction(
      sql,
      { site },
      async (tx) =>
        tx<{ chunk: Buffer }[]>`
        SELECT chunk FROM procedure.content_chunk WHERE content_id = ${contentId} AND nth = ${nth} AND kind = ${kind}`,
    );
    if (!row) return;
    yield row.chunk;
  }
}
