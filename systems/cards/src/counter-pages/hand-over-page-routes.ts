/**
 * The counter that hands cards over, in a browser: the same acts as for programs, `openHandOver` and `completeHandOver`, with the same
 * role and ledger entries. Flow: docs/flows/desk.md steps 7 to 9.
 */
import { randomUUID } from 'node:crypto';
import { dateInTokyo } from '@ishizue/clock';
import {
  answer,
  type Call,
  empty,
  form,
  type OperatorActor,
  operatorWith,
  page,
  redirect,
  route,
} from '@ishizue/http';
import { IDENTITY_DOCUMENTS } from '@ishizue/jpki';
import { inLanguage, languageOf, terminalOf } from '@ishizue/pages';
import { z } from 'zod';
import { parseApplicationId } from '../application/application-id.ts';
import { CARD_CLERK } from '../card-clerk.ts';
import { clerkAccess } from '../card-routes.ts';
import type { CardsContext } from '../cards-context.ts';
import { completeHandOver } from '../hand-over/complete-hand-over.ts';
import { ALL_GROUNDS, OLD_CARDS } from '../hand-over/hand-over-facts.ts';
import { ARTICLE } from '../hand-over/hand-over-routes.ts';
import { openHandOver } from '../hand-over/open-hand-over.ts';
import { counterScript, counterStylesheet } from './counter-assets.ts';
import { rememberedPlace, rememberPlace } from './counter-place.ts';
import { HAND_OVER_PATH, handOverFormPage, type TypedHandOver } from './hand-over-form.ts';
import { type AtCounter, type CounterRefusal, RECEIVER_WORDS } from './hand-over-words.ts';
import { handedOverPage } from './handed-over-page.ts';
import { type ReaderPage, readerHeaders, readerPage } from './reader-page.ts';
import { scanned } from './scanned.ts';

const BODY_BYTES_MAX = 16_384;
const lang = z.object({ lang: z.string().max(5).optional() });
const RECEIVERS_HERE = Object.keys(RECEIVER_WORDS) as readonly AtCounter[];
const several = z
  .union([z.string().max(64), z.array(z.string().max(64)).max(32)])
  .default([])
  .transform((given) => [given].flat());
const text = z.string().max(100).default('');
/** As it was typed: what is wrong with it is said on the page. */
const typedForm = form(
  z.object({
    requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
    applicationId: text,
    cardId: text,
    municipality: text,
    readerPort: text,
    receiver: text,
    documents: several,
    receiverDocuments: several,
    ground: text,
    oldCard: text,
  }),
);
const municipality = z.string().regex(/^[0-9]{6}$/);
const readerPort = z.number().int().min(1).max(65_535);
const readForm = z.object({
  requestId: z.string(),
  applicationId: scanned,
  cardId: scanned,
  municipality: scanned.pipe(municipality),
  readerPort: scanned.transform(Number).pipe(readerPort),
  receiver: z.enum(RECEIVERS_HERE),
  documents: z.array(z.enum(IDENTITY_DOCUMENTS)).max(8),
  receiverDocuments: z.array(z.enum(IDENTITY_DOCUMENTS)).max(8),
  ground: z.union([z.enum(ALL_GROUNDS), z.literal('').transform(() => null)]),
  oldCard: z.enum(OLD_CARDS),
});
const completionForm = form(
  z.object({
    certificate: z.base64().max(8_192),
    signature: z.base64().max(2_048),
    faceSha256: z.union([z.string().regex(/^[0-9a-f]{64}$/), z.literal('')]),
    resembles: z.enum(['yes', 'no']),
    receiver: z.enum(RECEIVERS_HERE),
    municipality,
    readerPort: z.string().transform(Number).pipe(readerPort),
    challenge: z.base64().max(64),
    expiresAt: z.iso.datetime(),
  }),
);

type Posted = Call<unknown, z.output<typeof lang>, unknown, OperatorActor>;

const shownIn = ({ query, headers }: Pick<Posted, 'query' | 'headers'>) =>
  languageOf(query.lang, headers['accept-language']);
const accessOf = ({ actor, headers, correlation }: Posted) =>
  clerkAccess(actor, terminalOf(headers), correlation, ARTICLE);

/** The pages, for the national site, without a prefix; they have no failures of their own. */
export const handOverPages = (context: CardsContext) =>
  [
    formRoute(context),
    openRoute(context),
    completeRoute(context),
    doneRoute,
    counterStylesheet.route,
    ...counterScript.routes,
  ] as const;

const common = {
  tags: ['pages'],
  access: operatorWith(CARD_CLERK),
  query: lang,
  bodyBytesMax: BODY_BYTES_MAX,
} as const;

const formRoute = ({ clock }: CardsContext) =>
  route({
    ...common,
    method: 'GET',
    path: HAND_OVER_PATH,
    summary: 'The form that opens a hand-over',
    responses: { 200: page() },
    handler: (call) => {
      const place = rememberedPlace(call.headers['cookie']?.toString());
      const typed: TypedHandOver = {
        requestId: randomUUID(),
        applicationId: '',
        cardId: '',
        municipality: place.municipality ?? '',
        readerPort: place.readerPort?.toString() ?? '',
        receiver: 'holder',
        documents: [],
        receiverDocuments: [],
        ground: '',
        oldCard: 'none',
      };
      const today = dateInTokyo(clock.now());
      return answer(200, handOverFormPage(call, { language: shownIn(call), today, typed }));
    },
  });

const openRoute = (context: CardsContext) =>
  route({
    ...common,
    method: 'POST',
    path: HAND_OVER_PATH,
    summary: 'Open a hand-over from the page',
    body: typedForm,
    responses: { 200: page('The reader'), 422: page('Refused') },
    handler: async (call) => {
      const { body } = call;
      const language = shownIn(call);
      const again = (refused: CounterRefusal) => {
        const today = dateInTokyo(context.clock.now());
        return answer(422, handOverFormPage(call, { language, today, typed: body, refused }));
      };
      const read = readForm.safeParse(body);
      if (!read.success) return again('not-scanned');
      const { requestId, applicationId, cardId, municipality: where, readerPort: port, ...said } = read.data;
      if (!parseApplicationId(applicationId).ok) return again('application-id-malformed');
      const opened = await openHandOver(context, accessOf(call), {
        requestId,
        applicationId,
        cardId,
        municipality: where,
        facts: { ...said, checkedBy: call.actor.operator },
      });
      if (!opened.ok) return again(opened.failure.code);
      const { handOverId, challenge, expiresAt } = opened.value;
      const place = { municipality: where, readerPort: port };
      const shown: ReaderPage = {
        handOverId,
        challenge,
        expiresAt,
        ...place,
        language,
        receiver: said.receiver,
      };
      const headers = { ...readerHeaders(port), 'set-cookie': rememberPlace(place) };
      return answer(200, readerPage(call, shown), headers);
    },
  });

const completeRoute = (context: CardsContext) =>
  route({
    ...common,
    method: 'POST',
    path: `${HAND_OVER_PATH}/:id`,
    summary: 'Hand the card over from the page',
    params: z.object({ id: z.uuid() }),
    body: completionForm,
    responses: { 303: empty('Handed over'), 409: page('Refused') },
    handler: async (call) => {
      const { certificate, signature, faceSha256, resembles, challenge, expiresAt, ...place } = call.body;
      const language = shownIn(call);
      const completed = await completeHandOver(context, accessOf(call), {
        handOverId: call.params.id,
        municipality: place.municipality,
        certificate: Buffer.from(certificate, 'base64'),
        signature: Buffer.from(signature, 'base64'),
        resembles: resembles === 'yes',
        comparedWith: place.receiver === 'proxy' ? 'document' : 'camera',
        faceSha256: faceSha256 === '' ? null : Buffer.from(faceSha256, 'hex'),
      });
      if (completed.ok) return redirect(inLanguage(`${HAND_OVER_PATH}/done`, language));
      const shown: ReaderPage = {
        ...place,
        language,
        handOverId: call.params.id,
        challenge: Buffer.from(challenge, 'base64'),
        expiresAt: new Date(expiresAt),
        refused: completed.failure.code,
      };
      return answer(409, readerPage(call, shown), readerHeaders(place.readerPort));
    },
  });

const doneRoute = route({
  ...common,
  method: 'GET',
  path: `${HAND_OVER_PATH}/done`,
  summary: 'A card was handed over',
  responses: { 200: page() },
  handler: (call) => answer(200, handedOverPage(call, shownIn(call))),
});
