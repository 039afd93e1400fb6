/** For operators of the certification authority: all lists made now, the log of lists, and who was told what how often. */
import { operatorWith, route } from '@ishizue/http';
import { CERTIFICATE_KINDS, publishCrls, readAnswerCounts, readPublications } from '@ishizue/jpki';
import { ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { Country } from '../country.ts';

/** The role of an operator of the certification authorities. */
export const CA_OPERATOR = 'ca-operator';

const access = operatorWith(CA_OPERATOR);
const tags = ['jpki'];
const PUBLICATIONS_MAX = 1_000;

const publicationSchema = z.object({
  kind: z.enum(CERTIFICATE_KINDS),
  generation: z.int(),
  prefecture: z.string().nullable().meta({ description: 'Null of the list of a whole generation' }),
  area: z.string().nullable(),
  number: z.int(),
  thisUpdate: z.iso.datetime(),
  entries: z.int(),
  bytes: z.int(),
  sha256: z.string(),
  durationMs: z.int(),
});

const countSchema = z.object({
  day: z.iso.date(),
  verifier: z.string().meta({ description: 'Empty where nobody said who asked' }),
  service: z.enum(['ocsp', 'crl']),
  kind: z.enum([...CERTIFICATE_KINDS, '']),
  answer: z.string(),
  count: z.int(),
});

export function publicationRoutes(country: Country) {
  const { jpki } = country.systems;
  const publish = route({
    method: 'POST',
    path: '/crl-publications',
    summary: 'Make and publish all lists of revoked certificates now',
    tags,
    access,
    body: z.strictObject({}),
    timeoutMs: 120_000,
    responses: { 200: z.object({ published: z.int(), entries: z.int(), failures: z.int() }) },
    handler: async () => {
      const { published, entries, failures } = await publishCrls(jpki);
      return ok({ published, entries, failures: failures.length });
    },
  });
  const log = route({
    method: 'GET',
    path: '/crl-publications',
    summary: 'The newest publications of lists of revoked certificates, a month back at most',
    tags,
    access,
    query: z.strictObject({ before: z.iso.datetime().optional() }),
    responses: { 200: z.array(publicationSchema) },
    handler: async ({ query: { before } }) => {
      const until = before === undefined ? new Date(jpki.clock.now() + 1) : new Date(before);
      const rows = await readPublications(jpki, { before: until, limit: PUBLICATIONS_MAX });
      return ok(
        rows.map(({ thisUpdate, duration_ms, ...row }) => ({
          ...row,
          thisUpdate: thisUpdate.toISOString(),
          durationMs: duration_ms,
        })),
      );
    },
  });
  const counts = route({
    method: 'GET',
    path: '/status-answer-counts',
    summary: 'How often which verifier was told what by OCSP and lists, by day in Japan',
    tags,
    access,
    query: z.strictObject({ from: z.iso.date(), to: z.iso.date() }),
    responses: { 200: z.array(countSchema) },
    handler: async ({ query }) => ok([...(await readAnswerCounts(jpki, query))]),
  });
  return [publish, log, counts] as const;
}
