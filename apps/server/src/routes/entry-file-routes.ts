/** Loading a municipality's supplementary family register over HTTP: the file streams in, counts and rejects come back. */
import { operatorWith, route, upload } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { REGISTRAR } from '@ishizue/registry';
import { z } from 'zod';
import type { Country } from '../country.ts';
import { loadEntryFile } from '../entry-file.ts';
import { RejectedRows } from '../rejected-rows.ts';
import { FILE_BYTES_MAX, fileStatuses, LOAD_TIMEOUT_MS, REJECTS_SHOWN } from './file-loading.ts';

export const entryFileStatuses = {
  ...fileStatuses,
  'checksum-differs': 422,
  'row-count-differs': 422,
} as const;

export function entryFileRoutes(country: Country, municipality: string) {
  const load = route({
    method: 'POST',
    path: '/entry-files',
    summary: 'Load a file of entries of the supplementary family register; good rows load, bad rows are told',
    tags: ['overseas'],
    access: operatorWith(REGISTRAR),
    query: z.strictObject({
      /** What the file's cover says of it: another file loads nothing. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/i)
        .exactOptional(),
      rows: z.coerce.number().int().min(0).exactOptional(),
    }),
    body: upload({ mediaTypes: ['text/csv'], bytesMax: FILE_BYTES_MAX }),
    timeoutMs: LOAD_TIMEOUT_MS,
    responses: {
      200: z.object({
        sha256: z.string(),
        read: z.int(),
        loaded: z.int(),
        unchanged: z.int(),
        rejected: z.int(),
        /** The first of the rejected rows; the details name columns and never repeat content. */
        rejects: z.array(z.object({ row: z.int(), code: z.string(), detail: z.string() })),
      }),
    },
    handler: async ({ body, query, actor, correlation }) => {
      const rejects = new RejectedRows(REJECTS_SHOWN);
      const loaded = await loadEntryFile(country, {
        municipality,
        bytes: body,
        announced: query,
        rejects,
        operator: actor.operator,
        correlation,
      });
      return loaded.ok ? ok({ ...loaded.value, rejects: [...rejects.rows] }) : loaded;
    },
  });
  return [load] as const;
}
