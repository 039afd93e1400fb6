/** What a prefectural or the national site shows its own operators: the identity data of one person by resident code. */
import { operatorWith, route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import { clearNumber } from '../numbers/number-cipher.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { findPersonAt } from '../tiers/find-person.ts';
import { nationalTier, prefecturalTier } from '../tiers/tier.ts';

/** The role of an operator of a tier who may look at identity data. */
export const IDENTITY_READER = 'identity-reader';

export const tierStatuses = { 'person-unknown': 404 } as const;

const identifiedPerson = z.object({
  residentCode: z.string(),
  municipality: z.string(),
  status: z.string(),
  name: z.string(),
  formerSurname: z.string().nullable(),
  alias: z.string().nullable(),
  birthDate: z.string(),
  sex: z.int(),
  address: z.string(),
  individualNumber: clearNumber.nullable(),
});

/** The routes of one site: `national` or `prefectural/13`. */
export function tierRoutes(context: RegistryContext, site: string) {
  const tier =
    site === NATIONAL_SITE
      ? nationalTier(context)
      : prefecturalTier(context, site.slice('prefectural/'.length));
  const lookUp = route({
    method: 'POST',
    path: '/persons/look-up',
    summary: 'Identity data of a person by resident code',
    tags: ['registry'],
    access: operatorWith(IDENTITY_READER),
    body: z.strictObject({
      residentCode: z.string().regex(/^\d{11}$/),
      terminal: z.string().regex(/^[0-9a-z-]{1,32}$/),
    }),
    responses: { 200: identifiedPerson },
    handler: async ({ body, actor, correlation }) => {
      const access = {
        actorKind: 'operator' as const,
        actor: actor.operator,
        terminal: body.terminal,
        article: tier.prefecture === null ? '住民基本台帳法 第30条の8' : '住民基本台帳法 第30条の15',
        affair: 'identity-confirmation',
        correlation,
      };
      const person = await findPersonAt(context, tier, access, body.residentCode);
      return person
        ? ok(context.numbers.openRow(person))
        : fail('person-unknown', 'the site holds nobody with this resident code');
    },
  });
  return [lookUp] as const;
}
