/** Publishing on demand: an operator of the certification authority lets all lists be made now. */
import { operatorWith, route } from '@ishizue/http';
import { publishCrls } from '@ishizue/jpki';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Country } from '../country.ts';

/** The role of an operator of the certification authorities. */
export const CA_OPERATOR = 'ca-operator';

export function publicationRoutes(country: Country) {
  const publish = route({
    method: 'POST',
    path: '/crl-publications',
    summary: 'Make and publish all lists of revoked certificates now',
    tags: ['jpki'],
    access: operatorWith(CA_OPERATOR),
    body: z.strictObject({}),
    timeoutMs: 120_000,
    responses: { 200: z.object({ published: z.int(), entries: z.int(), failures: z.int() }) },
    handler: async () => {
      const { published, entries, failures } = await publishCrls(country.systems.jpki);
      return ok({ published, entries, failures: failures.length });
    },
  });
  return [publish] as const;
}
