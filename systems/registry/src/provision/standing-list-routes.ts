/** Standing change lists over HTTP; part of provision-routes.ts. Fetching is a POST: it provides, and writes the ledger. */
import { answer, empty, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { RegistryContext } from '../registry-context.ts';
import { providedIdentity } from './provided-items.ts';
import { caseNumber, provisionTerms } from './provision-request.ts';
import {
  acknowledgeChanges,
  addToStandingList,
  fetchChanges,
  MEMBERS_MAX,
  openStandingList,
  removeFromStandingList,
} from './standing-list.ts';

const listParams = z.strictObject({ listId: caseNumber });
const cursor = z.string().max(64);
const TAGS = ['provision'];

const changePage = z.object({
  changes: z.array(
    z.object({
      residentCode: z.string(),
      formerCode: z.string().exactOptional(),
      changed: z.object({ reason: z.string(), eventDate: z.string() }),
      identity: providedIdentity,
    }),
  ),
  cursor: z.string(),
  hasMore: z.boolean(),
});

/** Opening, following, fetching, acknowledging. */
export function standingListRoutes(context: RegistryContext) {
  const open = route({
    method: 'PUT',
    path: '/provision/lists/:listId',
    summary: 'Opens a standing change list under a row',
    tags: TAGS,
    access: 'site',
    params: listParams,
    body: z.strictObject(provisionTerms),
    responses: { 204: empty() },
    handler: async ({ params, body, actor }) => {
      const opened = await openStandingList(context, { ...body, ...params, agency: actor.site });
      return opened.ok ? answer(204, undefined) : opened;
    },
  });
  const persons = route({
    method: 'POST',
    path: '/provision/lists/:listId/persons',
    summary: 'Follows persons from now on, or no longer',
    tags: TAGS,
    access: 'site',
    params: listParams,
    body: z.strictObject({
      act: z.enum(['add', 'remove']),
      residentCodes: z
        .array(z.string().regex(/^\d{11}$/))
        .min(1)
        .max(MEMBERS_MAX),
    }),
    responses: { 200: z.object({ persons: z.int() }) },
    handler: async ({ params, body, actor }) => {
      const act = body.act === 'add' ? addToStandingList : removeFromStandingList;
      const done = await act(context, actor.site, params.listId, body.residentCodes);
      return done.ok ? ok({ persons: done.value }) : done;
    },
  });
  const fetch = route({
    method: 'POST',
    path: '/provision/lists/:listId/changes',
    summary: 'The changes after a cursor, or after what was acknowledged',
    tags: TAGS,
    access: 'site',
    params: listParams,
    body: z.strictObject({ after: cursor.optional() }),
    responses: { 200: changePage },
    handler: async ({ params, body, actor }) => {
      const page = await fetchChanges(context, actor.site, params.listId, body.after);
      return page.ok ? ok({ ...page.value, changes: [...page.value.changes] }) : page;
    },
  });
  const acknowledge = route({
    method: 'POST',
    path: '/provision/lists/:listId/acknowledgement',
    summary: 'The agency has the changes up to a cursor',
    tags: TAGS,
    access: 'site',
    params: listParams,
    body: z.strictObject({ cursor }),
    responses: { 204: empty() },
    handler: async ({ params, body, actor }) => {
      const done = await acknowledgeChanges(context, actor.site, params.listId, body.cursor);
      return done.ok ? answer(204, undefined) : done;
    },
  });
  return [open, persons, fetch, acknowledge] as const;
}
