/** The screens of a case: what it is, its moves, its files. */
import { randomUUID } from 'node:crypto';
import { answer, bytes, empty, page, form as posted, redirect, route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import type { PageCall } from '@ishizue/pages';
import { z } from 'zod';
import { readAttachment } from '../attachments/read-attachment.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { givenFields } from '../desk/judge.ts';
import { caseMain } from '../pages/case-page.ts';
import { inLanguage } from '../pages/frame.ts';
import type { Posted } from '../pages/posted-form.ts';
import { type Language, languageOf } from '../pages/say.ts';
import { AT_A_SCREEN, actingBy } from './caller.ts';
import type { CasePaper } from './case-paper.ts';
import {
  caseParams,
  files,
  filledIn,
  framed,
  language,
  moveName,
  postedBody,
  sentFiles,
  textOf,
} from './page-parts.ts';

export const casePages = (
  desk: CaseDesk,
  path: `/${string}`,
  tags: readonly string[],
  paper: CasePaper | undefined,
) => {
  interface Asking {
    readonly by: ReturnType<typeof actingBy>;
    readonly caseId: number;
    readonly shown: Language;
    readonly call: PageCall;
    readonly files?: ReadonlyMap<string, string>;
    readonly refused?: { readonly name: string; readonly body: Posted; readonly code: string };
    readonly paperRefusal?: string;
  }
  const shownPage = async (asking: Asking) => {
    const { by, caseId, shown, call, files: sent = new Map(), refused } = asking;
    const found = await desk.read(by, caseId);
    if (!found.ok) return found;
    const history = await desk.history(by, caseId);
    if (!history.ok) return history;
    const definition = desk.place.versions.kept(found.value.version);
    const move = refused && definition.moves[refused.name];
    const isPaperThere = by.actor.kind === 'operator' && paper?.states.includes(found.value.state) === true;
    const main = caseMain({
      language: shown,
      definition,
      path,
      found: found.value,
      history: history.value,
      newRequest: randomUUID,
      forgeryField: call.forgeryField(),
      files: sent,
      paper: isPaperThere ? { title: paper.title, refusal: asking.paperRefusal } : undefined,
      ...(refused &&
        move && {
          refused: { name: refused.name, filled: filledIn(definition, move, refused.body, refused.code) },
        }),
    });
    const title = `${definition.title[shown]} ${caseId}`;
    const here = `${path}/cases/${caseId}`;
    return ok(framed(desk, path, shown, here, title, main, call));
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
          call,
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
      path: `${path}/cases/:caseId/paper/made`,
      summary: 'Make the document of a case from its page',
      tags,
      access: AT_A_SCREEN,
      timeoutMs: 60_000,
      params: caseParams,
      query: z.object(language),
      body: posted(z.object({})),
      responses: { 200: bytes('application/pdf'), 422: page() },
      handler: async (call) => {
        if (!paper) return fail('move-unknown', 'the procedure has no document');
        const by = actingBy(call);
        const { caseId } = call.params;
        const made = await paper.make(by, caseId);
        if (made.ok) return answer(200, Buffer.from(made.value));
        const shown = languageOf(call.query.lang, call.headers['accept-language']);
        const paperRefusal = made.failure.code;
        const again = await shownPage({ by, caseId, shown, call, paperRefusal });
        return again.ok ? answer(422, again.value) : again;
      },
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
        const again = await shownPage({ by, caseId, shown, call, refused });
        return again.ok ? ok(answer(422, again.value)) : again;
      },
    }),
  ] as const;
};
