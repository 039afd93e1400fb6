/**
 * The residence conflicts that a municipality has been told of: an upper site holds an entry back because the person
 * lives elsewhere by its books, or because the code is another's. The officer asks the other municipality, and ends the
 * conflict by an event of the register (a move-out, a removal, an undo). Flow: docs/flows/events.md.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import type { Access } from '../access.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { type ResidenceConflict, residenceConflictBody } from '../tiers/residence-conflict.ts';

const INVALID: Failure = { code: 'conflict-invalid', detail: 'the notice is not in the agreed form' };

/** The handler of `residence-conflict` at a municipal site. */
export function noteConflicts(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const now = context.clock.now();
    const parsed = messages.map((message) => residenceConflictBody.safeParse(message.body));
    const failures = parsed.map(({ success, data }) => {
      const concerns = data !== undefined && [data.entering, data.holding].includes(municipality);
      return success && concerns && link.from === NATIONAL_SITE ? undefined : INVALID;
    });
    // a conflict opened and settled in one envelope: the later state stands
    const states = new Map<string, ResidenceConflict>();
    for (const [index, { data }] of parsed.entries())
      if (data && !failures[index])
        states.set(`${data.at} ${data.residentCode} ${data.entering} ${data.sequence}`, data);
    const conflicts = [...states.values()];
    if (conflicts.length === 0) return failures;
    await tx`
      INSERT INTO registry.municipal_conflict AS c (municipality_code, at_site, resident_code, entering, sequence,
        holding, code, event_date, opened_at, settled_at)
      SELECT ${municipality}::text, r.at, r."residentCode", r.entering, r.sequence, r.holding, r.code, r."eventDate",
        ${new Date(now)}::timestamptz, CASE r.state WHEN 'settled' THEN ${new Date(now)}::timestamptz END
      FROM jsonb_to_recordset(${tx.json(conflicts)}) AS r(at text, "residentCode" text, entering text, sequence int,
        holding text, code text, "eventDate" date, state text)
      ON CONFLICT (municipality_code, resident_code, at_site, entering, sequence)
        DO UPDATE SET settled_at = coalesce(c.settled_at, excluded.settled_at)`;
    const site = municipalSite(municipality);
    await recordEntries(
      tx,
      conflicts.map(({ residentCode, code, state, sequence }) => ({
        site,
        at: now,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '住民基本台帳法 第14条',
        affair: 'residence-conflict',
        subject: context.pseudonyms.of(site, residentCode),
        fields: ['residence-conflict', state],
        result: code,
        correlation: `${link.link}/${sequence}`,
      })),
    );
    return failures;
  };
}

/** A conflict that is open at a municipality. */
export type OpenConflict = Omit<ResidenceConflict, 'state'>;

const CONFLICTS_MAX = 1_000;

/** The conflicts that wait for this municipality, the oldest first, a thousand at the most; each look is on the ledger. */
export function openConflicts(
  context: RegistryContext,
  municipality: string,
  access: Access,
): Promise<readonly OpenConflict[]> {
  const site = municipalSite(municipality);
  return inTransaction(context.sql, { site }, async (tx) => {
    const conflicts = await tx<OpenConflict[]>`
      SELECT at_site AS at, resident_code AS "residentCode", entering, holding, sequence, code,
        event_date AS "eventDate"
      FROM registry.municipal_conflict WHERE municipality_code = ${municipality} AND settled_at IS NULL
      ORDER BY opened_at, resident_code LIMIT ${CONFLICTS_MAX}`;
    const at = context.clock.now();
    const entry = { site, at, ...access, fields: ['residence-conflict'], result: 'ok' };
    await recordEntries(
      tx,
      conflicts.map(({ residentCode }) => ({
        ...entry,
        subject: context.pseudonyms.of(site, residentCode),
      })),
    );
    return conflicts;
  });
}

/** Whether an upper site holds the municipality's own entry back because the code is somebody else's. */
export async function isToldToBeAnothers(
  tx: Tx,
  municipality: string,
  residentCode: string,
): Promise<boolean> {
  const { count } = await tx`
    SELECT FROM registry.municipal_conflict
    WHERE municipality_code = ${municipality} AND entering = ${municipality} AND resident_code = ${residentCode}
      AND code IN ('identity-differs', 'resident-code-taken') AND settled_at IS NULL LIMIT 1`;
  return count > 0;
}
