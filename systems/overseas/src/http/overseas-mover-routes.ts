/**
 * Overseas movers over HTTP: the national site answers with the resident code, a prefecture without it (住民基本台帳法 art.
 * 30-44-6). The caller names the affair; the dated rule decides whether it is one.
 */
import { operatorWith, route } from '@ishizue/http';
import { type Access, IDENTITY_READER, NATIONAL_SITE } from '@ishizue/registry';
import { z } from 'zod';
import type { OverseasContext } from '../overseas-context.ts';
import { findOverseasPerson, findOverseasPersonAtPrefecture } from '../tiers/find-overseas-person.ts';

export const overseasMoverStatuses = {
  'affair-not-permitted': 403,
  'person-unknown': 404,
  'not-an-overseas-mover': 409,
  'entry-deleted': 410,
} as const;

const mover = z.object({
  /** Of the national site's answer alone. */
  residentCode: z.string().exactOptional(),
  /** Municipality of domicile, six digits. */
  municipality: z.string(),
  name: z.string(),
  birthDate: z.string(),
  sex: z.int(),
});

/** The routes of one site: `national` or `prefectural/13`. */
export function overseasMoverRoutes(context: OverseasContext, site: string) {
  const find = (access: Access, residentCode: string) =>
    site === NATIONAL_SITE
      ? findOverseasPerson(context, access, residentCode)
      : findOverseasPersonAtPrefecture(context, site.slice('prefectural/'.length), access, residentCode);
  const lookUp = route({
    method: 'POST',
    path: '/overseas-movers/look-up',
    summary: 'Identity data of an overseas mover by resident code, for an affair of overseas movers',
    tags: ['overseas'],
    access: operatorWith(IDENTITY_READER),
    body: z.strictObject({
      residentCode: z.string().regex(/^\d{11}$/),
      affair: z.string().regex(/^[a-z0-9-]{1,64}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 200: mover },
    handler: ({ body, actor, correlation }) =>
      find(
        {
          actorKind: 'operator',
          actor: actor.operator,
          terminal: body.terminal,
          article: '住民基本台帳法 第30条の44の6',
          affair: body.affair,
          correlation,
        },
        body.residentCode,
      ),
  });
  return [lookUp] as const;
}
