/**
 * Publishes every list of every generation that still stands: on demand, and daily by a timer of the wiring (jpki-formats
 * 5). A list that fails does not keep the others back.
 */
import type { Failure, Result } from '@ishizue/outcome';
import { type Authority, authorityLabel } from '../authority/authorities.ts';
import type { JpkiContext } from '../jpki-context.ts';
import type { CertificateKind } from '../profile/certificate-kind.ts';
import { pointsOf } from './distribution-points.ts';
import type { DistributionPoint } from './known-points.ts';
import { type PublishedList, type PublishFailure, publishList } from './publish-list.ts';
import { currentNumbers } from './published-lists.ts';

export interface CrlReport {
  readonly published: number;
  /** Entries in all lists together; one in the list of an area stands in that of its generation too. */
  readonly entries: number;
  /** By list, `authentication-1/Tokyo-to/Kiyose-shi`. */
  readonly failures: readonly { readonly list: string; readonly failure: Failure<PublishFailure> }[];
}

/** Lists made at once: enough to keep the signer's threads busy. */
const AT_ONCE = 4;

export async function publishCrls(context: JpkiContext): Promise<CrlReport> {
  const now = context.clock.now();
  const standing = await context.authorities.standing();
  await removeOld(context, standing, now);
  const lists: (readonly [Authority, DistributionPoint | undefined])[] = [];
  for (const authority of standing) {
    const points = await pointsOf(context, authority.kind);
    for (const point of [undefined, ...points]) lists.push([authority, point]);
  }
  return publishAll(context, lists);
}

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

async function publishAll(
  context: JpkiContext,
  lists: readonly (readonly [Authority, DistributionPoint | undefined])[],
): Promise<CrlReport> {
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
