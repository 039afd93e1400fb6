/** What the screens of a procedure share: the frame with its links, what was posted, and files that were just sent. */
import { form as posted, type SafeHtml } from '@ishizue/http';
import { type PageCall, signedInOf } from '@ishizue/pages';
import { z } from 'zod';
import type { Definition, Move } from '../define/definition.ts';
import { parseForm } from '../define/form-value.ts';
import type { CaseDesk } from '../desk/case-desk.ts';
import { givenFields } from '../desk/judge.ts';
import type { Filled } from '../pages/form-page.ts';
import { frame, inLanguage } from '../pages/frame.ts';
import { type Posted, valueOfPosted } from '../pages/posted-form.ts';
import { type Language, say } from '../pages/say.ts';

export const language = { lang: z.string().max(5).optional() };
export const caseParams = z.object({ caseId: z.coerce.number().int().positive() });
export const moveName = z.string().max(32);
export const postedBody = posted(z.record(z.string(), z.union([z.string(), z.array(z.string())])));
export const files = { files: z.union([z.string(), z.array(z.string())]).optional() };

export function framed(
  desk: CaseDesk,
  path: string,
  shown: Language,
  here: string,
  title: string,
  main: SafeHtml,
  call: PageCall,
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
  return frame({ language: shown, title, main, here, links, signedIn: signedInOf(call) });
}

/** Hashes of files that were just sent, by field. */
export const sentFiles = (given: string | string[] | undefined): ReadonlyMap<string, string> =>
  new Map(
    [given ?? []].flat().flatMap((one) => {
      const [, field = '', sha256 = ''] = /^(.{1,200})~([0-9a-f]{64})$/.exec(one) ?? [];
      return field === '' ? [] : [[field, sha256] as const];
    }),
  );

export const NOTHING: Filled = { form: {}, own: {}, formFaults: [], ownFaults: [] };

/** Judges what was posted by the definition, for showing what is wrong; the desk judges it again. */
export function filledIn(definition: Definition, move: Move, body: Posted, refusal?: string): Filled {
  const given = givenFields(definition, move) ?? {};
  const form = valueOfPosted(given, body, 'form');
  const own = valueOfPosted(move.form ?? {}, body, 'own');
  const [formParsed, ownParsed] = [parseForm(given, form), parseForm(move.form ?? {}, own)];
  const formFaults = formParsed.ok ? [] : formParsed.faults;
  const ownFaults = ownParsed.ok ? [] : ownParsed.faults;
  return { form, own, formFaults, ownFaults, refusal };
}

export const textOf = (value: Posted[string]): string => (typeof value === 'string' ? value : '');
