/**
 * Each site's ledger as a transparency log (C2SP tlog-tiles): checkpoint, tiles, entry bundles. What is served is signed
 * and never changes, so that caches may keep it; leaves hold no personal data in clear.
 */
import { answer, bytes, route } from '@ishizue/http';
import { latestCheckpoint, parseLogPath, readEntryBundle, readTile } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import type { Country } from '../country.ts';

export const ledgerStatuses = { 'log-resource-missing': 404 } as const;

const IMMUTABLE = 'public, max-age=31536000, immutable';

/** The routes of one site's log, to be mounted at `/ledger/<site>`. */
export function ledgerRoutes(country: Country, site: string) {
  const sql = country.database.pool('ledger');
  const checkpoint = route({
    method: 'GET',
    path: '/checkpoint',
    summary: 'The newest signed checkpoint of the site’s ledger',
    tags: ['ledger'],
    access: 'public',
    responses: { 200: bytes('text/plain; charset=utf-8', 'A signed note') },
    handler: async (): Promise<Result<Uint8Array, 'log-resource-missing'>> => {
      const newest = await latestCheckpoint(sql, site);
      return newest ? ok(Buffer.from(newest.note)) : missing();
    },
  });
  const key = route({
    method: 'GET',
    path: '/key',
    summary: 'The verifier key of the site’s ledger',
    tags: ['ledger'],
    access: 'public',
    responses: { 200: bytes('text/plain; charset=utf-8', 'A signed-note verifier key') },
    handler: () => ok(Buffer.from(`${country.keys.ledgerKeyOf(site)}\n`)),
  });
  const tile = route({
    method: 'GET',
    path: '/tile/*',
    summary: 'A tile or an entry bundle',
    tags: ['ledger'],
    access: 'public',
    params: z.object({ '*': z.string().max(64) }),
    responses: { 200: bytes('application/octet-stream', 'Hashes, or leaves with their lengths') },
    handler: async ({ params }) => {
      const resource = parseLogPath(`tile/${params['*']}`);
      if (!resource.ok || resource.value.kind === 'checkpoint') return missing();
      const { n, width } = resource.value;
      const found =
        resource.value.kind === 'entries'
          ? await readEntryBundle(sql, site, n, width)
          : await readTile(sql, site, resource.value.level, n, width);
      return found ? answer(200, found, { 'cache-control': IMMUTABLE }) : missing();
    },
  });
  return [checkpoint, key, tile] as const;
}

const missing = () => fail('log-resource-missing', 'the signed log has nothing there');
