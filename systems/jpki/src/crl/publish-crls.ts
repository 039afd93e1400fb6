/**
 * Publishes the lists of every generation that still stands: on demand all of them, by a timer of the wiring those that are
 * due, which every list is once a day (jpki-formats 5). A list that fails does not keep the others back.
 */
import type { Failure, Result } from '@ishizue/outcome';
import { type Authority, authorityLabel } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { pointsOf } from './distribution-points.ts';
import type { DistributionPoint } from './known-points.ts';
import type { ListName } from './list-files.ts';
import { type PublishedList, type PublishFailure, publishList } from './publish-list.ts';
import { currentNumbers } from './published-lists.ts';
import { WHOLE_GENERATION } from './revoked-entries.ts';

export interface CrlReport {
  readonly published: number;
  /** Entries in all lists together; one in the list of an area stands in that of its generation too. */
  readonly entries: number;
  /** By list, `authentication-1/Tokyo-to/Kiyose-shi`. */
  readonly failures: readonly { readonly list: string; readonly failure: Failure<PublishFailure> }[];
}

/** Lists made at once: enough to keep the signer's threads busy. */
const AT_ONCE = 4;

/** A list of a generation, or of one of its points. */
type ListPlace = readonly [authority: Authority, point: DistributionPoint | undefined];

/** Publishes every list. */
export async function publishCrls(context: JpkiContext): Promise<CrlReport> {
  return publishAll(context, await standingLists(context));
}

/** Publishes the lists with something new on them, and those that are a day old. */
export async function publishDueCrls(context: JpkiContext): Promise<CrlReport> {
  const lists = await standingLists(context);
  const isDue = await readDue(context);
  return publishAll(context, lists.filter(isDue));
}

async function standingLists(context: JpkiContext): Promise<readonly ListPlace[]> {
  const standing = await context.authorities.standing();
  await removeOld(context, standing, context.clock.now());
  const lists: ListPlace[] = [];
  for (const authority of standing) {
    const points = await pointsOf(context, authority.kind);
    for (const point of [undefined, ...points]) lists.push([authority, point]);
  }
  return lists;
}

const DAY_MS = 86_400_000;
/** A revocation of an instant may be committed so much later, after a list of the time between was made. */
const COMMIT_MS_MAX = 15 * 60_000;

/**
 * Whether a list is due. What is looked at are the revocations of a day, however many there ever were; of any generation,
 * because each has the entries of all.
 */
async function readDue({ sql, clock }: JpkiContext): Promise<(list: ListPlace) => boolean> {
  const now = clock.now();
  const made = await sql<{ kind: CertificateKind; generation: number; point: number; isFresh: boolean }[]>`
    WITH revoked AS (
      SELECT kind, point, max(revoked_at) AS at FROM jpki.certificate
      WHERE revoked_at >= ${new Date(now - DAY_MS - COMMIT_MS_MAX)} GROUP BY kind, point
    ), news AS (
      SELECT kind, point, at FROM revoked
      UNION ALL
      SELECT kind, ${WHOLE_GENERATION}::int, max(at) FROM revoked GROUP BY kind
    )
    SELECT kind, generation, point, c.this_update > ${new Date(now - DAY_MS)}
      AND coalesce(n.at <= c.this_update - ${COMMIT_MS_MAX}::int * interval '1 ms', true) AS "isFresh"
    FROM jpki.crl c LEFT JOIN news n USING (kind, point)`;
  const fresh = new Set(made.filter(({ isFresh }) => isFresh).map(nameOf));
  return ([{ kind, generation }, point]) =>
    !fresh.has(nameOf({ kind, generation, point: point?.id ?? WHOLE_GENERATION }));
}

const nameOf = ({ kind, generation, point }: Omit<ListName, 'number'>): string =>
  `${kind} ${generation} ${point}`;

/** Publishes the list of all that the generation that issues now has revoked; undefined before a ceremony. */
export async function publishWholeList(
  context: JpkiContext,
  kind: CertificateKind,
): Promise<Result<PublishedList, PublishFailure> | undefined> {
  const authority = await context.authorities.findCurrent(kind);
  return authority && publishList(context, authority, undefined);
}

/** The log is kept for a month, of the list that is served always. */
const LOG_KEPT_MS = 31 * 86_400_000;

/** Files that are no longer served, one publication late so that whoever has just been told of one still finds it. */
async function removeOld(context: JpkiContext, standing: readonly Authority[], now: number): Promise<void> {
  for (const authority of standing)
    await context.lists.removeOlder(authority, await currentNumbers(context, authority));
  await context.sql`
    DELETE FROM jpki.publication p USING jpki.crl c
    WHERE p.this_update < ${new Date(now - LOG_KEPT_MS)} AND p.number < c.number
      AND (c.kind, c.generation, c.point) = (p.kind, p.generation, p.point)`;
}

async function publishAll(context: JpkiContext, lists: readonly ListPlace[]): Promise<CrlReport> {
  let published = 0;
  let entries = 0;
  const failures: CrlReport['failures'][number][] = [];
  const waiting = lists.values();
  const work = async (): Promise<void> => {
    for (const [authority, point] of waiting) {
      const list = await publishList(context, authority, point);
      if (list.ok) {
        published++;
        entries += list.value.entries;
      } else {
        const place = point ? `/${point.prefecture}/${point.area}` : '';
        failures.push({ list: authorityLabel(authority) + place, failure: list.failure });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { published, entries, failures };
}
