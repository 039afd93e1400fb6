/** Population movement over HTTP, for the one agency that is entitled to it: a request signed by RFC 9421, a file back. */
import { Readable } from 'node:stream';
import { bytes, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { RegistryContext } from '../registry-context.ts';
import { movementReportFor } from './movement-report.ts';

export const movementStatuses = {
  'agency-unknown': 403,
  'agency-suspended': 403,
  'movement-not-permitted': 403,
  'month-invalid': 422,
  'month-not-over': 409,
  'month-not-settled': 503,
  'month-before-feed': 404,
} as const;

/** The route of the national site. */
export function movementRoutes(context: RegistryContext) {
  const month = route({
    method: 'GET',
    path: '/movement/:month',
    summary: 'Population movement of a month that is over, by municipality, reason, sex and age',
    tags: ['movement'],
    access: 'site',
    params: z.strictObject({ month: z.string().max(7) }),
    responses: {
      200: bytes('text/csv; charset=utf-8', 'month … count, one line a cell; corrections are told by kind'),
    },
    handler: async ({ params, actor, correlation }) => {
      const access = {
        actorKind: 'site' as const,
        actor: actor.site,
        terminal: 'site',
        article: '住民基本台帳法 第37条',
        affair: 'population-movement',
        correlation,
      };
      const report = await movementReportFor(context, access, actor.site, params.month);
      return report.ok ? ok(Readable.from(buffersOf(report.value.csv), { objectMode: false })) : report;
    },
  });
  return [month] as const;
}

async function* buffersOf(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of text) yield Buffer.from(piece);
}
