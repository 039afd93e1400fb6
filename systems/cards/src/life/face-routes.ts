/** The counter's routes about what a card says: additions to its face, its chip, and its kind. */
import { route } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import { addToFace, COUNTER_ADDITIONS, confirmChip } from '../face-additions/add-to-face.ts';
import { listDueAtCounter } from '../face-additions/list-due.ts';
import { switchKind } from '../kinds/face-authentication.ts';
import { additionView, COUNTER, chipAttributes, type DeskOf, ofCard, terminal } from './counter-desk.ts';
import type { CardLife } from './life-context.ts';

export const faceRoutes = (life: CardLife, desk: DeskOf) =>
  [add(life, desk), readBack(life, desk), kind(life, desk), dueList(life, desk)] as const;

const add = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/face-additions',
    summary: 'Write what changed into the column of additions (追記欄)',
    params: ofCard,
    body: z.strictObject({ kind: z.enum(COUNTER_ADDITIONS), changedOn: z.iso.date(), terminal }),
    responses: { 200: additionView.extend({ isLate: z.boolean() }) },
    handler: (call) => addToFace(life, desk(call, '番号法 第17条'), { cardId: call.params.id, ...call.body }),
  });

const readBack = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/face-additions/:addition/read-back',
    summary: 'Show what the rewritten chip says',
    params: ofCard.extend({ addition: z.coerce.number().int().min(1).max(99) }),
    body: z.strictObject({ chip: chipAttributes, terminal }),
    responses: { 200: z.object({ cardId: z.string(), addition: z.int() }) },
    handler: (call) =>
      confirmChip(life, desk(call, '番号法 第17条'), {
        cardId: call.params.id,
        addition: call.params.addition,
        chip: call.body.chip,
      }),
  });

const kind = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/:id/kind',
    summary: 'Make a card a face-authentication card, or an ordinary one again',
    params: ofCard,
    body: z.strictObject({ toFaceAuthentication: z.boolean(), terminal }),
    responses: {
      200: z.object({
        cardId: z.string(),
        isFaceAuthentication: z.boolean(),
        addition: additionView.nullable(),
        pins: z.enum(['lock', 'set']),
        fee_yen: z.int(),
      }),
    },
    handler: (call) =>
      switchKind(life, desk(call, '番号法 第17条'), {
        cardId: call.params.id,
        toFaceAuthentication: call.body.toFaceAuthentication,
      }),
  });

const dueList = (life: CardLife, desk: DeskOf) =>
  route({
    ...COUNTER,
    path: '/cards/due/list',
    summary:
      'Who has to bring a card until when: changes that the face does not say, and cards to be continued; a page',
    body: z.strictObject({
      until: z.iso.date().optional(),
      after: z.string().max(60).optional(),
      limit: z.int().min(1).max(500).optional(),
      terminal,
    }),
    responses: {
      200: z.object({
        due: z.array(
          z.object({
            cardId: z.string(),
            residentCode: z.string(),
            what: z.enum(['address', 'name', 'data', 'continuing-use']),
            changedOn: z.iso.date(),
            noticedOn: z.iso.date(),
            dueOn: z.iso.date(),
            isLate: z.boolean(),
            afterwards: z
              .enum(['late', 'void'])
              .meta({ description: 'After the last day: late, or the card is void' }),
          }),
        ),
        next: z.string().optional(),
      }),
    },
    handler: async (call) => {
      const { access, municipality } = desk(call, '番号法 第17条');
      const page = await listDueAtCounter(life.cards, access, municipality, call.body);
      return page.ok ? ok({ due: [...page.value.due], next: page.value.next }) : page;
    },
  });
