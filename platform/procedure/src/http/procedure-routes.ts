/**
 * The API of a procedure, for programs: open, move, one or many; read, history, inbox; files; delegation. Every change has a
 * request id of the caller's. What forms hold is told in OpenAPI by today's version; they are parsed by the desk, by the
 * version of the case.
 */
import { bytes, empty, route, upload } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { readAttachment } from '../attachments/read-attachment.ts';
import type { Fields } from '../define/field.ts';
import { schemaOf } from '../define/form-value.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { ROWS_MAX } from '../desk/request-limits.ts';
import { HOLD_REASONS } from '../keeping/hold-case.ts';
import { actingBy, SIGNED_IN } from './caller.ts';

const request = z.string().min(1).max(80).meta({ description: 'The same request is carried out once' });
const caseId = z.int().positive();
const caseParams = z.object({ caseId: z.coerce.number().int().positive() });
const receipt = z.object({ caseId, sequence: z.int(), state: z.string(), dueOn: z.iso.date().nullable() });
const values = z.record(z.string(), z.unknown());
const carried = z.object({
  moved: z.array(z.object({ row: z.int(), caseId })),
  refused: z.array(z.object({ row: z.int(), code: z.string(), detail: z.string() })),
});
const caseView = receipt.extend({
  isOpen: z.boolean(),
  deadline: z.string().nullable(),
  version: z.iso.date(),
  openedOn: z.iso.date(),
  applicant: z.string(),
  form: values,
  record: values,
});
const historyLine = z.object({
  sequence: z.int(),
  at: z.iso.datetime(),
  move: z.string(),
  actor: z.string(),
  onBehalf: z.string().nullable(),
  state: z.string(),
  own: values.nullable(),
  replaced: z.object({ form: values.optional(), record: values.optional() }).nullable(),
  notices: z.array(
    z.object({ to: z.string(), ja: z.string(), en: z.string(), channel: z.string().nullable() }),
  ),
});
const BULK_BYTES_MAX = 16_777_216;

/** A value of fields as OpenAPI shows it; the desk parses it. */
const shown = (fields: Fields) =>
  z.unknown().meta(z.toJSONSchema(schemaOf(fields), { unrepresentable: 'any' }) as Record<string, unknown>);

/** The routes, below `path` (`/grants`); mount them with `procedureStatuses`. */
export function procedureRoutes(desk: CaseDesk, { path }: { readonly path: `/${string}` }) {
  const { definition } = desk;
  const tags = [definition.id];
  const form = shown(definition.form);
  const own = values.optional();
  const asked = { move: z.string().max(32), request };
  return [
    route({
      method: 'POST',
      path,
      summary: `${definition.title.en}: open a case`,
      tags,
      access: SIGNED_IN,
      body: z.strictObject({ ...asked, form, own, applicant: z.string().max(200).optional() }),
      responses: { 201: receipt },
      handler: (call) => desk.start(actingBy(call), call.body),
    }),
    route({
      method: 'POST',
      path: `${path}/openings`,
      summary: `${definition.title.en}: open many cases`,
      tags,
      access: SIGNED_IN,
      bodyBytesMax: BULK_BYTES_MAX,
      body: z.strictObject({
        ...asked,
        rows: z.array(z.strictObject({ form, own, applicant: z.string().max(200).optional() })).max(ROWS_MAX),
      }),
      responses: { 200: carried },
      handler: async (call) => flatten(await desk.startMany(actingBy(call), call.body)),
    }),
    route({
      method: 'POST',
      path: `${path}/moves`,
      summary: `${definition.title.en}: make one move of many cases`,
      tags,
      access: SIGNED_IN,
      bodyBytesMax: BULK_BYTES_MAX,
      body: z.strictObject({
        ...asked,
        own,
        rows: z.array(z.strictObject({ caseId, expected: z.int().optional(), own })).max(ROWS_MAX),
      }),
      responses: { 200: carried },
      handler: async (call) => flatten(await desk.moveMany(actingBy(call), call.body)),
    }),
    route({
      method: 'POST',
      path: `${path}/:caseId/moves`,
      summary: `${definition.title.en}: move a case`,
      tags,
      access: SIGNED_IN,
      params: caseParams,
      body: z.strictObject({ ...asked, expected: z.int().positive(), own, form: z.unknown().optional() }),
      responses: { 200: receipt },
      handler: (call) => desk.move(actingBy(call), { ...call.body, caseId: call.params.caseId }),
    }),
    ...readingRoutes(desk, path, tags),
    ...fileRoutes(desk, path, tags),
    ...delegationRoutes(desk, path, tags),
    ...holdRoutes(desk, path, tags),
  ] as const;
}

type Bulk = Awaited<ReturnType<CaseDesk['moveMany']>>;

const flatten = (told: Bulk) =>
  told.ok
    ? ok({
        moved: [...told.value.moved],
        refused: told.value.refused.map(({ row, failure: { code, detail } }) => ({ row, code, detail })),
      })
    : told;

const readingRoutes = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) =>
  [
    route({
      method: 'GET',
      path,
      summary: 'Open cases, of an applicant all of theirs; a page',
      tags,
      access: SIGNED_IN,
      query: z.strictObject({
        state: z.string().max(64).optional(),
        dueBefore: z.iso.date().optional(),
        after: z.string().max(40).optional(),
        limit: z.coerce.number().int().min(1).max(100).optional(),
      }),
      responses: { 200: z.object({ cases: z.array(caseView), next: z.string().optional() }) },
      handler: async (call) => {
        const page = await desk.inbox(actingBy(call), call.query);
        return page.ok ? ok({ cases: [...page.value.cases], next: page.value.next }) : page;
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:caseId`,
      summary: 'A case, and the moves that the caller may make',
      tags,
      access: SIGNED_IN,
      params: caseParams,
      responses: { 200: caseView.extend({ moves: z.array(z.string()) }) },
      handler: async (call) => {
        const found = await desk.read(actingBy(call), call.params.caseId);
        return found.ok ? ok({ ...found.value, moves: [...found.value.moves] }) : found;
      },
    }),
    route({
      method: 'GET',
      path: `${path}/:caseId/history`,
      summary: 'Who moved a case when, and what was replaced',
      tags,
      access: SIGNED_IN,
      params: caseParams,
      responses: { 200: z.object({ history: z.array(historyLine) }) },
      handler: async (call) => {
        const lines = await desk.history(actingBy(call), call.params.caseId);
        if (!lines.ok) return lines;
        return ok({
          history: lines.value.map((line) => ({
            ...line,
            at: line.at.toISOString(),
            notices: [...line.notices],
          })),
        });
      },
    }),
  ] as const;

const fileRoutes = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) =>
  [
    route({
      method: 'POST',
      path: `${path}/attachments`,
      summary: 'Bring a file for a field; its type is what its bytes are',
      tags,
      access: SIGNED_IN,
      query: z.strictObject({ field: z.string().max(200) }),
      body: upload({
        mediaTypes: ['application/octet-stream', 'application/pdf', 'image/jpeg', 'image/png', 'text/plain'],
        bytesMax: desk.fileBytesMax,
      }),
      responses: { 201: z.object({ sha256: z.string(), mediaType: z.string(), bytes: z.int() }) },
      handler: (call) => desk.attach(actingBy(call), call.query.field, call.body),
    }),
    route({
      method: 'GET',
      path: `${path}/:caseId/attachments/:sha256`,
      summary: 'A file of a case',
      tags,
      access: SIGNED_IN,
      params: caseParams.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      responses: { 200: bytes('application/octet-stream') },
      handler: async (call) => readAttachment(desk.place, actingBy(call), call.params),
    }),
  ] as const;

const delegationRoutes = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) =>
  [
    route({
      method: 'POST',
      path: `${path}/delegations`,
      summary: 'Have somebody act in a case, in all of one’s cases, or with a role',
      tags,
      access: SIGNED_IN,
      body: z.strictObject({
        to: z.strictObject({ kind: z.enum(['person', 'operator']), id: z.string().min(1).max(100) }),
        what: z.union([
          z.strictObject({ caseId }),
          z.strictObject({ role: z.string().max(40) }),
          z.literal('all-my-cases'),
        ]),
        validTo: z.iso.datetime(),
      }),
      responses: { 201: z.object({ id: z.int() }) },
      handler: async (call) => {
        const { to, what, validTo } = call.body;
        const made = await desk.delegate(actingBy(call), { to, what, validTo: Date.parse(validTo) });
        return made.ok ? ok({ id: made.value }) : made;
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/delegations/:id`,
      summary: 'End a delegation',
      tags,
      access: SIGNED_IN,
      params: z.object({ id: z.coerce.number().int().positive() }),
      responses: { 204: empty('Ended') },
      handler: async (call) => {
        const ended = await desk.revokeDelegation(actingBy(call), call.params.id);
        return ended.ok ? ok(undefined) : ended;
      },
    }),
  ] as const;

const holdRoutes = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) =>
  [
    route({
      method: 'POST',
      path: `${path}/:caseId/holds`,
      summary: 'Keep a case beyond its last day, for a dispute, a correction or an audit',
      tags,
      access: SIGNED_IN,
      params: caseParams,
      body: z.strictObject({ request, reason: z.enum(HOLD_REASONS) }),
      responses: { 201: z.object({ id: z.int() }) },
      handler: async (call) => {
        const held = await desk.hold(actingBy(call), { ...call.body, caseId: call.params.caseId });
        return held.ok ? ok({ id: held.value }) : held;
      },
    }),
    route({
      method: 'DELETE',
      path: `${path}/:caseId/holds/:id`,
      summary: 'End a hold',
      tags,
      access: SIGNED_IN,
      params: caseParams.extend({ id: z.coerce.number().int().positive() }),
      responses: { 204: empty('Ended') },
      handler: async (call) => {
        const ended = await desk.endHold(actingBy(call), call.params.caseId, call.params.id);
        return ended.ok ? ok(undefined) : ended;
      },
    }),
  ] as const;
