/**
 * Cards between the parcel and the counter, in a browser: the same acts as for programs (shipment-routes.ts). Flow:
 * docs/flows/desk.md step 6.
 */
import { answer, type Call, form, type OperatorActor, operatorWith, page, route } from '@ishizue/http';
import { languageOf, terminalOf } from '@ishizue/pages';
import { z } from 'zod';
import { CARD_CLERK } from '../card-clerk.ts';
import type { CardsContext } from '../cards-context.ts';
import { closeParcel, scanArrival } from '../shipment/receive-parcel.ts';
import { setUpCard } from '../shipment/set-up-card.ts';
import { accessOf } from '../shipment/shipment-routes.ts';
import { rememberedPlace } from './counter-place.ts';
import { scanned } from './scanned.ts';
import { PARCELS_PATH, SET_UP_PATH, type ShelfPage, shelfPage } from './shelf-page.ts';

const lang = z.object({ lang: z.string().max(5).optional() });
const common = {
  tags: ['pages'],
  access: operatorWith(CARD_CLERK),
  query: lang,
  bodyBytesMax: 4_096,
} as const;
const text = z.string().max(100).default('').pipe(scanned);
const responses = { 200: page(), 409: page('Refused') };

type Posted = Call<unknown, z.output<typeof lang>, unknown, OperatorActor>;

const shown = (call: Posted, shelf: Omit<ShelfPage, 'language'>) => {
  const language = languageOf(call.query.lang, call.headers['accept-language']);
  const isRefused = shelf.told !== undefined && 'refused' in shelf.told;
  return answer(isRefused ? 409 : 200, shelfPage(call, { ...shelf, language }));
};
const byCall = ({ actor, headers, correlation }: Posted) => accessOf(actor, terminalOf(headers), correlation);
const placeOf = ({ headers }: Posted): string =>
  rememberedPlace(headers['cookie']?.toString()).municipality ?? '';

/** The pages, for the national site, without a prefix; they have no failures of their own. */
export const shelfPages = (context: CardsContext) =>
  [...parcelPages(context), ...setUpPages(context)] as const;

const parcelPages = (context: CardsContext) =>
  [
    route({
      ...common,
      method: 'GET',
      path: PARCELS_PATH,
      summary: 'The page on which a parcel that arrived is scanned',
      responses,
      handler: (call) => shown(call, { path: PARCELS_PATH, municipality: placeOf(call), parcel: '' }),
    }),
    route({
      ...common,
      method: 'POST',
      path: PARCELS_PATH,
      summary: 'A card was scanned out of a parcel, on the page',
      body: form(z.object({ parcel: text, municipality: text, cardId: text })),
      responses,
      handler: async (call) => {
        const { cardId, ...place } = call.body;
        const done = await scanArrival(context, byCall(call), { ...place, cardId });
        const told = done.ok ? { taken: cardId } : { refused: done.failure.code, cardId };
        return shown(call, { path: PARCELS_PATH, ...place, told });
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${PARCELS_PATH}/closing`,
      summary: 'Close a parcel, on the page',
      body: form(z.object({ parcel: text, municipality: text })),
      responses,
      handler: async (call) => {
        const done = await closeParcel(context, byCall(call), call.body);
        const told = done.ok ? { missing: done.value.missing } : { refused: done.failure.code };
        return shown(call, { path: PARCELS_PATH, ...call.body, told });
      },
    }),
  ] as const;

const setUpPages = (context: CardsContext) =>
  [
    route({
      ...common,
      method: 'GET',
      path: SET_UP_PATH,
      summary: 'The page on which cards are set up',
      responses,
      handler: (call) => shown(call, { path: SET_UP_PATH, municipality: placeOf(call) }),
    }),
    route({
      ...common,
      method: 'POST',
      path: SET_UP_PATH,
      summary: 'Set a card up, on the page',
      body: form(z.object({ municipality: text, cardId: text })),
      responses,
      handler: async (call) => {
        const { municipality, cardId } = call.body;
        const done = await setUpCard(context, byCall(call), { municipality, cardId });
        const told = done.ok ? { taken: cardId } : { refused: done.failure.code, cardId };
        return shown(call, { path: SET_UP_PATH, municipality, told });
      },
    }),
  ] as const;
