/** What the routes of a municipality's card counter have in common: who acts, under which article, and the forms. */
import { type OperatorActor, operatorWith } from '@ishizue/http';
import { z } from 'zod';
import { CARD_STATES } from '../card/card-lifecycle.ts';
import type { Desk } from './counter-act.ts';

/** The role of a municipality's officer who looks after cards. */
export const CARD_COUNTER = 'card-counter';

/** What every route of the counter is. */
export const COUNTER = {
  method: 'POST',
  tags: ['cards'],
  access: operatorWith(CARD_COUNTER),
  bodyBytesMax: 8192,
} as const;

export const terminal = z.string().regex(/^[0-9a-z-]{1,32}$/);
export const ofCard = z.object({ id: z.string().regex(/^[0-9A-Z]{16}$/) });

export const cardView = z.object({
  cardId: z.string(),
  applicationId: z.string(),
  state: z.enum(CARD_STATES),
  issuedOn: z.string(),
  expiresOn: z.string(),
});

export const chipAttributes = z.strictObject({
  name: z.string().max(200),
  address: z.string().max(400),
  birthDate: z.string().max(10),
  sex: z.union([z.literal(1), z.literal(2), z.literal(3)]),
});

export const additionView = z.object({
  cardId: z.string(),
  addition: z.int(),
  lines: z.array(z.string()).readonly().meta({ description: 'To be printed into the column of additions' }),
  chip: chipAttributes.nullable().meta({ description: 'To be written into the chip and read back' }),
});

/** The calls of one municipality's counter. */
export type DeskOf = (
  call: {
    readonly actor: OperatorActor;
    readonly body: { readonly terminal: string };
    readonly correlation: string;
  },
  article: string,
) => Desk;

export const deskOf =
  (municipality: string): DeskOf =>
  ({ actor, body, correlation }, article) => ({
    municipality,
    access: {
      actorKind: 'operator',
      actor: actor.operator,
      terminal: body.terminal,
      article,
      affair: 'card-life',
      correlation,
    },
  });
