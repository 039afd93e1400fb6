/** Reference data over HTTP: what everybody may know. */
import { route } from '@ishizue/http';
import { fail, ok } from '@ishizue/outcome';
import { z } from 'zod';
import type { MunicipalityDirectory } from './municipality-directory.ts';

export const municipalityStatuses = { 'municipality-unknown': 404 } as const;

const place = z.object({ code: z.string(), name: z.string(), kana: z.string(), romaji: z.string() });
const municipalityView = place.extend({ kind: z.string(), prefecture: z.string() });

/** The routes over a directory. */
export function municipalityRoutes(directory: MunicipalityDirectory) {
  const list = route({
    method: 'GET',
    path: '/municipalities',
    summary: 'Prefectures, municipalities and wards with their codes',
    tags: ['reference'],
    access: 'public',
    cacheControl: 'public, max-age=3600',
    responses: {
      200: z.object({ prefectures: z.array(place), municipalities: z.array(municipalityView) }),
    },
    handler: () =>
      ok({ prefectures: [...directory.prefectures], municipalities: [...directory.municipalities] }),
  });
  const wards = route({
    method: 'GET',
    path: '/municipalities/:code',
    summary: 'A municipality and its wards on a date',
    tags: ['reference'],
    access: 'public',
    params: z.strictObject({ code: z.string().regex(/^\d{6}$/) }),
    query: z.strictObject({ on: z.iso.date() }),
    responses: { 200: municipalityView.extend({ wards: z.array(place) }) },
    handler: ({ params, query }) => {
      const municipality = directory.findMunicipality(params.code);
      if (!municipality) return fail('municipality-unknown', 'no municipality has this code');
      return ok({ ...municipality, wards: [...directory.wardsOf(params.code, query.on)] });
    },
  });
  return [list, wards] as const;
}
