/**
 * The national site's own routes about cards in their holders' hands: the call centre, which stops a card around the clock,
 * and the officer who enters what other documents a card carries. Whom the caller means is said in the body.
 */
import { type OperatorActor, operatorWith, route } from '@ishizue/http';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import { combine, followLicence, separate } from '../combined-documents/combine.ts';
import { COMBINED_KINDS } from '../combined-documents/combined-rules.ts';
import { CALLERS, LOSS_PURPOSES, takeLossCall } from '../loss/loss-call.ts';
import { ofCard, terminal } from './counter-desk.ts';
import type { CardLife } from './life-context.ts';

/** The role of an operator of the call centre, who may stop cards and nothing else. */
export const CARD_CALL_CENTRE = 'card-call-centre';
/** The role of an officer who enters what the police and the immigration office tell of combined cards. */
export const COMBINED_CARD_OFFICER = 'combined-card-officer';

const BODY_BYTES_MAX = 4096;
const TAGS = ['cards'];
const recordNumber = z.string().regex(/^[0-9A-Z]{8,16}$/);
const combinedView = z.object({
  cardId: z.string(),
  kind: z.enum(COMBINED_KINDS),
  state: z.enum(['combined', 'ended']),
});

/** The routes; mount them at the national site with `cardDeskStatuses`. */
export const cardDeskRoutes = (life: CardLife) =>
  [lossCall(life), combination(life), separation(life), following(life)] as const;

const lossCall = ({ cards }: CardLife) =>
  route({
    method: 'POST',
    path: '/cards/loss-calls',
    summary: 'Stop the card of whom a caller means (一時停止)',
    tags: TAGS,
    access: operatorWith(CARD_CALL_CENTRE),
    body: z.strictObject({
      callId: z.string().regex(/^[0-9A-Za-z-]{8,48}$/),
      caller: z.enum(CALLERS),
      purpose: z.enum(LOSS_PURPOSES),
      holder: z.strictObject({
        name: z.string().max(400),
        birthDate: z.string().max(10),
        address: z.string().max(800),
        sex: z.union([z.literal(1), z.literal(2), z.literal(3)]).optional(),
      }),
      terminal,
    }),
    bodyBytesMax: BODY_BYTES_MAX,
    responses: { 200: z.object({ state: z.literal('suspended') }) },
    handler: ({ body: { terminal: at, ...call }, actor, correlation }) =>
      takeLossCall(cards, accessOf(actor, at, correlation, 'card-loss-call'), call),
  });

const officer = {
  method: 'POST',
  tags: TAGS,
  access: operatorWith(COMBINED_CARD_OFFICER),
  params: ofCard,
  bodyBytesMax: BODY_BYTES_MAX,
  responses: { 200: combinedView },
} as const;

const combination = ({ cards }: CardLife) =>
  route({
    ...officer,
    path: '/cards/:id/combined-documents',
    summary: 'Enter that a card carries a driving licence or a residence card',
    body: z.strictObject({
      kind: z.enum(COMBINED_KINDS),
      recordNumber,
      isPermanentResident: z.boolean().default(false),
      terminal,
    }),
    handler: ({ params, body: { terminal: at, ...of }, actor, correlation }) =>
      combine(cards, accessOf(actor, at, correlation, 'combined-card'), { cardId: params.id, ...of }),
  });

const separation = ({ cards }: CardLife) =>
  route({
    ...officer,
    path: '/cards/:id/combined-documents/end',
    summary: 'Enter that a card carries such a document no longer',
    body: z.strictObject({
      kind: z.enum(COMBINED_KINDS),
      reason: z.enum(['holder-wish', 'document-ended']),
      terminal,
    }),
    handler: ({ params, body: { terminal: at, ...of }, actor, correlation }) =>
      separate(cards, accessOf(actor, at, correlation, 'combined-card'), { cardId: params.id, ...of }),
  });

const following = (life: CardLife) =>
  route({
    ...officer,
    path: '/cards/:id/combined-documents/follow',
    summary: 'Let the driving licence of the card before follow to a renewed card',
    body: z.strictObject({ recordNumber, isSignatureFiled: z.boolean(), terminal }),
    handler: ({ params, body: { terminal: at, ...of }, actor, correlation }) =>
      followLicence(life, accessOf(actor, at, correlation, 'combined-card'), { cardId: params.id, ...of }),
  });

const accessOf = (actor: OperatorActor, at: string, correlation: string, affair: string): Access => ({
  actorKind: 'operator',
  actor: actor.operator,
  terminal: at,
  article: '番号法 第17条',
  affair,
  correlation,
});
