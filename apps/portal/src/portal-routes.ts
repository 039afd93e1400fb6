/**
 * The routes of the page: the page itself, the two forms of the life, and the files to take home. Whoever may reach the
 * server may use them: the people are invented, and the one life is everybody's.
 */
import type { Clock } from '@ishizue/clock';
import type { LifePlayer } from '@ishizue/demo';
import { answer, bytes, empty, form, page, RateLimit, redirect, route } from '@ishizue/http';
import { fail } from '@ishizue/outcome';
import { z } from 'zod';
import type { LifeArtefacts } from './artefacts.ts';
import { assetRoutes } from './assets.ts';
import type { CountryView } from './country-view.ts';
import { homePage } from './home-page.ts';
import { LifeDesk } from './life-desk.ts';
import { problemPage } from './problem-page.ts';
import { proofName } from './proof-name.ts';
import { LANGUAGES, type Language, preferredLanguage, readerOf } from './reader.ts';
import { Recent } from './recent.ts';

/** What the page shows and plays. */
export interface PortalContext {
  readonly clock: Clock;
  readonly country: () => Promise<CountryView>;
  readonly life: LifePlayer;
  /** The files that the life leaves behind, where they are kept. */
  readonly artefacts?: LifeArtefacts;
}

/** How old the state of the country may be. */
const COUNTRY_KEEP_MS = 1_000;
/** And the accesses, while no step is played: who reads them is recorded each time, which is an access too. */
const ACCESSES_KEEP_MS = 10_000;
/** A step makes keys and waits for links; visitors wait with it. */
const STEP_TIMEOUT_MS = 120_000;

const languageQuery = z.object({
  lang: z.enum(LANGUAGES).optional().catch(undefined),
});

/** The routes, to be mounted without a prefix. */
export function portalRoutes(context: PortalContext) {
  const desk = new LifeDesk(context.life);
  const country = new Recent(context.clock, COUNTRY_KEEP_MS, context.country);
  const accesses = new Recent(context.clock, ACCESSES_KEEP_MS, () => context.life.accesses());
  const forget = (): void => {
    country.forget();
    accesses.forget();
  };
  return {
    routes: [
      homeRoute(context, { desk, country, accesses }),
      playRoute(context.clock, desk, forget),
      beginAgainRoute(context.clock, desk, forget),
      proofRoute(accesses),
      artefactRoute(context.artefacts),
      ...assetRoutes,
    ],
    statuses: { 'step-not-next': 409, 'life-busy': 409, 'proof-missing': 404, 'artefact-missing': 404 },
    pages: { problem: problemPage },
  } as const;
}

interface Shown {
  readonly desk: LifeDesk;
  readonly country: Recent<CountryView>;
  readonly accesses: Recent<Awaited<ReturnType<LifePlayer['accesses']>>>;
}

const homeRoute = ({ clock, artefacts }: PortalContext, { desk, country, accesses }: Shown) =>
  route({
    method: 'GET',
    path: '/',
    summary: 'The page: the country, the life, who looked',
    tags: ['pages'],
    access: 'public',
    query: languageQuery.extend({
      played: z.coerce.number().int().optional().catch(undefined),
      begun: z.string().optional().catch(undefined),
    }),
    responses: { 200: page('The page') },
    handler: async ({ query, headers, forgeryField }) => {
      const asked = headers['accept-language'];
      const language = query.lang ?? preferredLanguage(typeof asked === 'string' ? asked : undefined);
      const [countryNow, accessesNow, files] = await Promise.all([
        country.get(),
        accesses.get(),
        artefacts?.list() ?? [],
      ]);
      const markup = homePage({
        reader: readerOf(language),
        country: countryNow,
        accesses: accessesNow,
        desk,
        artefacts: files,
        forgeryField: forgeryField(),
        justPlayed: query.played,
        hasBegun: query.begun !== undefined && desk.played().length === 0,
        now: clock.now(),
      });
      return answer(200, markup, { 'content-language': language });
    },
  });

const home = (language: Language | undefined, query: string, fragment: string) =>
  redirect(`/?lang=${language ?? 'ja'}${query}#${fragment}`);

const playRoute = (clock: Clock, desk: LifeDesk, forget: () => void) =>
  route({
    method: 'POST',
    path: '/life/steps',
    summary: 'Play the next step of the life',
    tags: ['pages'],
    access: 'public',
    timeoutMs: STEP_TIMEOUT_MS,
    rateLimit: new RateLimit({ clock, burst: 40, perMinute: 60 }),
    query: languageQuery,
    body: form(z.object({ step: z.coerce.number().int().min(1).max(1_000) })),
    responses: { 303: empty('Back to the step'), 409: page('Why the step was not played') },
    handler: async ({ query, body: { step } }) => {
      const played = await desk.play(step);
      forget();
      return played.ok ? home(query.lang, `&played=${step}`, `step-${step}`) : played;
    },
  });

const beginAgainRoute = (clock: Clock, desk: LifeDesk, forget: () => void) =>
  route({
    method: 'POST',
    path: '/life/begin-again',
    summary: 'Begin another life',
    tags: ['pages'],
    access: 'public',
    timeoutMs: STEP_TIMEOUT_MS,
    rateLimit: new RateLimit({ clock, burst: 10, perMinute: 10 }),
    query: languageQuery,
    body: form(z.object({})),
    responses: { 303: empty('Back to the life'), 409: page('Why it cannot be begun now') },
    handler: async ({ query }) => {
      const begun = await desk.beginAgain();
      forget();
      return begun.ok ? home(query.lang, '&begun=1', 'life') : begun;
    },
  });

const attachment = (name: string) => ({ 'content-disposition': `attachment; filename="${name}"` });

const proofRoute = (accesses: Shown['accesses']) =>
  route({
    method: 'GET',
    path: '/life/proofs/:name',
    summary: 'The proof of one access, as a file that verifies offline',
    tags: ['pages'],
    access: 'public',
    params: z.object({ name: z.string().max(120) }),
    responses: { 200: bytes('application/json; charset=utf-8', 'A proof file'), 404: page('No such proof') },
    handler: async ({ params }) => {
      const access = (await accesses.get()).find((candidate) => proofName(candidate) === params.name);
      if (access?.proof === undefined) return fail('proof-missing', 'no access has such a proof');
      return answer(200, Buffer.from(access.proof.file), attachment(params.name));
    },
  });

/** Names that stand in a header and an address as they are. */
const ARTEFACT_NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

const artefactRoute = (artefacts: LifeArtefacts | undefined) =>
  route({
    method: 'GET',
    path: '/life/artefacts/:name',
    summary: 'A file that a step of the life made',
    tags: ['pages'],
    access: 'public',
    params: z.object({ name: z.string().regex(ARTEFACT_NAME) }),
    responses: { 200: bytes('application/octet-stream', 'The file'), 404: page('No such file') },
    handler: async ({ params }) => {
      const content = await artefacts?.find(params.name);
      if (content === undefined) return fail('artefact-missing', 'the life made no such file');
      return answer(200, content, attachment(params.name));
    },
  });
