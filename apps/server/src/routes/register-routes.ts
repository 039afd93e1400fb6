/** Loading a municipality's register over HTTP: the file streams in, counts and the first rejected rows come back. */
import { operatorWith, route, upload } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { REGISTRAR } from '@ishizue/registry';
import { z } from 'zod';
import type { Country } from '../country.ts';
import { loadRegister } from '../municipal-register.ts';
import { RejectedRows } from '../rejected-rows.ts';
import { FILE_BYTES_MAX, fileStatuses, LOAD_TIMEOUT_MS, REJECTS_SHOWN } from './file-loading.ts';

export const registerStatuses = {
  ...fileStatuses,
  'codes-not-allocated': 503,
} as const;

export function registerRoutes(country: Country, municipality: string) {
  const load = route({
    method: 'POST',
    path: '/register-files',
    summary: 'Load a register file; good rows load, bad rows are told',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: upload({ mediaTypes: ['text/csv'], bytesMax: FILE_BYTES_MAX }),
    timeoutMs: LOAD_TIMEOUT_MS,
    responses: {
      200: z.object({
        read: z.int(),
        loaded: z.int(),
        unchanged: z.int(),
        rejected: z.int(),
        /** The first of the rejected rows; the details name columns and never repeat content. */
        rejects: z.array(z.object({ row: z.int(), code: z.string(), detail: z.string() })),
      }),
    },
    handler: async ({ body, actor, correlation }) => {
      const rejects = new RejectedRows(REJECTS_SHOWN);
      const { operator } = actor;
      const loaded = await loadRegister(country, {
        municipality,
        bytes: body,
        rejects,
        operator,
        correlation,
      });
      return loaded.ok ? ok({ ...loaded.value, rejects: [...rejects.rows] }) : loaded;
    },
  });
  return [load] as const;
}
