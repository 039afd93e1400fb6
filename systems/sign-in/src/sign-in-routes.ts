/**
 * The pages of an interaction (docs/flows/sign-in.md steps 3 to 5). Each is found by its path and the cookie that the protocol
 * set for it; what a form does, it does to the interaction of its own browser. A card that is refused comes back to the
 * page with the code; the protocol goes on only with what was accepted.
 */
import {
  type Answer,
  answer,
  bytes,
  type Call,
  empty,
  form,
  html,
  type Problem,
  page,
  type RateLimit,
  redirect,
  route,
  type SafeHtml,
} from '@ishizue/http';
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { openChallenge } from './acts/challenge.ts';
import { findInteraction, type Interaction, type InteractionFailure } from './interactions.ts';
import { readerScript, stylesheetRoute } from './pages/assets.ts';
import { cardPage } from './pages/card-page.ts';
import { consentPage } from './pages/consent-page.ts';
import { frame, LANGUAGES, type Language, policyTowards, preferredLanguage } from './pages/frame.ts';
import { READER_PORTS } from './pages/own-reader.ts';
import { INTERACTIONS_PATH } from './provider/provider-configuration.ts';
import type { SignInProvider } from './provider/sign-in-provider.ts';
import { settleCard, settleConsent } from './settle.ts';
import type { SignInContext } from './sign-in-context.ts';

const signInStatuses = {
  'interaction-unknown': 410,
  'client-unknown': 403,
  'act-ended': 409,
} as const;

const TAGS = ['sign-in'];
const params = z.object({ uid: z.string().regex(/^[\w-]{10,64}$/) });
const query = z.object({
  lang: z.enum(LANGUAGES).optional().catch(undefined),
  /** The port of a reader of the holder's own; whatever is none shows the page without it. */
  reader: z.coerce.number().int().min(READER_PORTS.min).max(READER_PORTS.max).optional().catch(undefined),
});
const base64 = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.base64());

type Asked = Pick<
  Call<z.output<typeof params>, z.output<typeof query>, unknown, unknown>,
  'params' | 'query' | 'headers' | 'forgeryField' | 'correlation'
>;

/** A page, the way on, or why there is neither. */
type Shown = Answer<200 | 422, SafeHtml>;
type Gone = Result<Shown | Answer<303, undefined>, InteractionFailure | 'act-ended'>;

/** What the routes share. */
class InteractionDesk {
  readonly context: SignInContext;
  readonly #providers: SignInProvider;

  constructor(context: SignInContext, providers: SignInProvider) {
    this.context = context;
    this.#providers = providers;
  }

  find({ params: { uid }, headers }: Asked): Promise<Result<Interaction, InteractionFailure>> {
    return findInteraction(this.context, this.#providers, headers.cookie?.toString(), uid);
  }

  async show(interaction: Interaction, asked: Asked, refusal?: string): Promise<Shown> {
    const { place, client, items, redirectOrigin, uid } = interaction;
    const language = languageOf(asked);
    const readerPort = interaction.wants === 'consent' ? undefined : asked.query.reader;
    const shown = {
      language,
      place,
      purpose: client.rights.purpose,
      path: `${INTERACTIONS_PATH}/${uid}`,
      forgeryField: asked.forgeryField(),
    };
    const markup =
      interaction.wants === 'consent'
        ? consentPage({ ...shown, items })
        : cardPage({
            ...shown,
            refusal,
            readerPort,
            cards: await this.context.reader?.cards(),
            statement: await openChallenge(this.context, uid, place),
          });
    return answer(refusal === undefined ? 200 : 422, markup, {
      ...policyTowards(redirectOrigin, readerPort),
      'content-language': language,
    });
  }

  /** Does what the person did, and goes on with the protocol or back to the page with the refusal. */
  async act(asked: Asked, work: (interaction: Interaction) => Promise<Result<string>>): Promise<Gone> {
    const found = await this.find(asked);
    if (!found.ok) return found;
    const settled = await work(found.value);
    if (settled.ok) return ok(redirect(settled.value));
    const { code, detail } = settled.failure;
    return code === 'act-ended' ? fail(code, detail) : ok(await this.show(found.value, asked, code));
  }
}

const languageOf = ({ query: { lang }, headers }: Asked): Language =>
  lang ?? preferredLanguage(headers['accept-language']);

const GOES_ON = {
  200: page('The page'),
  303: empty('On with the sign-in'),
  422: page('The page, with what was refused'),
} as const;

const common = (rateLimit: RateLimit) => ({
  tags: TAGS,
  access: 'public' as const,
  params,
  query,
  rateLimit,
});

const showing = (desk: InteractionDesk, rateLimit: RateLimit) =>
  [
    route({
      ...common(rateLimit),
      method: 'GET',
      path: `${INTERACTIONS_PATH}/:uid`,
      summary: 'The page that asks for the card, or for consent',
      responses: { 200: page('The page'), 422: page('Not from here') },
      handler: async (asked) => {
        const found = await desk.find(asked);
        return found.ok ? desk.show(found.value, asked) : found;
      },
    }),
    route({
      ...common(rateLimit),
      method: 'GET',
      path: `${INTERACTIONS_PATH}/:uid/challenge`,
      summary: 'The text that the card is to sign',
      responses: { 200: bytes('text/plain; charset=utf-8', 'The text') },
      handler: async (asked) => {
        const found = await desk.find(asked);
        if (!found.ok) return found;
        return ok(Buffer.from(await openChallenge(desk.context, found.value.uid, found.value.place)));
      },
    }),
  ] as const;

const byCard = (desk: InteractionDesk, rateLimit: RateLimit) =>
  route({
    ...common(rateLimit),
    method: 'POST',
    path: `${INTERACTIONS_PATH}/:uid/card`,
    summary: 'Sign in with the signed text and the authentication certificate',
    bodyBytesMax: 32_768,
    body: form(z.object({ certificate: base64(8_192), signature: base64(2_048) })),
    responses: GOES_ON,
    handler: (asked) =>
      desk.act(asked, (interaction) => {
        const proof = {
          certificate: Buffer.from(asked.body.certificate, 'base64'),
          signature: Buffer.from(asked.body.signature, 'base64'),
        };
        return settleCard(desk.context, interaction, proof, asked.correlation);
      }),
  });

/** Only where a reader of ours is there: in demonstrations. */
const byReader = (desk: InteractionDesk, rateLimit: RateLimit) => {
  const { reader } = desk.context;
  if (!reader) return [];
  return [
    route({
      ...common(rateLimit),
      method: 'POST',
      path: `${INTERACTIONS_PATH}/:uid/reader`,
      summary: 'Sign in with a card in the reader of the demonstration',
      bodyBytesMax: 1_024,
      body: form(z.object({ card: z.string().max(64), pin: z.string().max(16) })),
      responses: GOES_ON,
      handler: (asked) =>
        desk.act(asked, async (interaction) => {
          const { uid, place } = interaction;
          const statement = Buffer.from(await openChallenge(desk.context, uid, place));
          const proof = await reader.sign(asked.body.card, asked.body.pin, statement);
          return proof.ok ? settleCard(desk.context, interaction, proof.value, asked.correlation) : proof;
        }),
    }),
  ];
};

const ITEMS = z.enum(['name', 'birth-date', 'sex', 'address']);

const deciding = (desk: InteractionDesk, rateLimit: RateLimit) =>
  [
    route({
      ...common(rateLimit),
      method: 'POST',
      path: `${INTERACTIONS_PATH}/:uid/consent`,
      summary: 'Say which items the client may be told',
      bodyBytesMax: 1_024,
      body: form(
        z.object({ items: z.union([ITEMS.transform((item) => [item]), z.array(ITEMS)]).default([]) }),
      ),
      responses: GOES_ON,
      handler: (asked) =>
        desk.act(asked, (interaction) =>
          settleConsent(desk.context, interaction, asked.body.items, asked.correlation),
        ),
    }),
    route({
      ...common(rateLimit),
      method: 'POST',
      path: `${INTERACTIONS_PATH}/:uid/cancel`,
      summary: 'Go back to the client without signing in',
      bodyBytesMax: 1_024,
      body: form(z.object({})),
      responses: { 303: empty('Back to the client') },
      handler: async (asked) => {
        const found = await desk.find(asked);
        if (!found.ok) return found;
        const result = { error: 'access_denied', error_description: 'the person did not wish to' };
        return redirect(await found.value.settle(result));
      },
    }),
  ] as const;

/** How such failures look to whoever has the page open. */
const problemPage = ({ code, status, requestId }: Problem): SafeHtml =>
  frame({
    language: 'ja',
    title: 'サインインを続けられません / The sign-in cannot go on',
    main: html`<p class="refusal" role="alert"><code>${status} ${code}</code></p>
<p>サインイン先のページからやり直してください。<br><span lang="en">Please begin again from the page where you wanted to sign in.</span></p>
<p class="note"><code>${requestId}</code></p>`,
  });

/** The routes of the pages, to be mounted without a prefix. */
export function signInRoutes(context: SignInContext, providers: SignInProvider, rateLimit: RateLimit) {
  const desk = new InteractionDesk(context, providers);
  return {
    routes: [
      ...showing(desk, rateLimit),
      byCard(desk, rateLimit),
      ...byReader(desk, rateLimit),
      ...deciding(desk, rateLimit),
      stylesheetRoute,
      ...readerScript.routes,
    ],
    statuses: signInStatuses,
    pages: { problem: problemPage },
  } as const;
}
