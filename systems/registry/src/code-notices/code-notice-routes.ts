/** The counter prints the written notices of changed codes over HTTP. The files stay in the installation's folder. */
import { operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { REGISTRAR } from '../http/municipal-routes.ts';
import type { CodeNoticeDesk } from './code-notice-desk.ts';
import { CODE_NOTICES_MAX, printCodeNotices } from './print-code-notices.ts';

/** The statuses of the failures of these routes. */
export const codeNoticeStatuses = { 'batch-id-malformed': 422, 'no-notice-queued': 409 } as const;

const PRINT_TIMEOUT_MS = 120_000;

const batchView = z.object({
  batchId: z.string(),
  printed: z.int(),
  /** Of the printed those that are handed over at the counter, not posted. */
  atCounter: z.int(),
  withdrawn: z.int(),
  left: z.int(),
  files: z.array(z.object({ name: z.string(), notices: z.int(), bytes: z.int(), sha256: z.string() })),
});

/** The route of one municipality. */
export function codeNoticeRoutes(desk: CodeNoticeDesk, municipality: string) {
  const print = route({
    method: 'POST',
    path: '/code-notices/batches',
    summary:
      'Print the next notices of changed resident codes; the same batch again is answered, not printed',
    tags: ['registry'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({
      batchId: z.string().max(64),
      noticesMax: z.int().min(1).max(CODE_NOTICES_MAX).default(CODE_NOTICES_MAX),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    timeoutMs: PRINT_TIMEOUT_MS,
    responses: { 200: batchView },
    handler: async ({ body, actor, correlation }) => {
      const access = {
        actorKind: 'operator',
        actor: actor.operator,
        terminal: body.terminal,
        article: '住民基本台帳法 第30条の4',
        affair: 'code-notice',
        correlation,
      } as const;
      const order = { batchId: body.batchId, notices_max: body.noticesMax };
      const printed = await printCodeNotices(desk, municipality, access, order);
      return printed.ok ? ok({ ...printed.value, files: [...printed.value.files] }) : printed;
    },
  });
  return [print] as const;
}
