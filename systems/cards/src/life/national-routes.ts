/**
 * The national site's own routes about cards in their holders' hands: of the officer who enters what other documents a card
 * carries. Whoever calls to have a card stopped is asked and answered by the help desk.
 */
import { type OperatorActor, operatorWith, route } from '@ishizue/http';
import type { Access } from '@ishizue/registry';
import { z } from 'zod';
import { combine, followLicence, separate } from '../combined-documents/combine.ts';
import { COMBINED_KINDS } from '../combined-documents/combined-rules.ts';
import { ofCard, terminal } from './counter-desk.ts';
import type { CardLife } from './life-context.ts';

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
  [combination(life), separation(life), following(life)] as const;

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
