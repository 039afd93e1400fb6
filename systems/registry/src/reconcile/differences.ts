/** The rows of differences at the lower end: suspected, then gone or open, repaired, closed or standing. */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Access } from '../access.ts';
import type { RegistryContext } from '../registry-context.ts';
import { prepareChecks } from './check-persons.ts';
import { findSiteAbove, openHolding, readChecked } from './holding.ts';
import { type DifferenceKind, type VerdictBody, verdictBody } from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { DIGEST_FIELDS } from './reconcile-entry.ts';

/** A person of whom two tiers hold different things. */
export interface Difference {
  readonly id: number;
  readonly runId: string;
  readonly residentCode: string;
  /** `standing`: a resend did not mend it; somebody has to decide. */
  readonly state: 'suspected' | 'open' | 'repairing' | 'standing' | 'closed';
  /** How the upper tier differs; null while only suspected. */
  readonly kind: DifferenceKind | null;
  readonly repairs: number;
  readonly foundAt: Date;
  readonly closedAt: Date | null;
}

/** Whose differences: those of a municipality that a site has found in the tier above it. */
export interface DifferencePlace {
  readonly site: string;
  readonly municipality: string;
}

/** Differences, those that are not closed or all, by id after `after`; each person shown is a ledger entry. */
export function listDifferences(
  context: RegistryContext,
  access: Access,
  place: DifferencePlace,
  page: { readonly after?: number; readonly limit?: number; readonly withClosed?: boolean } = {},
): Promise<readonly Difference[]> {
  const { site, municipality } = place;
  const limit = Math.min(page.limit ?? 1000, 1000);
  return inTransaction(context.sql, { site }, async (tx) => {
    const rows = await tx<Difference[]>`
      SELECT id, run_id AS "runId", resident_code AS "residentCode", state, kind, repairs, found_at AS "foundAt",
        closed_at AS "closedAt"
      FROM registry.reconcile_difference
      WHERE site = ${site} AND municipality_code = ${municipality} AND id > ${page.after ?? 0}
        AND (${page.withClosed === true} OR state <> 'closed')
      ORDER BY id LIMIT ${limit}`;
    await recordEntries(
      tx,
      rows.map(({ residentCode }) => ({
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, residentCode),
        fields: DIGEST_FIELDS,
        result: 'ok',
      })),
    );
    return [...rows];
  });
}

/** Notes suspects of a run; who is known from an earlier run keeps state and kind. */
export async function storeSuspects(
  tx: Tx,
  run: DifferencePlace & { readonly runId: string },
  residentCodes: readonly string[],
  now: Date,
): Promise<void> {
  await tx`
    INSERT INTO registry.reconcile_difference
      (site, run_id, municipality_code, resident_code, state, is_awaited, found_at)
    SELECT ${run.site}::text, ${run.runId}::text, ${run.municipality}::text, code, 'suspected', true,
      ${now}::timestamptz
    FROM unnest(${[...residentCodes]}::text[]) AS suspect(code) ORDER BY code
    ON CONFLICT (site, municipality_code, resident_code) WHERE state <> 'closed'
    DO UPDATE SET run_id = excluded.run_id, is_awaited = true`;
}

/** The handler of `reconcile-verdict` at the lower end. */
export function takeVerdicts(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const { bodies, failures } = parseMessages(
      messages,
      verdictBody,
      ({ municipality }) => findSiteAbove(context, link.to, municipality) === link.from,
    );
    for (const [municipality, verdicts] of Map.groupBy(bodies, (body) => body.municipality)) {
      const holding = await openHolding(tx, context, link.to, municipality);
      // nobody can lock a record that is not there yet: who came in since is asked about again
      const absent = verdicts.filter(({ verdict }) => verdict === 'missing-below');
      const here = await readChecked(
        tx,
        holding,
        absent.map(({ residentCode }) => residentCode),
      );
      const again = absent.filter(({ residentCode }) => here.get(residentCode)?.isCompared === true);
      const settled = verdicts.filter((verdict) => !again.includes(verdict));
      await settle(tx, link.to, settled, new Date(context.clock.now()));
      for (const [runId, some] of Map.groupBy(again, (verdict) => verdict.runId)) {
        const residentCodes = some.map(({ residentCode }) => residentCode);
        link.send(await prepareChecks(tx, context, { runId, holding, upperSite: link.from, residentCodes }));
      }
    }
    const runs = [...new Set(bodies.map(({ runId }) => runId))];
    await finishRuns(tx, link.to, runs, new Date(context.clock.now()));
    return failures;
  };
}

async function settle(tx: Tx, site: string, verdicts: readonly VerdictBody[], now: Date): Promise<void> {
  if (verdicts.length === 0) return;
  const given = tx`jsonb_to_recordset(${tx.json(verdicts)})
    AS v(municipality text, "residentCode" text, verdict text)`;
  const isTheirs = tx`d.site = ${site} AND d.municipality_code = v.municipality
    AND d.resident_code = v."residentCode" AND d.state <> 'closed'`;
  await tx`
    DELETE FROM registry.reconcile_difference d USING ${given}
    WHERE ${isTheirs} AND v.verdict = 'equal' AND d.state = 'suspected'`;
  await tx`
    UPDATE registry.reconcile_difference d SET is_awaited = false,
      kind = CASE WHEN v.verdict = 'equal' THEN d.kind ELSE v.verdict END,
      state = CASE WHEN v.verdict = 'equal' THEN 'closed' WHEN d.state = 'suspected' THEN 'open'
        WHEN d.state = 'repairing' THEN 'standing' ELSE d.state END,
      closed_at = CASE WHEN v.verdict = 'equal' THEN ${now}::timestamptz END
    FROM ${given} WHERE ${isTheirs}`;
}

/** Ends runs that have asked everything and wait for no check. */
export async function finishRuns(tx: Tx, site: string, runIds: readonly string[], now: Date): Promise<void> {
  await tx`
    UPDATE registry.reconcile_run r SET phase = 'done', finished_at = ${now}
    WHERE r.site = ${site} AND r.run_id = ANY(${[...runIds]}::text[]) AND r.phase = 'checking'
      AND NOT EXISTS (SELECT FROM registry.reconcile_difference d
        WHERE d.site = r.site AND d.run_id = r.run_id AND d.is_awaited)`;
}
