/**
 * The screens of a procedure for people: form, inbox, case with history, from the definition, in Japanese and English, without
 * scripts. A post is carried out once by the request id in its form, and answered by a redirect.
 */
import { randomUUID } from 'node:crypto';
import {
  answer,
  bytes,
  empty,
  html,
  page,
  form as posted,
  redirect,
  route,
  type SafeHtml,
  upload,
} from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { readAttachment } from '../attachments/read-attachment.ts';
import type { Definition, Move } from '../define/definition.ts';
import { parseForm } from '../define/form-value.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { givenFields } from '../desk/judge.ts';
import { caseMain } from '../pages/case-page.ts';
import { errorSummary, type Filled, moveForm } from '../pages/form-page.ts';
import { frame, inLanguage } from '../pages/frame.ts';
import { inboxMain } from '../pages/inbox-page.ts';
import { type Posted, valueOfPosted } from '../pages/posted-form.ts';
import { type Language, languageOf, say } from '../pages/say.ts';
import { AT_A_SCREEN, actingBy } from './caller.ts';
import { oneFile } from './one-file.ts';

const language = { lang: z.string().max(5).optional() };
const caseParams = z.object({ caseId: z.coerce.number().int().positive() });
const moveName = z.string().max(32);
const postedBody = posted(z.record(z.string(), z.union([z.string(), z.array(z.string())])));
const files = { files: z.union([z.string(), z.array(z.string())]).optional() };

/** The pages, below `path` (`/pages/grants`); mount them with `procedureStatuses`, and `procedureStylesheet` once. */
export function procedurePages(desk: CaseDesk, { path }: { readonly path: `/${string}` }) {
  const tags = ['pages'];
  return [
    route({
      method: 'GET',
      path: `${path}/inbox`,
      summary: 'The inbox of a procedure',
      tags,
      access: AT_A_SCREEN,
      query: z.object({
        ...language,
        state: z.string().max(64).optional(),
        dueBefore: z.union([z.iso.date(), z.literal('')]).optional(),
        after: z.string().max(40).optional(),
      }),
      responses: { 200: page() },
      handler: async (call) => {
        const { lang, state, dueBefore, after } = call.query;
        const filter = {
          state: state || undefined,
          dueBefore: dueBefore || undefined,
          after: after || undefined,
        };
        const found = await desk.inbox(actingBy(call), filter);
        if (!found.ok) return found;
        const shown = languageOf(lang, call.headers['accept-language']);
        const { definition } = desk;
        const main = inboxMain({ language: shown, definition, path, filter, page: found.value });
        return ok(framed(desk, path, shown, `${path}/inbox`, definition.title[shown], main));
      },
    }),
    ...openingPages(desk, path, tags),
    ...casePages(desk, path, tags),
    route({
      method: 'POST',
      path: `${path}/files`,
      summary: 'Send a file from a page',
      tags,
      access: AT_A_SCREEN,
      query: z.object({ ...language, field: z.string().max(200), back: z.string().max(200) }),
      body: upload({ mediaTypes: ['multipart/form-data'], bytesMax: desk.fileBytesMax + 65_536 }),
      responses: { 303: empty() },
      handler: async (call) => {
        const { field, back, lang } = call.query;
        if (!back.startsWith(`${path}/`)) return fail('case-unknown', 'not a page of the procedure');
        const stored = await desk.attach(
          actingBy(call),
          field,
          oneFile(call.body, call.headers['content-type']),
        );
        if (!stored.ok) return stored;
        const sent = `${back}${back.includes('?') ? '&' : '?'}files=${encodeURIComponent(`${field}~${stored.value.sha256}`)}`;
        return ok(redirect(inLanguage(sent, languageOf(lang, call.headers['accept-language']))));
      },
    }),
  ] as const;
}

function framed(
  desk: CaseDesk,
  path: string,
  shown: Language,
  here: string,
  title: string,
  main: SafeHtml,
): SafeHtml {
  const word = say(shown);
  const openings = Object.entries(desk.definition.moves).filter(
    ([, { from, by }]) => from === 'new' && by.some((mover) => mover !== 'system' && mover !== 'clock'),
  );
  const links = [
    { href: inLanguage(`${path}/inbox`, shown), text: word('一覧', 'Inbox') },
    ...openings.map(([name, move]) => ({
      href: inLanguage(`${path}/new/${name}`, shown),
      text: move.title[shown],
    })),
  ];
  return frame({ language: shown, title, main, here, links });
}

const openingOf = ({ moves }: Definition, name: string): Move | undefined =>
  Object.hasOwn(moves, name) && moves[name]?.from === 'new' ? moves[name] : undefined;

/** Hashes of files that were just sent, by field. */
const sentFiles = (given: string | string[] | undefined): ReadonlyMap<string, string> =>
  new Map(
    [given ?? []].flat().flatMap((one) => {
      const [, field = '', sha256 = ''] = /^(.{1,200})~([0-9a-f]{64})$/.exec(one) ?? [];
      return field === '' ? [] : [[field, sha256] as const];
    }),
  );

const NOTHING: Filled = { form: {}, own: {}, formFaults: [], ownFaults: [] };

/** Judges what was posted by the definition, for showing what is wrong; the desk judges it again. */
function filledIn(definition: Definition, move: Move, body: Posted, refusal?: string): Filled {
  const given = givenFields(definition, move) ?? {};
  const form = valueOfPosted(given, body, 'form');
  const own = valueOfPosted(move.form ?? {}, body, 'own');
  const [formParsed, ownParsed] = [parseForm(given, form), parseForm(move.form ?? {}, own)];
  const formFaults = formParsed.ok ? [] : formParsed.faults;
  const ownFaults = ownParsed.ok ? [] : ownParsed.faults;
  return { form, own, formFaults, ownFaults, refusal };
}

const textOf = (value: Posted[string]): string => (typeof value === 'string' ? value : '');

const openingPages = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) => {
  const shownPage = (
    shown: Language,
    name: string,
    move: Move,
    filled: Filled,
    field: SafeHtml,
  ): SafeHtml => {
    const { definition } = desk;
    const here = `${path}/new/${name}`;
    const main = html`${errorSummary(definition, move, filled, shown)}
${moveForm({
  language: shown,
  definition,
  name,
  move,
  filled,
  action: here,
  filesAction: `${path}/files?back=${encodeURIComponent(here)}&`,
  request: randomUUID(),
  forgeryField: field,
})}`;
    return framed(desk, path, shown, here, `${definition.title[shown]}: ${move.title[shown]}`, main);
  };
  return [
    route({
      method: 'GET',
      path: `${path}/new/:move`,
      summary: 'The form that opens a case',
      tags,
      access: AT_A_SCREEN,
      params: z.object({ move: moveName }),
      query: z.object({ ...language, ...files }),
      responses: { 200: page() },
      handler: (call) => {
        const move = openingOf(desk.definition, call.params.move);
        if (!move) return fail('move-unknown', 'there is no such form');
        const shown = languageOf(call.query.lang, call.headers['accept-language']);
        const filled = { ...NOTHING, form: Object.fromEntries(sentFiles(call.query.files)) };
        return ok(shownPage(shown, call.params.move, move, filled, call.forgeryField()));
      },
    }),
    route({
      method: 'POST',
      path: `${path}/new/:move`,
      summary: 'Open a case from its form',
      tags,
      access: AT_A_SCREEN,
      params: z.object({ move: moveName }),
      query: z.object(language),
      body: postedBody,
      responses: { 303: empty(), 422: page() },
      handler: async (call) => {
        const name = call.params.move;
        const move = openingOf(desk.definition, name);
        if (!move) return fail('move-unknown', 'there is no such form');
        const shown = languageOf(call.query.lang, call.headers['accept-language']);
        const { form, own } = filledIn(desk.definition, move, call.body);
        const request = textOf(call.body['request']);
        const opened = await desk.start(actingBy(call), { move: name, request, form, own });
        if (opened.ok) return ok(redirect(inLanguage(`${path}/cases/${opened.value.caseId}`, shown)));
        const filled = filledIn(desk.definition, move, call.body, opened.failure.code);
        return ok(answer(422, shownPage(shown, name, move, filled, call.forgeryField())));
      },
    }),
  ] as const;
};

const casePages = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) => {
  interface Asking {
    readonly by: ReturnType<typeof actingBy>;
    readonly caseId: number;
    readonly shown: Language;
    readonly field: SafeHtml;
    readonly files?: ReadonlyMap<string, string>;
    readonly refused?: { readonly name: string; readonly body: Posted; readonly code: string };
  }
  const shownPage = async ({ by, caseId, shown, field, files: sent = new Map(), refused }: Asking) => {
    const found = await desk.read(by, caseId);
    if (!found.ok) return found;
    const history = await desk.history(by, caseId);
    if (!history.ok) return history;
    const definition = desk.place.versions.kept(found.value.version);
    const move = refused && definition.moves[refused.name];
    const main = caseMain({
      language: shown,
      definition,
      path,
      found: found.value,
      history: history.value,
      newRequest: randomUUID,
      forgeryField: field,
      files: sent,
      ...(refused &&
        move && {
          refused: { name: refused.name, filled: filledIn(definition, move, refused.body, refused.code) },
        }),
    });
    const title = `${definition.title[shown]} ${caseId}`;
    return ok(framed(desk, path, shown, `${path}/cases/${caseId}`, title, main));
  };
  return [
    route({
      method: 'GET',
      path: `${path}/cases/:caseId`,
      summary: 'A case with its history',
      tags,
      access: AT_A_SCREEN,
      params: caseParams,
      query: z.object({ ...language, ...files }),
      responses: { 200: page() },
      handler: (call) =>
        shownPage({
          by: actingBy(call),
          caseId: call.params.caseId,
          shown: languageOf(call.query.lang, call.headers['accept-language']),
          field: call.forgeryField(),
          files: sentFiles(call.query.files),
        }),
    }),
    route({
      method: 'GET',
      path: `${path}/cases/:caseId/files/:sha256`,
      summary: 'A file of a case',
      tags,
      access: AT_A_SCREEN,
      params: caseParams.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
      responses: { 200: bytes('application/octet-stream') },
      handler: (call) => readAttachment(desk.place, actingBy(call), call.params),
    }),
    route({
      method: 'POST',
      path: `${path}/cases/:caseId/:move`,
      summary: 'Move a case from its page',
      tags,
      access: AT_A_SCREEN,
      params: caseParams.extend({ move: moveName }),
      query: z.object(language),
      body: postedBody,
      responses: { 303: empty(), 422: page() },
      handler: async (call) => {
        const { caseId, move: name } = call.params;
        const by = actingBy(call);
        const shown = languageOf(call.query.lang, call.headers['accept-language']);
        // the page was made by the case's version; the desk goes by the case itself
        const definition = desk.place.versions.find(textOf(call.body['version'])) ?? desk.definition;
        const move = Object.hasOwn(definition.moves, name) ? definition.moves[name] : undefined;
        if (!move) return fail('move-unknown', 'there is no such move');
        const { form, own } = filledIn(definition, move, call.body);
        const expected = Number(textOf(call.body['expected']));
        const moved = await desk.move(by, {
          caseId,
          move: name,
          request: textOf(call.body['request']),
          expected: Number.isSafeInteger(expected) ? expected : 0,
          own,
          ...(givenFields(definition, move) && { form }),
        });
        if (moved.ok) return ok(redirect(inLanguage(`${path}/cases/${caseId}`, shown)));
        const refused = { name, body: call.body, code: moved.failure.code };
        const again = await shownPage({ by, caseId, shown, field: call.forgeryField(), refused });
        return again.ok ? ok(answer(422, again.value)) : again;
      },
    }),
  ] as const;
};
