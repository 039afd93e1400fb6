/**
 * Repair is resending: the site of record, always the municipality, says again what it holds of a person, and that climbs
 * all tiers. Nothing is ever mended downwards. Behind the resent record goes a check, so that a difference is closed
 * by proof only; where it stays, it stands until somebody decides.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { type AddressedMessage, type Handler, sendAll } from '@ishizue/link';
import type { Access } from '../access.ts';
import type { EventReason } from '../identity/event-reason.ts';
import { identityAfter, prefectureLink } from '../municipal/notices.ts';
import type { Resident } from '../municipal/resident.ts';
import { residentsByCodeForUpdate } from '../municipal/resident-store.ts';
import { municipalSite, prefecturalSite, type RegistryContext } from '../registry-context.ts';
import { prepareChecks } from './check-persons.ts';
import type { DifferencePlace } from './differences.ts';
import { findSiteAbove, openHolding } from './holding.ts';
import {
  IDENTITY_RESENT,
  RESEND_REQUEST,
  RESENT_CHANGES_MAX,
  type ResendRequestBody,
  type ResentBody,
  resendRequestBody,
} from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { entryOf, IDENTITY_FIELDS } from './reconcile-entry.ts';

/** Persons in one call at the most: each call is one transaction. */
const REPAIRED_AT_ONCE_MAX = 500;

/** Which differences to repair. */
export interface RepairOrder extends DifferencePlace {
  /** `standing`: those that a resend did not mend before. */
  readonly state?: 'open' | 'standing';
  /** Whether the tiers above are to strike a person of whom the municipality has no record. An officer's decision. */
  readonly isWithdrawal?: boolean;
}

/**
 * Begins the repair of some differences, 500 at the most; the verdicts come over the link.
 * @returns how many persons are resent or asked for; 0 where nothing is left
 */
export async function repairDifferences(
  context: RegistryContext,
  access: Access,
  order: RepairOrder,
): Promise<number> {
  const { site, municipality } = order;
  const upperSite = findSiteAbove(context, site, municipality);
  if (upperSite === undefined) return 0;
  const repaired = await inTransaction(context.sql, { site }, async (tx) => {
    const rows = await takeDifferences(tx, order);
    const residentCodes = rows.map(({ residentCode }) => residentCode).sort();
    await recordEntries(
      tx,
      residentCodes.map((residentCode) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: IDENTITY_FIELDS,
        result: 'ok',
      })),
    );
    const messages =
      site === municipalSite(municipality)
        ? await resend(tx, context, municipality, residentCodes, order.isWithdrawal === true)
        : askForResend(order, residentCodes);
    const checks = site === municipalSite(municipality) ? await checksOf(tx, context, site, rows) : [];
    await sendAll(tx, [...messages, ...checks]);
    return rows.length;
  });
  context.wake();
  return repaired;
}

interface Repaired {
  readonly runId: string;
  readonly municipality: string;
  readonly residentCode: string;
}

async function takeDifferences(
  tx: Tx,
  { site, municipality, state = 'open' }: RepairOrder,
): Promise<readonly Repaired[]> {
  return tx<Repaired[]>`
    UPDATE registry.reconcile_difference SET state = 'repairing', repairs = repairs + 1, is_awaited = true
    WHERE site = ${site} AND id IN (
      SELECT id FROM registry.reconcile_difference
      WHERE site = ${site} AND municipality_code = ${municipality} AND state = ${state}
      ORDER BY id LIMIT ${REPAIRED_AT_ONCE_MAX} FOR UPDATE SKIP LOCKED)
    RETURNING run_id AS "runId", municipality_code AS municipality, resident_code AS "residentCode"`;
}

function askForResend(order: RepairOrder, residentCodes: readonly string[]): readonly AddressedMessage[] {
  const { site, municipality, isWithdrawal = false } = order;
  return residentCodes.map((residentCode) => {
    const body: ResendRequestBody = { municipality, residentCode, isWithdrawal };
    const link = `${site}>${municipalSite(municipality)}:registry`;
    return { link, subject: residentCode, topic: RESEND_REQUEST, body };
  });
}

/** The checks that tell whether a repair has mended differences. */
async function checksOf(
  tx: Tx,
  context: RegistryContext,
  site: string,
  repaired: readonly Repaired[],
): Promise<readonly AddressedMessage[]> {
  const checks: AddressedMessage[] = [];
  for (const [key, some] of Map.groupBy(repaired, (one) => `${one.municipality} ${one.runId}`)) {
    const [municipality = '', runId = ''] = key.split(' ');
    const upperSite = findSiteAbove(context, site, municipality);
    if (upperSite === undefined) continue;
    const holding = await openHolding(tx, context, site, municipality);
    const residentCodes = some.map(({ residentCode }) => residentCode);
    checks.push(...(await prepareChecks(tx, context, { runId, holding, upperSite, residentCodes })));
  }
  return checks;
}

/** The checks of a site's differences of these persons that wait for a resend to arrive. */
export async function checksAfterResend(
  tx: Tx,
  context: RegistryContext,
  site: string,
  residentCodes: readonly string[],
): Promise<readonly AddressedMessage[]> {
  const rows = await tx<Repaired[]>`
    SELECT run_id AS "runId", municipality_code AS municipality, resident_code AS "residentCode"
    FROM registry.reconcile_difference
    WHERE site = ${site} AND state = 'repairing' AND resident_code = ANY(${[...residentCodes]})
    ORDER BY resident_code`;
  return checksOf(tx, context, site, rows);
}

/** The handler of `resend-request` at the municipality. */
export function answerResendRequests(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const { bodies, failures } = parseMessages(messages, resendRequestBody, ({ municipality }) => {
      const place = context.municipalities.findMunicipality(municipality);
      return (
        link.to === municipalSite(municipality) &&
        place !== undefined &&
        link.from === prefecturalSite(place.prefecture)
      );
    });
    for (const isWithdrawal of [false, true]) {
      const asked = bodies.filter((body) => body.isWithdrawal === isWithdrawal);
      const [first] = asked;
      if (!first) continue;
      const codes = [...new Set(asked.map(({ residentCode }) => residentCode))].sort();
      const resent = await resend(tx, context, first.municipality, codes, isWithdrawal);
      await recordEntries(
        tx,
        codes.map((residentCode) =>
          entryOf(context, {
            site: link.to,
            actor: link.from,
            residentCode,
            fields: IDENTITY_FIELDS,
            result: 'ok',
            correlation: link.link,
          }),
        ),
      );
      link.send(resent);
    }
    return failures;
  };
}

/** What the municipality holds of persons, with their last changes. The records stay locked until it is sent. */
async function resend(
  tx: Tx,
  context: RegistryContext,
  municipality: string,
  residentCodes: readonly string[],
  isWithdrawal: boolean,
): Promise<readonly AddressedMessage[]> {
  const residents = await residentsByCodeForUpdate(tx, municipality, residentCodes);
  const changesOf = await readChanges(tx, municipality, [...residents.values()]);
  return residentCodes.map((residentCode) => {
    const resident = residents.get(residentCode);
    const changes = resident ? withFirst(resident, changesOf.get(resident.residentNumber) ?? []) : [];
    const last = changes.at(-1);
    const body: ResentBody = {
      municipality,
      residentCode,
      identity: resident && last ? identityAfter(context, resident, last.reason, last.eventDate) : null,
      enteredOn: resident?.becameResidentOn ?? null,
      changes: [...changes],
      isWithdrawal: isWithdrawal && !resident,
    };
    return {
      link: prefectureLink(context, municipality),
      subject: residentCode,
      topic: IDENTITY_RESENT,
      body,
    };
  });
}

interface Change {
  readonly sequence: number;
  readonly reason: EventReason;
  readonly eventDate: string;
  readonly undoes?: number;
}

async function readChanges(
  tx: Tx,
  municipality: string,
  residents: readonly Resident[],
): Promise<ReadonlyMap<string, readonly Change[]>> {
  const rows = await tx<(Omit<Change, 'undoes'> & { undoes: number | null; residentNumber: string })[]>`
    SELECT e.sequence, e.reason, e.event_date AS "eventDate", e.undoes, e.resident_number AS "residentNumber"
    FROM unnest(${residents.map(({ residentNumber }) => residentNumber)}::text[]) AS r(resident_number)
    CROSS JOIN LATERAL (
      SELECT * FROM registry.municipal_event m
      WHERE m.municipality_code = ${municipality} AND m.resident_number = r.resident_number
      ORDER BY m.sequence DESC LIMIT ${RESENT_CHANGES_MAX - 1}) e
    ORDER BY e.resident_number, e.sequence`;
  return Map.groupBy(
    rows.map(({ sequence, reason, eventDate, undoes, residentNumber }) => ({
      sequence,
      reason,
      eventDate,
      ...(undoes !== null && { undoes }),
      residentNumber,
    })),
    (row) => row.residentNumber,
  );
}

/** A load writes no event: the first change of a loaded record is the load. */
function withFirst(resident: Resident, changes: readonly Change[]): readonly Change[] {
  const said = changes.map(({ sequence, reason, eventDate, undoes }) => ({
    sequence,
    reason,
    eventDate,
    ...(undoes !== undefined && { undoes }),
  }));
  if (said.some(({ sequence }) => sequence === 1) || said.length === RESENT_CHANGES_MAX - 1) return said;
  return [{ sequence: 1, reason: 'initial-load', eventDate: resident.becameResidentOn }, ...said];
}
