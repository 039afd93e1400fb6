/** The lists that are served: which they are in the database, what they are in files. */
import type { Readable } from 'node:stream';
import type { Authority } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CrlArea } from '../profile/crl-area.ts';
import { WHOLE_GENERATION } from './revoked-entries.ts';

/** A list that is served. */
export interface PublishedList {
  readonly point: number;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** A list and its content. */
export interface PublishedFile extends PublishedList {
  readonly content: Readable;
}

/** The numbers of a generation's lists, by their points. */
export async function currentNumbers(
  { sql }: Pick<JpkiContext, 'sql'>,
  { kind, generation }: Authority,
): Promise<ReadonlyMap<number, number>> {
  const rows = await sql<{ point: number; number: number }[]>`
    SELECT point, number FROM jpki.crl WHERE kind = ${kind} AND generation = ${generation}`;
  return new Map(rows.map(({ point, number }) => [point, number]));
}

/** The points of a generation whose lists are there. */
export async function listedPoints(context: JpkiContext, authority: Authority): Promise<ReadonlySet<number>> {
  const listed = new Set<number>();
  for (const [point, number] of await currentNumbers(context, authority))
    if (await context.lists.has({ ...authority, point, number })) listed.add(point);
  return listed;
}

/** Whether the list of a point is there. */
export async function isListed(context: JpkiContext, authority: Authority, point: number): Promise<boolean> {
  const { kind, generation } = authority;
  const [row] = await context.sql<{ number: number }[]>`
    SELECT number FROM jpki.crl WHERE kind = ${kind} AND generation = ${generation} AND point = ${point}`;
  return row !== undefined && (await context.lists.has({ kind, generation, point, number: row.number }));
}

/** The list of an area, or of the whole generation where none is given. */
export async function findPublished(
  { sql }: Pick<JpkiContext, 'sql'>,
  { kind, generation }: Authority,
  area: CrlArea | undefined,
): Promise<PublishedList | undefined> {
  const point = area
    ? sql`(SELECT id FROM jpki.distribution_point
        WHERE kind = ${kind} AND prefecture = ${area.prefecture} AND area = ${area.area})`
    : sql`${WHOLE_GENERATION}`;
  const [row] = await sql<PublishedList[]>`
    SELECT point, number, p.this_update AS "thisUpdate", bytes, encode(sha256, 'hex') AS sha256
    FROM jpki.crl JOIN jpki.publication p USING (kind, generation, point, number)
    WHERE kind = ${kind} AND generation = ${generation} AND point = ${point}`;
  return row;
}

/** A list may be replaced, and its file removed, between the question and the opening. */
const ATTEMPTS = 3;

/** The list with its content, which whoever takes it reads to the end or destroys. */
export async function openPublished(
  context: JpkiContext,
  authority: Authority,
  area: CrlArea | undefined,
): Promise<PublishedFile | undefined> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const list = await findPublished(context, authority, area);
    const file = list && (await context.lists.find({ ...authority, ...list }));
    if (list && file) return { ...list, content: file.createReadStream({ highWaterMark: 128 * 1024 }) };
  }
  return undefined;
}
