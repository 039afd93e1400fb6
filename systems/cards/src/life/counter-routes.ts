/**
 * The counter of a municipality, for cards in their holders' hands. Mounted for each municipality; the officer's own
 * municipality is the desk, and cards whose holders live elsewhere are refused. Flow: docs/flows/card-life.md.
 */
import { route } from '@ishizue/http';
import { IDENTITY_DOCUMENTS } from '@ishizue/jpki';
import { z } from 'zod';
import { continueUse } from '../continuing-use/continue-use.ts';
import { agreeTerms } from '../issue-terms/agree-terms.ts';
import { ISSUE_GROUNDS } from '../issue-terms/issue-grounds.ts';
import { giveUpLost, resumeFound } from '../loss/lost-and-found.ts';
import { recordDeparture } from '../overseas-use/record-departure.ts';
import { additionView, COUNTER, cardView, type DeskOf, deskOf, ofCard, terminal } from './counter-desk.ts';
import { faceRoutes } from './face-routes.ts';
import type { CardLife } from './life-context.ts';
import { COUNTER_END_REASONS, endAtCounter } from './return-card.ts';

/** The routes of one municipality; mount them at its site with `cardLifeStatuses`. */
export function cardLifeRoutes(life: CardLife, municipality: string) {
  const desk = deskOf(municipality);
  return [
    found(life, desk),
    lost(life, desk),
    end(life, desk),
    continuing(life, desk),
    departure(life, desk),
    terms(life, desk),
    ...faceRoutes(life, desk),
  ] as const;
}

const found = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/found',
    summary: 'Let a found card be used again, the holder being there',
    params: ofCard,
    body: z.strictObject({
      isHolderPresent: z.boolean(),
      documents: z.array(z.enum(IDENTITY_DOCUMENTS)).max(8),
      terminal,
    }),
    responses: { 200: cardView.extend({ needsCertificates: z.literal(true) }) },
    handler: (call) =>
      resumeFound(life, desk(call, '番号法 第17条'), { cardId: call.params.id, ...call.body }),
  });

const lost = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/loss-notice',
    summary: 'Give a card up for lost (紛失・廃止届)',
    params: ofCard,
    body: z.strictObject({
      isLostAtHome: z.boolean(),
      police: z
        .strictObject({ station: z.string().min(1).max(100), number: z.string().min(1).max(40) })
        .optional(),
      terminal,
    }),
    responses: { 200: cardView },
    handler: (call) =>
      giveUpLost(life, desk(call, '番号法 第17条'), { cardId: call.params.id, ...call.body }),
  });

const end = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/end',
    summary: 'Void a card that is given back, damaged, faulty, or should not have been issued',
    params: ofCard,
    body: z.strictObject({ reason: z.enum(COUNTER_END_REASONS), terminal }),
    responses: { 200: cardView },
    handler: (call) =>
      endAtCounter(life, desk(call, '番号法施行令 第15条'), {
        cardId: call.params.id,
        reason: call.body.reason,
      }),
  });

const continuing = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/continuing-use',
    summary: 'Continue a card after a move to here (継続利用)',
    params: ofCard,
    body: z.strictObject({
      declaredOn: z.iso.date().meta({ description: 'When the move-in notice was taken' }),
      terminal,
    }),
    responses: { 200: additionView },
    handler: (call) =>
      continueUse(life, desk(call, '番号法 第17条'), {
        cardId: call.params.id,
        declaredOn: call.body.declaredOn,
      }),
  });

const departure = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/departure',
    summary: 'Enter that the holder leaves Japan, and whether the card is kept abroad',
    params: ofCard,
    body: z.strictObject({
      departsOn: z.iso.date().nullable().meta({ description: 'null: the holder stays after all' }),
      isJapanese: z.boolean(),
      keptThrough: z.strictObject({ domicile: z.string().regex(/^[0-9]{6}$/) }).optional(),
      terminal,
    }),
    responses: { 200: z.object({ cardId: z.string(), lastDay: z.string().nullable() }) },
    handler: (call) =>
      recordDeparture(life, desk(call, '番号法施行令 第14条'), { cardId: call.params.id, ...call.body }),
  });

const terms = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/terms',
    summary: 'Agree on ground, fee and day of a card before it is applied for',
    body: z.strictObject({
      requestId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
      residentCode: z.string().max(40),
      ground: z.enum(ISSUE_GROUNDS),
      isExpress: z.boolean(),
      isOnline: z.boolean(),
      withCertificates: z.boolean(),
      eventOn: z.iso.date().optional(),
      cardInHand: ofCard.shape.id
        .optional()
        .meta({ description: 'The serial of the card that is there, where its chip does not answer' }),
      terminal,
    }),
    responses: {
      200: z.object({
        requestId: z.string(),
        dueOn: z.string().nullable(),
        card_yen: z.int(),
        certificates_yen: z.int(),
        total_yen: z.int(),
      }),
    },
    handler: (call) => agreeTerms(life, desk(call, '番号法 第16条の2'), call.body),
  });
