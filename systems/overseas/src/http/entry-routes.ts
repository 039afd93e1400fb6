/**
 * The supplementary family register over HTTP, for officers of one municipality: acts of the domicile, and the notices of
 * the residence that go by paper. Codes of persons travel in bodies, never in addresses.
 */
import { type Call, type OperatorActor, operatorWith, route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { type Access, REGISTRAR } from '@ishizue/registry';
import { z } from 'zod';
import { entryNoticeBody } from '../municipal/entry-notice.ts';
import { takePaperNotices } from '../municipal/paper-notices.ts';
import { recordEntryAct } from '../municipal/record-entry-act.ts';
import type { OverseasContext } from '../overseas-context.ts';

export const entryStatuses = {
  'resident-code-malformed': 422,
  'resident-code-check-digit': 422,
  'text-refused': 422,
  'individual-number-in-text': 422,
  'birth-date-invalid': 422,
  'event-date-invalid': 422,
  'domicile-elsewhere': 422,
  'resident-code-retired': 409,
  'entry-exists': 409,
  'entry-unknown': 404,
  'entry-deleted': 409,
  'correction-changes-nothing': 422,
} as const;

const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
const text = (length_max: number) => z.string().trim().min(1).max(length_max);
const sex = z.union([z.literal(1), z.literal(2), z.literal(3)]);
const birthDate = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const whom = { residentCode: z.string().regex(/^\d{11}$/), eventDate: z.iso.date() };

const actBody = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('enter'),
    ...whom,
    familyRegister: text(200),
    familyRegisterHead: text(100),
    name: text(100),
    birthDate,
    sex,
    address: text(200),
    addressFixedOn: z.iso.date(),
  }),
  z.strictObject({
    act: z.literal('correct'),
    ...whom,
    name: text(100).exactOptional(),
    birthDate: birthDate.exactOptional(),
    sex: sex.exactOptional(),
  }),
  z.strictObject({ act: z.literal('delete'), ...whom }),
]);

/** The routes of one municipality, by six-digit code. */
export function entryRoutes(context: OverseasContext, municipality: string) {
  const actRoute = route({
    method: 'POST',
    path: '/entry-acts',
    summary: 'Enter, correct or delete an entry of the supplementary family register',
    tags: ['overseas'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ terminal, act: actBody }),
    responses: { 201: z.object({ sequence: z.int() }) },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第18条', 'supplementary-register');
      const recorded = await recordEntryAct(context, municipality, access, body.act);
      return recorded.ok ? ok({ sequence: recorded.value }) : recorded;
    },
  });
  const paperRoute = route({
    method: 'POST',
    path: '/paper-notices/take',
    summary: 'Take the next notices that no link can carry, to send them by paper; each is taken once',
    tags: ['overseas'],
    access: operatorWith(REGISTRAR),
    body: z.strictObject({ terminal, limit: z.int().min(1).max(1_000).default(100) }),
    responses: {
      200: z.object({ notices: z.array(z.object({ domicile: z.string(), notice: entryNoticeBody })) }),
    },
    handler: async ({ body, ...call }) => {
      const access = accessOf(call, body.terminal, '住民基本台帳法 第19条', 'entry-notice');
      return ok({ notices: [...(await takePaperNotices(context, municipality, access, body.limit))] });
    },
  });
  return [actRoute, paperRoute] as const;
}

function accessOf(
  call: Pick<Call<unknown, unknown, unknown, OperatorActor>, 'actor' | 'correlation'>,
  at: string,
  article: string,
  affair: string,
): Access {
  return {
    actorKind: 'operator',
    actor: call.actor.operator,
    terminal: at,
    article,
    affair,
    correlation: call.correlation,
  };
}
