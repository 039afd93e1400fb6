/** The screen that opens a case: its form, and what was wrong with it. */
import { randomUUID } from 'node:crypto';
import { answer, empty, html, page, redirect, route, type SafeHtml } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import type { PageCall } from '@ishizue/pages';
import { z } from 'zod';
import type { Definition, Move } from '../define/definition.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { errorSummary, type Filled, moveForm } from '../pages/form-page.ts';
import { inLanguage } from '../pages/frame.ts';
import { type Language, languageOf } from '../pages/say.ts';
import { AT_A_SCREEN, actingBy } from './caller.ts';
import {
  files,
  filledIn,
  framed,
  language,
  moveName,
  NOTHING,
  postedBody,
  sentFiles,
  textOf,
} from './page-parts.ts';

const openingOf = ({ moves }: Definition, name: string): Move | undefined =>
  Object.hasOwn(moves, name) && moves[name]?.from === 'new' ? moves[name] : undefined;

export const openingPages = (desk: CaseDesk, path: `/${string}`, tags: readonly string[]) => {
  const shownPage = (shown: Language, name: string, move: Move, filled: Filled, call: PageCall): SafeHtml => {
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
  forgeryField: call.forgeryField(),
})}`;
    const title = `${definition.title[shown]}: ${move.title[shown]}`;
    return framed(desk, path, shown, here, title, main, call);
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
        return ok(shownPage(shown, call.params.move, move, filled, call));
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
        return ok(answer(422, shownPage(shown, name, move, filled, call)));
      },
    }),
  ] as const;
};
