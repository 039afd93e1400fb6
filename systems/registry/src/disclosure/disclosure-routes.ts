/** Disclosures over HTTP at one site: the procedure's own routes and screens, and the paper, which the procedure does not have. */
import { bytes, type ErrorStatus, operatorWith, route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import type { PdfCode } from '@ishizue/pdf';
import { procedurePages, procedureRoutes, procedureStatuses } from '@ishizue/procedure';
import { z } from 'zod';
import { DISCLOSURE_OFFICER } from './disclosure-context.ts';
import type { DisclosureDesk } from './disclosure-desk.ts';

const PDF_STATUSES: Readonly<Record<PdfCode, ErrorStatus>> = {
  'font-unusable': 500,
  'image-unusable': 500,
  'glyph-missing': 409,
  'text-overflow': 409,
  'block-too-tall': 409,
  'document-too-large': 409,
  'barcode-unencodable': 500,
};
const PRINT_TIMEOUT_MS = 60_000;

/** The routes for programs, below `/disclosures`. */
export function disclosureRoutes(desk: DisclosureDesk) {
  const paper = route({
    method: 'POST',
    path: '/disclosures/:caseId/paper',
    summary: 'Make the paper of a disclosure that is decided; it is given once and only its digest is kept',
    tags: ['identity-disclosure'],
    access: operatorWith(DISCLOSURE_OFFICER),
    params: z.object({ caseId: z.coerce.number().int().positive() }),
    body: z.strictObject({ terminal: z.string().regex(/^[0-9a-z-]{1,32}$/) }),
    timeoutMs: PRINT_TIMEOUT_MS,
    responses: { 200: bytes('application/pdf') },
    handler: async ({ params, body, actor, correlation }) => {
      const by = {
        actor: { kind: 'operator' as const, id: actor.operator, roles: actor.roles },
        terminal: body.terminal,
        correlation,
      };
      const printed = await desk.printPaper(by, params.caseId);
      return printed.ok ? ok(printed.value.bytes) : printed;
    },
  });
  return [...procedureRoutes(desk.cases, { path: '/disclosures' }), paper] as const;
}

/** @param prefix where the part is mounted: pages name each other by whole paths */
export const disclosurePages = (desk: DisclosureDesk, prefix: `/${string}`) =>
  procedurePages(desk.cases, {
    path: `${prefix}/pages/disclosures`,
    paper: {
      title: { ja: '開示の書面を作成する', en: 'Make the paper of the disclosure' },
      states: ['decided'],
      make: async (by, caseId) => {
        if (!by.actor.roles?.includes(DISCLOSURE_OFFICER))
          return fail('not-permitted', 'the paper is made by officers for disclosures');
        const printed = await desk.printPaper({ ...by, terminal: 'screen' }, caseId);
        return printed.ok ? ok(printed.value.bytes) : printed;
      },
    },
  });

export function disclosureStatuses(desk: DisclosureDesk): Readonly<Record<string, ErrorStatus>> {
  return {
    ...procedureStatuses(desk.cases),
    'history-too-long': 409,
    'person-found-meanwhile': 409,
    ...PDF_STATUSES,
  };
}
