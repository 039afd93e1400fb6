/**
 * Opens sites and links in a database. Each end of a link opens it in its own database; where both ends share one, the
 * link is opened once. Opening again changes nothing but a site's display name.
 */
import type { Sql } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { formatLinkName, type LinkName, parseLinkName } from './link-name.ts';
import { publicKeyOf } from './signature.ts';

/** A site and the raw Ed25519 public key (32 bytes) with which it signs on links. */
export interface Site {
  readonly site: string;
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** Makes a site known, its key pinned. A site that is known is refused under a key that never was its own. */
export async function openSite(sql: Sql, site: Site): Promise<Result<void, 'site-key-differs'>> {
  publicKeyOf(site.publicKey); // throws where it is no key
  const key = Buffer.from(site.publicKey);
  const [row] = await sql<{ isKnown: boolean }[]>`
    WITH opened AS (
      INSERT INTO link.site (site, name, public_key) VALUES (${site.site}, ${site.name}, ${key})
      ON CONFLICT (site) DO UPDATE SET name = excluded.name
      RETURNING site, public_key
    ), pinned AS (
      INSERT INTO link.site_key (site, public_key) SELECT site, public_key FROM opened WHERE public_key = ${key}
      ON CONFLICT DO NOTHING
    )
    SELECT o.public_key = ${key}
           OR EXISTS (SELECT FROM link.site_key k WHERE k.site = o.site AND k.public_key = ${key}) AS "isKnown"
    FROM opened o`;
  if (!row?.isKnown) return fail('site-key-differs', `${site.site} has another key`);
  return ok(undefined);
}

/** Gives a site that has no certificate another key, at once. What is on its way under the old one is refused, signed anew by its sender, and taken. */
export async function replaceSiteKey(sql: Sql, site: string, publicKey: Uint8Array): Promise<void> {
  publicKeyOf(publicKey);
  const key = Buffer.from(publicKey);
  const { count } = await sql`
    WITH replaced AS (
      UPDATE link.site s SET public_key = ${key} WHERE s.site = ${site}
        AND NOT EXISTS (SELECT FROM link.site_key k WHERE k.site = s.site AND k.certificate IS NOT NULL)
      RETURNING site
    ), gone AS (
      DELETE FROM link.site_key k USING replaced r WHERE k.site = r.site AND k.public_key <> ${key}
    )
    INSERT INTO link.site_key (site, public_key) SELECT site, ${key} FROM replaced ON CONFLICT DO NOTHING`;
  if (count !== 1) throw new Error(`no site ${site} without certificates`);
}

/** Opens links between sites that are known; those that are open stay as they are. One statement for all. */
export async function openLinks(sql: Sql, links: readonly LinkName[]): Promise<void> {
  for (const link of links)
    if (!parseLinkName(formatLinkName(link)).ok) throw new Error(`not a link: ${formatLinkName(link)}`);
  const names = [...new Set(links.map(formatLinkName))];
  await sql`
    WITH wanted AS (
      SELECT split_part(name, '>', 1) AS from_site, split_part(split_part(name, '>', 2), ':', 1) AS to_site,
             split_part(name, ':', 2) AS system
      FROM unnest(${names}::text[]) AS name
    ), opened AS (
      INSERT INTO link.link (from_site, to_site, system) SELECT from_site, to_site, system FROM wanted
      ON CONFLICT (name) DO NOTHING RETURNING id
    ), counting AS (
      INSERT INTO link.counter (link_id) SELECT id FROM opened
    ), sending AS (
      INSERT INTO link.outbound (link_id) SELECT id FROM opened
    )
    INSERT INTO link.inbound (link_id) SELECT id FROM opened`;
}

/** Opens one link. */
export function openLink(sql: Sql, link: LinkName): Promise<void> {
  return openLinks(sql, [link]);
}
