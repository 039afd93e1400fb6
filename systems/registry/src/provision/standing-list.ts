/**
 * Standing change lists: an agency names persons under a row, and every later change of them is in its list, in order,
 * fetched by cursor and acknowledged. Changes are read from `national_change`, no person is asked for one by one.
 * Invariant: a cursor never passes a transaction that has not ended, so that no change is skipped; what is fetched is
 * provided, with its ledger entries in the same transaction, as often as it is fetched.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { type AlikeEntries, type OwnPart, recordAlike, recordEntry } from '@ishizue/ledger';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { findAgencies } from './agencies.ts';
import { type PermitFailure, permitAgency } from './provide.ts';
import { type HeldIdentity, itemsOf, type ProvidedIdentity } from './provided-items.ts';
import { basisOf, type ProvisionItem, type ProvisionRow } from './provision-rules.ts';

export interface StandingListOrder {
  readonly agency: string;
  readonly listId: string;
  readonly row: string;
  readonly affair: string;
  readonly items: readonly ProvisionItem[];
}

export type StandingListFailure = PermitFailure | 'list-unknown' | 'list-id-reused' | 'cursor-invalid';

/** A change of a person in the list; the items are as they are held when fetched. */
export interface ListedChange {
  /** By which the person was known at the change. */
  readonly residentCode: string;
  /** Of a change of the code: the one before it. */
  readonly formerCode?: string;
  readonly changed: { readonly reason: string; readonly eventDate: string };
  readonly identity: ProvidedIdentity;
}

export interface ChangePage {
  readonly changes: readonly ListedChange[];
  /** Acknowledge it when the page is safe at the agency, or fetch on from it. */
  readonly cursor: string;
  /** Whether more is there already. */
  readonly hasMore: boolean;
}

/** Persons in one call at the most. */
export const MEMBERS_MAX = 5_000;
const PAGE_MAX = 1_000;

/** Opens a list; the same order again changes nothing. */
export async function openStandingList(
  context: RegistryContext,
  order: StandingListOrder,
): Promise<Result<undefined, StandingListFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const permitted = await permitList(tx, context, order);
    if (!permitted.ok) return permitted;
    await tx`
      INSERT INTO registry.national_standing_list (agency, list_id, annex_row, affair, items, acknowledged)
      SELECT ${order.agency}, ${order.listId}, ${order.row}, ${order.affair}, ${[...order.items]},
        x || '.' || x || '.0' FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS x) now
      ON CONFLICT DO NOTHING`;
    const stored = await findList(tx, order.agency, order.listId);
    const isSame =
      stored?.row === order.row &&
      stored.affair === order.affair &&
      stored.items.join() === order.items.join();
    return isSame ? ok(undefined) : fail('list-id-reused', 'a list of this id follows under other terms');
  });
}

/** Follows persons from now on; answers how many of them the list did not have and the national site knows. */
export async function addToStandingList(
  context: RegistryContext,
  agency: string,
  listId: string,
  residentCodes: readonly string[],
): Promise<Result<number, StandingListFailure>> {
  if (residentCodes.length > MEMBERS_MAX) throw new Error(`${residentCodes.length} persons in one call`);
  return withList(context, agency, listId, async (tx, list, row) => {
    const added = await tx<{ residentCode: string }[]>`
      INSERT INTO registry.national_standing_member (agency, list_id, resident_code)
      SELECT ${agency}, ${listId}, resident_code FROM registry.national_person
      WHERE resident_code = ANY(${[...residentCodes]}) ON CONFLICT DO NOTHING
      RETURNING resident_code AS "residentCode"`;
    const known = new Set(added.map(({ residentCode }) => residentCode));
    const own = [...new Set(residentCodes)].map((code) =>
      ownPart(context, code, known.has(code) ? 'ok' : 'not-added', list.listId),
    );
    await recordAlike(tx, { ...commonPart(context, agency, row), affair: 'standing-list', fields: [] }, own);
    return ok(added.length);
  });
}

/** No longer follows persons. */
export async function removeFromStandingList(
  context: RegistryContext,
  agency: string,
  listId: string,
  residentCodes: readonly string[],
): Promise<Result<number, StandingListFailure>> {
  return withList(context, agency, listId, async (tx, list, row) => {
    const removed = await tx<{ residentCode: string }[]>`
      DELETE FROM registry.national_standing_member
      WHERE agency = ${agency} AND list_id = ${listId} AND resident_code = ANY(${[...residentCodes]})
      RETURNING resident_code AS "residentCode"`;
    await recordAlike(
      tx,
      { ...commonPart(context, agency, row), affair: 'standing-list-end', fields: [] },
      removed.map(({ residentCode }) => ownPart(context, residentCode, 'ok', list.listId)),
    );
    return ok(removed.length);
  });
}

/** The changes after a cursor, or after what was acknowledged; each is a provision and on the ledger. */
export async function fetchChanges(
  context: RegistryContext,
  agency: string,
  listId: string,
  after?: string,
): Promise<Result<ChangePage, StandingListFailure>> {
  return withList(context, agency, listId, async (tx, list, row) => {
    const window = await openWindow(tx, after ?? list.acknowledged);
    if (!window) return fail('cursor-invalid', 'the cursor is not one that was given out');
    const rows = await changesAfter(tx, list, window);
    const common = { ...commonPart(context, agency, row), fields: list.items };
    await recordAlike(
      tx,
      common,
      rows.map(({ residentCode }) => ownPart(context, residentCode, 'ok', list.listId)),
    );
    const last = rows.at(-1);
    const hasMore = rows.length === PAGE_MAX;
    const next =
      hasMore && last
        ? { ...window, position: last.position }
        : { from: window.until, until: window.until, position: 0 };
    const { items } = list;
    const identities = itemsOf(
      context.numbers,
      rows.map((person) => ({ person, items })),
    );
    return ok({
      changes: rows.map(({ residentCode, changeReason, changeDate, codeThen, formerCode }, index) => ({
        residentCode: codeThen ?? residentCode,
        ...(formerCode !== null && { formerCode }),
        changed: { reason: changeReason, eventDate: changeDate },
        identity: identities[index] ?? {},
      })),
      cursor: formatCursor(next),
      hasMore,
    });
  });
}

/** Notes how far the agency has the changes: the next fetch begins there. */
export async function acknowledgeChanges(
  context: RegistryContext,
  agency: string,
  listId: string,
  cursor: string,
): Promise<Result<undefined, StandingListFailure>> {
  return withList(context, agency, listId, async (tx) => {
    if (!(await openWindow(tx, cursor)))
      return fail('cursor-invalid', 'the cursor is not one that was given out');
    await tx`
      UPDATE registry.national_standing_list SET acknowledged = ${cursor}
      WHERE agency = ${agency} AND list_id = ${listId}`;
    return ok(undefined);
  });
}

interface StandingList {
  readonly agency: string;
  readonly listId: string;
  readonly row: string;
  readonly affair: string;
  readonly items: readonly ProvisionItem[];
  readonly acknowledged: string;
}

async function findList(tx: Tx, agency: string, listId: string): Promise<StandingList | undefined> {
  const [list] = await tx<StandingList[]>`
    SELECT agency, list_id AS "listId", annex_row AS row, affair, items, acknowledged
    FROM registry.national_standing_list WHERE agency = ${agency} AND list_id = ${listId}`;
  return list;
}

/** Works on a list whose row still allows it; a refusal is on the ledger. */
function withList<T>(
  context: RegistryContext,
  agency: string,
  listId: string,
  work: (tx: Tx, list: StandingList, row: ProvisionRow) => Promise<Result<T, StandingListFailure>>,
): Promise<Result<T, StandingListFailure>> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const list = await findList(tx, agency, listId);
    if (!list) return fail('list-unknown', 'the agency has no list of this id');
    const permitted = await permitList(tx, context, list);
    return permitted.ok ? work(tx, list, permitted.value) : permitted;
  });
}

async function permitList(
  tx: Tx,
  context: RegistryContext,
  order: StandingListOrder,
): Promise<Result<ProvisionRow, PermitFailure>> {
  const agencies = await findAgencies(tx, [order.agency]);
  const now = context.clock.now();
  const permitted = permitAgency(agencies.get(order.agency), now, { ...order, key: 'resident-code' });
  if (permitted.ok) return permitted;
  await recordEntry(tx, {
    ...commonPart(context, order.agency, basisOf(dateInTokyo(now), order.row)),
    fields: order.items,
    subject: null,
    result: permitted.failure.code,
    correlation: order.listId,
  });
  return permitted;
}

function commonPart(
  context: RegistryContext,
  agency: string,
  { article, affair }: Pick<ProvisionRow, 'article' | 'affair'>,
): Omit<AlikeEntries, 'fields'> {
  const at = context.clock.now();
  return { site: NATIONAL_SITE, at, actorKind: 'site', actor: agency, terminal: '', article, affair };
}

const ownPart = (context: RegistryContext, code: string, result: string, listId: string): OwnPart => ({
  subject: context.pseudonyms.of(NATIONAL_SITE, code),
  result,
  correlation: listId,
});

/** Changes of the transactions from `from` until before `until`, all of them ended, behind a position. */
interface ChangeWindow {
  readonly from: bigint;
  readonly until: bigint;
  readonly position: number;
}

const CURSOR = /^(\d{1,18})\.(\d{1,18})\.(\d{1,15})$/;

const formatCursor = ({ from, until, position }: ChangeWindow): string => `${from}.${until}.${position}`;

/** The window of a cursor; a cursor at the end of its window opens the next one, up to what has ended by now. */
async function openWindow(tx: Tx, cursor: string): Promise<ChangeWindow | undefined> {
  const [, from, until, position] = CURSOR.exec(cursor) ?? [];
  if (from === undefined || until === undefined) return undefined;
  const [now] = await tx<{ xmin: string }[]>`SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS xmin`;
  const ended = BigInt(now?.xmin ?? '0');
  const window = { from: BigInt(from), until: BigInt(until), position: Number(position) };
  if (window.from > window.until || window.until > ended) return undefined;
  return window.from === window.until ? { ...window, until: ended } : window;
}

type ChangeRow = HeldIdentity & {
  readonly changeReason: string;
  readonly changeDate: string;
  readonly codeThen: string | null;
  readonly formerCode: string | null;
  readonly position: number;
};

/** One page in the order of the changes: positions are a person's order, whatever order transactions ended in. */
async function changesAfter(
  tx: Tx,
  { agency, listId }: StandingList,
  { from, until, position }: ChangeWindow,
): Promise<readonly ChangeRow[]> {
  return tx<ChangeRow[]>`
    SELECT p.resident_code AS "residentCode", p.municipality_code AS municipality, p.status, p.name,
      p.former_surname AS "formerSurname", p.alias, p.birth_date AS "birthDate", p.sex, p.address,
      p.individual_number AS "individualNumber", p.reason, p.event_date AS "eventDate",
      c.reason AS "changeReason", c.event_date AS "changeDate", c.code_then AS "codeThen",
      c.former_code AS "formerCode", c.position
    FROM registry.national_change c
    JOIN registry.national_standing_member m USING (resident_code)
    JOIN registry.national_person p USING (resident_code)
    WHERE m.agency = ${agency} AND m.list_id = ${listId} AND c.tx >= m.since
      AND c.tx >= ${String(from)}::xid8 AND c.tx < ${String(until)}::xid8 AND c.position > ${position}
    ORDER BY c.position LIMIT ${PAGE_MAX}`;
}
