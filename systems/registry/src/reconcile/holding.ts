/**
 * What a site holds of one municipality, as digests, straight from its tables: the municipality's register with its
 * addresses written out as they climb, or an upper tier's persons. Residents and the deceased are compared; who moved
 * out is compared where they went. Digests are made when asked for: measured beside a stored column under a covering
 * index, reading was no slower, and the column cost 84 bytes a person and a share of every event. Callers run under the
 * site's scope.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import { nationalTier, prefecturalTier, type Tier } from '../tiers/tier.ts';
import { codesOf, type Digest, type ListedPerson, type Question, type TreeNode } from './digest-tree.ts';

/** Persons in one answer at the most; what is cut off is suspected and then cleared by its check. */
export const LISTED_MAX = 5_000;

/** What a site holds of a municipality. */
export interface Holding {
  readonly site: string;
  readonly municipality: string;
  /** A SELECT of the municipality's persons (resident_code, sequence, is_compared, digest) from a table `h`. */
  readonly rows: (tx: Tx) => ReturnType<Tx>;
}

/** The tier of an upper site; undefined for a municipal one. */
export function findTier(context: RegistryContext, site: string): Tier | undefined {
  if (site === NATIONAL_SITE) return nationalTier(context);
  const [kind, code] = site.split('/');
  return kind === 'prefectural' && code !== undefined ? prefecturalTier(context, code) : undefined;
}

/** The site to which a site's notices of a municipality climb; undefined where it has none to send. */
export function findSiteAbove(
  context: RegistryContext,
  site: string,
  municipality: string,
): string | undefined {
  const place = context.municipalities.findMunicipality(municipality);
  if (!place) return undefined;
  if (site === municipalSite(municipality)) return prefecturalSite(place.prefecture);
  return site === prefecturalSite(place.prefecture) ? NATIONAL_SITE : undefined;
}

/** What the site holds of the municipality. */
export async function openHolding(
  tx: Tx,
  context: RegistryContext,
  site: string,
  municipality: string,
): Promise<Holding> {
  const tier = findTier(context, site);
  if (tier) return { site, municipality, rows: (inner) => upperRows(inner, tier, municipality) };
  const codes = await areaCodes(context, tx, municipality);
  const names = codes.map((code) => context.municipalities.fullName(code));
  return { site, municipality, rows: (inner) => municipalRows(inner, municipality, codes, names) };
}

/** Status of whom both ends must tell the same. */
const isCompared = (tx: Tx) => tx`h.status IN ('resident', 'deceased')`;

function upperRows(tx: Tx, tier: Tier, municipality: string): ReturnType<Tx> {
  const ofPrefecture = tier.prefecture === null ? tx`` : tx`h.prefecture_code = ${tier.prefecture} AND`;
  const address: ReturnType<Tx> = tx`h.address`;
  return tx`
    SELECT h.resident_code, h.sequence, ${isCompared(tx)} AS is_compared, ${digestOf(tx, address)} AS digest
    FROM ${tx(tier.personTable)} h WHERE ${ofPrefecture} h.municipality_code = ${municipality}`;
}

function municipalRows(
  tx: Tx,
  municipality: string,
  codes: readonly string[],
  names: readonly string[],
): ReturnType<Tx> {
  const address: ReturnType<Tx> = tx`concat(area.name, h.town, h.lot, '　' || h.building)`;
  return tx`
    SELECT h.resident_code, h.sequence, ${isCompared(tx)} AS is_compared, ${digestOf(tx, address)} AS digest
    FROM registry.municipal_resident h
    JOIN unnest(${[...codes]}::text[], ${[...names]}::text[]) AS area(code, name)
      ON area.code = coalesce(h.ward_code, h.municipality_code)
    WHERE h.municipality_code = ${municipality}`;
}

/** The areas with which addresses begin: the municipality's, and of a designated city also every ward that is named. */
async function areaCodes(context: RegistryContext, tx: Tx, municipality: string): Promise<readonly string[]> {
  if (context.municipalities.wardsOf(municipality, dateInTokyo(context.clock.now())).length === 0)
    return [municipality];
  const wards = await tx<{ code: string }[]>`
    SELECT DISTINCT ward_code AS code FROM registry.municipal_resident
    WHERE municipality_code = ${municipality} AND ward_code IS NOT NULL`;
  return [municipality, ...wards.map(({ code }) => code)];
}

/** `identityDigest` in SQL, as bytes. */
function digestOf(tx: Tx, address: ReturnType<Tx>): ReturnType<Tx> {
  return tx`substring(sha256(convert_to(concat_ws(E'\\x1f', h.resident_code, h.municipality_code, h.sequence, h.status,
    h.name, coalesce(h.former_surname, E'\\x1e'), coalesce(h.alias, E'\\x1e'), h.birth_date, h.sex, ${address},
    coalesce(h.individual_number, E'\\x1e')), 'UTF8')) FOR 16)`;
}

const high = (tx: Tx) => tx`bit_xor(substring(digest FROM 1 FOR 8)::bigint) AS high`;
const low = (tx: Tx) => tx`bit_xor(substring(digest FROM 9 FOR 8)::bigint) AS low`;
const asDigest = (tx: Tx) => tx`encode(high::bytea || low::bytea, 'hex') AS digest`;

/** How many characters the prefixes of stored nodes have: some hundred persons a node. */
export async function storedLengthFor(tx: Tx, holding: Holding): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    SELECT count(*) AS count FROM registry.municipal_resident WHERE municipality_code = ${holding.municipality}
    UNION ALL SELECT count(*) FROM registry.prefectural_person WHERE municipality_code = ${holding.municipality}
    ORDER BY 1 DESC`;
  return Math.min(6, Math.max(0, Math.ceil(Math.log10((row?.count ?? 0) / STORED_NODE_PERSONS_MAX))));
}

const STORED_NODE_PERSONS_MAX = 200;

/** Which nodes of a run are kept at a site, for whom. */
export interface StoredTree {
  readonly holding: Holding;
  readonly runId: string;
  readonly otherSite: string;
  readonly storedLength: number;
}

/**
 * Reads the whole holding once and keeps the nodes of one length. Nodes of earlier runs of the two ends go.
 * @returns how many persons there are
 */
export async function storeTree(tx: Tx, tree: StoredTree): Promise<number> {
  const { holding, runId, otherSite, storedLength } = tree;
  await tx`
    DELETE FROM registry.reconcile_node
    WHERE site = ${holding.site} AND other_site = ${otherSite} AND municipality_code = ${holding.municipality}`;
  const [counted] = await tx<{ persons: number }[]>`
    WITH stored AS (
      INSERT INTO registry.reconcile_node (site, other_site, municipality_code, run_id, prefix, persons, high, low)
      SELECT ${holding.site}::text, ${otherSite}::text, ${holding.municipality}::text, ${runId}::text, left(resident_code, ${storedLength}::int),
        count(*), ${high(tx)}, ${low(tx)}
      FROM (${holding.rows(tx)}) person WHERE is_compared
      GROUP BY 5
      RETURNING persons
    )
    SELECT coalesce(sum(persons), 0)::bigint AS persons FROM stored`;
  return counted?.persons ?? 0;
}

/** The nodes that a question asks for; nodes without persons are left out, but for the root. */
export async function readNodes(tx: Tx, tree: StoredTree, question: Question): Promise<readonly TreeNode[]> {
  const root = question.root ? await readRoot(tx, tree) : [];
  const isStored = (parent: string): boolean => parent.length < tree.storedLength;
  const shallow = question.split.filter(isStored);
  const deep = question.split.filter((parent) => !isStored(parent));
  return [...root, ...(await readStored(tx, tree, shallow)), ...(await readDeep(tx, tree, deep))];
}

async function readRoot(tx: Tx, { holding, runId }: StoredTree): Promise<readonly TreeNode[]> {
  const rows = await tx<TreeNode[]>`
    SELECT '' AS prefix, persons, ${asDigest(tx)}
    FROM (SELECT coalesce(sum(persons), 0)::bigint AS persons, coalesce(bit_xor(high), 0) AS high,
            coalesce(bit_xor(low), 0) AS low
          FROM registry.reconcile_node WHERE site = ${holding.site} AND run_id = ${runId}) root`;
  return [...rows];
}

async function readStored(
  tx: Tx,
  { holding, runId }: StoredTree,
  parents: readonly string[],
): Promise<readonly TreeNode[]> {
  if (parents.length === 0) return [];
  const rows = await tx<TreeNode[]>`
    SELECT prefix, persons, ${asDigest(tx)}
    FROM (
      SELECT left(n.prefix, length(p.parent) + 1) AS prefix, sum(n.persons)::bigint AS persons,
        bit_xor(n.high) AS high, bit_xor(n.low) AS low
      FROM unnest(${[...parents]}::text[]) AS p(parent)
      JOIN registry.reconcile_node n ON n.site = ${holding.site} AND n.run_id = ${runId}
        AND n.prefix COLLATE "C" >= p.parent COLLATE "C" AND n.prefix COLLATE "C" < (p.parent || ':') COLLATE "C"
      GROUP BY 1
    ) node`;
  return [...rows];
}

async function readDeep(tx: Tx, tree: StoredTree, parents: readonly string[]): Promise<readonly TreeNode[]> {
  if (parents.length === 0) return [];
  const rows = await tx<TreeNode[]>`
    SELECT prefix, persons, ${asDigest(tx)}
    FROM (
      SELECT left(person.resident_code, length(p.parent) + 1) AS prefix, count(*) AS persons, ${high(tx)}, ${low(tx)}
      FROM ${ranges(tx, parents)} CROSS JOIN LATERAL ${within(tx, tree.holding.rows(tx))} person
      WHERE is_compared
      GROUP BY 1
    ) node`;
  return [...rows];
}

/** The persons of the nodes that a question lists. */
export async function readPersons(
  tx: Tx,
  holding: Holding,
  prefixes: readonly string[],
): Promise<readonly ListedPerson[]> {
  if (prefixes.length === 0) return [];
  const rows = await tx<ListedPerson[]>`
    SELECT person.resident_code AS "residentCode", person.sequence, encode(person.digest, 'hex') AS digest
    FROM ${ranges(tx, prefixes)} CROSS JOIN LATERAL ${within(tx, holding.rows(tx))} person
    WHERE is_compared
    ORDER BY 1 LIMIT ${LISTED_MAX}`;
  return [...rows];
}

function ranges(tx: Tx, prefixes: readonly string[]): ReturnType<Tx> {
  const bounds = prefixes.map(codesOf);
  return tx`unnest(${[...prefixes]}::text[], ${bounds.map(([first]) => first)}::text[],
    ${bounds.map(([, last]) => last)}::text[]) AS p(parent, first, last)`;
}

/** Rows of one node by the index of codes; the limit keeps the planner from reading the whole table for all nodes. */
const within = (tx: Tx, rows: ReturnType<Tx>): ReturnType<Tx> =>
  tx`(${rows} AND h.resident_code BETWEEN p.first AND p.last LIMIT 2147483647)`;

/** A person as a site holds them, whatever their status. */
export interface CheckedPerson extends ListedPerson {
  readonly isCompared: boolean;
}

/** Persons of the municipality by code. */
export async function readChecked(
  tx: Tx,
  holding: Holding,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, CheckedPerson>> {
  const rows = await tx<(CheckedPerson & { digest: Digest })[]>`
    SELECT resident_code AS "residentCode", sequence, encode(digest, 'hex') AS digest, is_compared AS "isCompared"
    FROM (${holding.rows(tx)} AND h.resident_code = ANY(${[...residentCodes]}::text[])) person`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}
