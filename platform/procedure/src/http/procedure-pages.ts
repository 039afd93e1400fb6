/**
 * The screens of a procedure for people: form, inbox, case with history, from the definition, in Japanese and English, without
 * scripts. A post is carried out once by the request id in its form, and answered by a redirect.
 */
import { empty, page, redirect, route, upload } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { CaseDesk } from '../desk/case-desk.ts';
import { inLanguage } from '../pages/frame.ts';
import { inboxMain } from '../pages/inbox-page.ts';
import { languageOf } from '../pages/say.ts';
import { AT_A_SCREEN, actingBy } from './caller.ts';
import { casePages } from './case-pages.ts';
import type { CasePaper } from './case-paper.ts';
import { oneFile } from './one-file.ts';
import { openingPages } from './opening-pages.ts';
import { framed, language } from './page-parts.ts';

/** The pages, below `path` (`/pages/grants`); mount them with `procedureStatuses`, and `procedureStylesheet` once. */
export function procedurePages(
  desk: CaseDesk,
  { path, paper }: { readonly path: `/${string}`; readonly paper?: CasePaper },
) {
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
        return ok(framed(desk, path, shown, `${path}/inbox`, definition.title[shown], main, call));
      },
    }),
    ...openingPages(desk, path, tags),
    ...casePages(desk, path, tags, paper),
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
