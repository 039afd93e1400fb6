/**
 * Provision over HTTP, for agencies' machines: requests signed by RFC 9421 under the key of a registered agency. Immediate
 * queries, batch queries, standing lists. Keys of persons travel in bodies, never in addresses. Who is no registered
 * agency gets past the signature at most: the refusal is made by the registry, and on the ledger.
 */
import { Readable } from 'node:stream';
import { answer, BodyUnreadable, bytes, empty, route, upload } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { RegistryContext } from '../registry-context.ts';
import { LENIENCES } from '../search/compare-addresses.ts';
import { acknowledgeAnswer, batchProgress, collectAnswer, runBatch } from './batch-query.ts';
import { providedIdentity } from './provided-items.ts';
import { ProvisionDesk } from './provision-desk.ts';
import { caseNumber, provisionRequest, provisionTerms } from './provision-request.ts';
import { SearchDesk } from './search-desk.ts';
import { searchRequest } from './search-request.ts';
import { standingListRoutes } from './standing-list-routes.ts';

export const provisionStatuses = {
  'agency-unknown': 403,
  'agency-suspended': 403,
  'provision-not-permitted': 403,
  'person-unknown': 404,
  'number-retired': 410,
  'provision-overloaded': 503,
  'job-id-reused': 409,
  'file-columns': 422,
  'job-unknown': 404,
  'job-not-finished': 409,
  'answer-collected': 410,
  'list-unknown': 404,
  'list-id-reused': 409,
  'cursor-invalid': 422,
  'search-keys-insufficient': 422,
  'search-keys-invalid': 422,
  'no-match': 404,
  ambiguous: 409,
  'too-many-persons': 409,
  'search-not-ready': 503,
} as const;

const FILE_BYTES_MAX = 4 * 1024 ** 3;
const JOB_TIMEOUT_MS = 4 * 3_600_000;
const TAGS = ['provision'];

const batchProgressBody = z.object({
  lines: z.int().describe('answered so far'),
  given: z.int().describe('of them, persons who were found'),
  isFinished: z.boolean(),
});

const jobParams = z.strictObject({ jobId: caseNumber });

/** The routes of the national site for agencies. */
export function provisionRoutes(context: RegistryContext) {
  const desk = new ProvisionDesk(context);
  const ask = route({
    method: 'POST',
    path: '/provision/queries',
    summary: 'Immediate provision: the items of one person',
    tags: TAGS,
    access: 'site',
    body: provisionRequest,
    responses: { 200: providedIdentity },
    handler: ({ body, actor }) => desk.ask({ agency: actor.site, request: body }),
  });
  return [ask, searchRoute(context), ...batchRoutes(context), ...standingListRoutes(context)] as const;
}

const foundIdentity = z.object({
  person: providedIdentity,
  leniences: z
    .array(z.enum(LENIENCES))
    .describe(
      'what was overlooked in the address; where there is something, check the address a second time',
    ),
});

function searchRoute(context: RegistryContext) {
  const desk = new SearchDesk(context);
  return route({
    method: 'POST',
    path: '/provision/searches',
    summary: 'Search by what is known of a person: the items of exactly one, or of nobody',
    tags: TAGS,
    access: 'site',
    body: searchRequest,
    responses: { 200: foundIdentity },
    handler: async ({ body, actor }) => {
      const found = await desk.ask({ agency: actor.site, request: body });
      return found.ok ? ok({ ...found.value, leniences: [...found.value.leniences] }) : found;
    },
  });
}

function batchRoutes(context: RegistryContext) {
  const run = route({
    method: 'PUT',
    path: '/provision/jobs/:jobId',
    summary: 'Batch query: a file of case keys and person keys; the same again goes on with it',
    tags: TAGS,
    access: 'site',
    params: jobParams,
    query: z.strictObject({
      row: provisionTerms.row,
      affair: provisionTerms.affair,
      key: z.enum(['resident-code', 'individual-number']),
      items: z
        .string()
        .transform((text) => text.split(','))
        .pipe(provisionTerms.items),
    }),
    body: upload({ mediaTypes: ['text/csv'], bytesMax: FILE_BYTES_MAX }),
    timeoutMs: JOB_TIMEOUT_MS,
    responses: { 200: batchProgressBody },
    handler: ({ params, query, body, actor }) =>
      runBatch(context, { ...query, ...params, agency: actor.site }, textOf(body)),
  });
  const progress = route({
    method: 'GET',
    path: '/provision/jobs/:jobId',
    summary: 'How far a batch query is',
    tags: TAGS,
    access: 'site',
    params: jobParams,
    responses: { 200: batchProgressBody },
    handler: async ({ params, actor }) => {
      const found = await batchProgress(context, actor.site, params.jobId);
      return found ? ok(found) : fail('job-unknown', 'the agency has no job of this id');
    },
  });
  const collect = route({
    method: 'GET',
    path: '/provision/jobs/:jobId/answer',
    summary: 'The file of answers of a finished batch query',
    tags: TAGS,
    access: 'site',
    params: jobParams,
    responses: { 200: bytes('text/csv; charset=utf-8', 'case_key, result, and the fields of the items') },
    handler: async ({ params, actor }) => {
      const collected = await collectAnswer(context, actor.site, params.jobId);
      return collected.ok ? ok(Readable.from(bytesOf(collected.value), { objectMode: false })) : collected;
    },
  });
  const acknowledge = route({
    method: 'POST',
    path: '/provision/jobs/:jobId/acknowledgement',
    summary: 'The agency has the answers: they are deleted here',
    tags: TAGS,
    access: 'site',
    params: jobParams,
    responses: { 204: empty() },
    handler: async ({ params, actor }) => {
      const acknowledged = await acknowledgeAnswer(context, actor.site, params.jobId);
      return acknowledged.ok ? answer(204, undefined) : acknowledged;
    },
  });
  return [run, progress, collect, acknowledge] as const;
}

async function* textOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (piece: Uint8Array, stream: boolean): string => {
    try {
      return decoder.decode(piece, { stream });
    } catch (error) {
      throw new BodyUnreadable('the file is not UTF-8', { cause: error });
    }
  };
  for await (const piece of body) yield decode(piece, true);
  yield decode(new Uint8Array(), false);
}

async function* bytesOf(text: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const piece of text) yield Buffer.from(piece);
}
