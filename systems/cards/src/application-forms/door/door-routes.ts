/**
 * The routes of the door: public, without a card. What a visitor shows travels in a body; only a QR code says a form's id in an address.
 * A visit's token is in its address, which no page elsewhere is told (Referrer-Policy).
 */
import { randomUUID } from 'node:crypto';
import {
  answer,
  type Call,
  type ErrorStatus,
  empty,
  form,
  page,
  type RateLimit,
  redirect,
  route,
  type SafeHtml,
  upload,
} from '@ishizue/http';
import { ok, type Result } from '@ishizue/outcome';
import {
  inLanguage,
  languageOf,
  oneFile,
  parseForm,
  procedureStatuses,
  refusalWords,
  valueOfPosted,
} from '@ishizue/procedure';
import { z } from 'zod';
import { photoStatuses } from '../../application/application-desk.ts';
import {
  AMENDED_FIELDS,
  applyAtDoor,
  attachAtDoor,
  DOOR_FIELDS,
  DOOR_FILES,
  standingOf,
} from './apply-at-door.ts';
import type { DoorDesk } from './door-desk.ts';
import { DOOR_PATH, type EntryFault, entryPage, type VisitPage, visitPage, visitPath } from './door-pages.ts';
import { findVisit, openVisit } from './visit.ts';

export const doorStatuses = ({ applications }: DoorDesk): Readonly<Record<string, ErrorStatus>> => ({
  ...procedureStatuses(applications),
  ...photoStatuses,
  'visit-over': 410,
});

export interface DoorLimits {
  /** Of pages, by address. */
  readonly pages: RateLimit;
  /** Of forms that are shown, by address. */
  readonly tries: RateLimit;
}

const TAGS = ['card-door'];
const lang = z.string().max(5).optional();
const params = z.object({ token: z.string().regex(/^[\w-]{32}$/) });
const posted = form(z.record(z.string(), z.union([z.string(), z.array(z.string())])));
const COMMON = { tags: TAGS, access: 'public' } as const;

type Asked = Pick<
  Call<unknown, { readonly lang?: string | undefined }, unknown, unknown>,
  'query' | 'headers' | 'forgeryField' | 'correlation'
>;
const shownIn = ({ query, headers, forgeryField }: Asked) => ({
  language: languageOf(query.lang, headers['accept-language']),
  forgeryField: forgeryField(),
});

const entering = (door: DoorDesk, { pages, tries }: DoorLimits) =>
  [
    route({
      ...COMMON,
      method: 'GET',
      path: DOOR_PATH,
      summary: 'The door for whoever has an application form',
      rateLimit: pages,
      query: z.object({ lang, id: z.string().max(40).catch('').default('') }),
      responses: { 200: page('The page') },
      handler: (call) => ok(entryPage(shownIn(call), { formId: digitsOf(call.query.id) })),
    }),
    route({
      ...COMMON,
      method: 'POST',
      path: DOOR_PATH,
      summary: 'Show a form and the birth date of its person',
      rateLimit: tries,
      bodyBytesMax: 2_048,
      query: z.object({ lang }),
      body: form(z.object({ formId: z.string().max(80), birthDate: z.string().max(40) })),
      responses: { 303: empty('To the visit'), 422: page('The page, the same for whatever did not agree') },
      handler: async (call) => {
        const shown = shownIn(call);
        const formId = digitsOf(call.body.formId);
        const refused = (fault: EntryFault) => answer(422, entryPage(shown, { formId, fault }));
        const birthDate = dateOf(call.body.birthDate);
        if (birthDate === undefined) return refused('birth-date-malformed');
        const visit = await openVisit(door, call.correlation, { formId, birthDate });
        if (!visit.ok) return refused(visit.failure.code);
        return redirect(inLanguage(visitPath(visit.value), shown.language));
      },
    }),
  ] as const;

const digitsOf = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[^0-9]/g, '')
    .slice(0, 40);

/** `1990-04-01` of what people write: `1990/4/1`, `1990年4月1日`, `19900401`; undefined where it is none of these. */
export function dateOf(text: string): string | undefined {
  const plain = text.normalize('NFKC').trim();
  const [, year, month = '', day = ''] =
    /^(\d{4})(\d\d)(\d\d)$/.exec(plain) ??
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/.exec(plain) ??
    [];
  return year === undefined ? undefined : `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

type Visiting = Asked & { readonly params: { readonly token: string } };

/** The visit's page as it stands now, or with what was refused. */
async function shownVisit(
  door: DoorDesk,
  call: Visiting,
  filled?: VisitPage['filled'],
): Promise<Result<SafeHtml, 'visit-over'>> {
  const { token } = call.params;
  const visit = await findVisit(door, call.correlation, token);
  if (!visit.ok) return visit;
  const { form: paper, files } = visit.value;
  const standing = await standingOf(door, call.correlation, visit.value);
  const { applicationId } = paper;
  return ok(
    visitPage({
      ...shownIn(call),
      token,
      applicationId,
      standing,
      files,
      newRequest: randomUUID,
      ...(filled && { filled }),
    }),
  );
}

/** What was refused, in words. */
function refusedWith(door: DoorDesk, call: Visiting, code: string, more: Partial<VisitPage['filled']> = {}) {
  const { language } = shownIn(call);
  const words = refusalWords(door.applications.definition, code, language);
  return { values: {}, faults: [], refusal: code, words, ...more };
}

const visiting = (door: DoorDesk, { pages }: DoorLimits) =>
  [
    route({
      ...COMMON,
      method: 'GET',
      path: `${DOOR_PATH}/visits/:token`,
      summary: 'A visit at the door, for whoever has its token',
      rateLimit: pages,
      params,
      query: z.object({ lang }),
      responses: { 200: page('The page') },
      handler: (call) => shownVisit(door, call),
    }),
    route({
      ...COMMON,
      method: 'POST',
      path: `${DOOR_PATH}/visits/:token/files`,
      summary: 'Send the photograph, or a representative’s proof',
      rateLimit: pages,
      params,
      query: z.object({ lang, field: z.enum(DOOR_FILES) }),
      body: upload({
        mediaTypes: ['multipart/form-data'],
        bytesMax: door.applications.fileBytesMax + 65_536,
      }),
      responses: { 303: empty('Back to the visit'), 422: page('The page, with a refusal') },
      handler: async (call) => {
        const { token } = call.params;
        const { language } = shownIn(call);
        const file = oneFile(call.body, call.headers['content-type']);
        const stored = await attachAtDoor(door, call.correlation, token, call.query.field, file);
        if (stored.ok) return redirect(inLanguage(visitPath(token), language));
        const again = await shownVisit(door, call, refusedWith(door, call, stored.failure.code));
        return again.ok ? answer(422, again.value) : again;
      },
    }),
    route({
      ...COMMON,
      method: 'POST',
      path: `${DOOR_PATH}/visits/:token`,
      summary: 'Apply, or send again what was put right',
      rateLimit: pages,
      params,
      query: z.object({ lang }),
      body: posted,
      responses: { 303: empty('To the receipt'), 422: page('The page, with what was wrong') },
      handler: async (call) => {
        const { token } = call.params;
        const fields = call.body['what'] === 'resubmit' ? AMENDED_FIELDS : DOOR_FIELDS;
        const values = valueOfPosted(fields, call.body, 'form');
        const given = call.body['request'];
        const request = typeof given === 'string' ? given : '';
        const done = await applyAtDoor(door, call.correlation, token, { request, values });
        if (done.ok) return redirect(inLanguage(visitPath(token), shownIn(call).language));
        const parsed = parseForm(fields, values);
        const faults = parsed.ok ? [] : parsed.faults;
        const refused = refusedWith(door, call, done.failure.code, { values, faults });
        const again = await shownVisit(door, call, refused);
        return again.ok ? answer(422, again.value) : again;
      },
    }),
  ] as const;

/** The routes, to be mounted without a prefix, with `doorStatuses`. */
export const doorRoutes = (door: DoorDesk, limits: DoorLimits) =>
  [...entering(door, limits), ...visiting(door, limits)] as const;
