/**
 * An upper site compares what it is told of a municipality's entries with what it holds at that point of the link's order,
 * keeps both, and tells its own tally on. What was parked or is held before it is a difference until it is applied.
 */
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import type { OverseasContext } from '../overseas-context.ts';
import { type Tier, tierOf } from '../tiers/tier.ts';
import {
  type HeldTally,
  noEntries,
  OVERSEAS_TALLY,
  readTallies,
  type ToldTally,
  tallyBody,
} from './tally.ts';

/** Both ends' tallies of a municipality, as an upper site compared them. */
export interface ComparedTally {
  readonly municipality: string;
  readonly runId: string;
  readonly toldEntries: number;
  readonly heldEntries: number;
  readonly isEqual: boolean;
}

interface Told extends ToldTally {
  readonly seq: number;
}

/** The handler of `overseas-tally`; the tier is found by the site that the link leads to. */
export function compareTallies(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const tier = tierOf(context, link.to);
    const results = messages.map((message) => parseTally(tier, link, message));
    // of several that wait, the last one of a municipality stands for all
    const told = new Map(
      results.flatMap((result) => (result.ok ? [[result.value.municipality, result.value]] : [])),
    );
    await compare(tx, context, tier, link, [...told.values()]);
    return results.map((result): Failure | undefined => (result.ok ? undefined : result.failure));
  };
}

function parseTally(tier: Tier, link: HandlerContext, { seq, body }: ReceivedMessage): Result<Told> {
  const parsed = tallyBody.safeParse(body);
  if (!parsed.success) return fail('tally-body-invalid', 'the tally is not in the agreed form');
  if (tier.senderOf(parsed.data.municipality) !== link.from)
    return fail('municipality-not-of-site', 'the sender may not speak for the municipality');
  return ok({ ...parsed.data, seq });
}

async function compare(
  tx: Tx,
  context: OverseasContext,
  tier: Tier,
  link: HandlerContext,
  told: readonly Told[],
): Promise<void> {
  if (told.length === 0) return;
  const municipalities = told.map(({ municipality }) => municipality);
  const rows = await readTallies(tx, tier.personTable, municipalities);
  const held = new Map(rows.map((row) => [row.municipality, row]));
  const pairs = told.map((one) => ({
    told: one,
    held: held.get(one.municipality) ?? noEntries(one.municipality),
  }));
  const at = context.clock.now();
  await storeTallies(tx, tier, pairs, new Date(at));
  await recordEntries(
    tx,
    pairs.map((pair) => ({
      site: tier.site,
      at,
      actorKind: 'site' as const,
      actor: link.from,
      terminal: 'link',
      article: tier.article,
      affair: 'reconciliation',
      subject: null,
      fields: ['resident-code', 'identity-digest'],
      result: pair.told.digest === pair.held.digest ? 'equal' : 'differs',
      correlation: `${link.link}/${pair.told.seq}`,
    })),
  );
  const { next } = tier;
  if (next === undefined) return;
  link.send(
    pairs.map(({ told: { runId }, held: body }) => ({
      link: next,
      subject: `tally ${body.municipality}`,
      topic: OVERSEAS_TALLY,
      body: { ...body, runId },
    })),
  );
}

async function storeTallies(
  tx: Tx,
  tier: Tier,
  pairs: readonly { readonly told: Told; readonly held: HeldTally }[],
  comparedAt: Date,
): Promise<void> {
  const rows = pairs.map(({ told, held }) => ({
    ...told,
    heldEntries: held.entries,
    heldDigest: held.digest,
  }));
  const column = tier.prefecture === null ? tx`` : tx`prefecture_code,`;
  const value = tier.prefecture === null ? tx`` : tx`${tier.prefecture}::text,`;
  await tx`
    INSERT INTO ${tx(tier.tallyTable)} (${column} municipality_code, run_id, told_entries, told_digest, held_entries,
      held_digest, compared_at)
    SELECT ${value} municipality, "runId", entries, digest, "heldEntries", "heldDigest", ${comparedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r(municipality text, "runId" text, entries int, digest text,
      "heldEntries" int, "heldDigest" text)
    ON CONFLICT (${column} municipality_code) DO UPDATE SET run_id = excluded.run_id,
      told_entries = excluded.told_entries, told_digest = excluded.told_digest,
      held_entries = excluded.held_entries, held_digest = excluded.held_digest, compared_at = excluded.compared_at`;
}

/** The tallies that an upper site compared last, `prefectural/14` or `national`. */
export function comparedTallies(context: OverseasContext, site: string): Promise<readonly ComparedTally[]> {
  const { tallyTable } = tierOf(context, site);
  return inTransaction(
    context.sql,
    { site },
    (tx) => tx<ComparedTally[]>`
      SELECT municipality_code AS municipality, run_id AS "runId", told_entries AS "toldEntries",
        held_entries AS "heldEntries", told_digest = held_digest AS "isEqual"
      FROM ${tx(tallyTable)} ORDER BY 1`,
  );
}
