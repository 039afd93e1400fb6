/**
 * Ceremonies of two persons (docs/flows/authority-generations.md): one proposes, another approves before the proposal expires,
 * and with the approval it is done. A switch and an end are done in the approval's transaction. A next generation is made
 * after it, step by step, each of which may be repeated; until it is finished it issues nothing, and approving again by the
 * same person goes on where it was interrupted.
 */
import { randomUUID } from 'node:crypto';
import { inTransaction, type Tx } from '@ishizue/db';
import { fail, ok, type Result } from '@ishizue/outcome';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Authority } from '../authority/authorities.ts';
import { ensureResponders, respondersOf } from '../authority/responders.ts';
import { type CeremonyFailure, ensureAuthority, publishFirstLists } from '../ceremony.ts';
import type { JpkiContext } from '../jpki-context.ts';
import { actInCeremony, type CeremonyOfficer, recordStep } from './ceremony-act.ts';
import { type Ceremony, type CeremonyPlan, findCeremony, findLastTranscript } from './ceremony-store.ts';
import { checkPlan, type PlanFailure } from './check-plan.ts';
import { statedHash, transcriptOf } from './transcript.ts';

export type DecideFailure =
  | PlanFailure
  | CeremonyFailure
  | 'purpose-missing'
  | 'ceremony-unknown'
  /** It is finished, or another person approved it. */
  | 'ceremony-approved'
  | 'ceremony-expired'
  /** Something changed since it was proposed: propose it again. */
  | 'ceremony-overtaken'
  | 'second-person-needed';

const PROPOSAL_MS = 72 * 3_600_000;

/** The first person. */
export function proposeCeremony(
  context: JpkiContext,
  by: CeremonyOfficer,
  plan: CeremonyPlan,
): Promise<Result<Ceremony, DecideFailure>> {
  return actInCeremony(
    context,
    by,
    'ceremony-propose',
    async (tx): Promise<Result<Ceremony, DecideFailure>> => {
      const generation = await checkPlan(tx, context, plan);
      if (!generation.ok) return generation;
      const now = context.clock.now();
      const id = randomUUID();
      const issuesFrom = plan.act === 'switch-issuing' ? new Date(plan.issuesFrom) : null;
      await tx`
      INSERT INTO jpki.ceremony (id, act, kind, generation, issues_from, proposed_by, proposed_for, proposed_at, expires_at)
      VALUES (${id}, ${plan.act}, ${plan.kind}, ${generation.value}, ${issuesFrom}, ${by.operator}, ${by.purpose},
        ${new Date(now)}, ${new Date(now + PROPOSAL_MS)})`;
      return ok(await getCeremony(tx, id));
    },
  );
}

/** The second person: approves, and does what was proposed; answers the ceremony with its transcript. */
export async function approveCeremony(
  context: JpkiContext,
  by: CeremonyOfficer,
  id: string,
): Promise<Result<Ceremony, DecideFailure>> {
  const approved = await actInCeremony(
    context,
    by,
    'ceremony-approve',
    async (tx): Promise<Result<Ceremony, DecideFailure>> => {
      const ceremony = await findCeremony(tx, id);
      if (!ceremony) return fail('ceremony-unknown', 'there is no such ceremony');
      // interrupted before: whoever approved it goes on
      if (ceremony.approvedBy === by.operator && ceremony.finishedAt === null) return ok(ceremony);
      const refusal = await findRefusal(tx, context, ceremony, by);
      if (refusal) return refusal;
      const now = new Date(context.clock.now());
      await tx`
        UPDATE jpki.ceremony SET approved_by = ${by.operator}, approved_for = ${by.purpose}, approved_at = ${now}
        WHERE id = ${id}`;
      const updated = await getCeremony(tx, id);
      if (updated.act === 'next-generation') return ok(updated);
      await decide(tx, updated, now);
      return ok(await finish(tx, context, by, updated));
    },
  );
  context.authorities.forget();
  if (!approved.ok || approved.value.finishedAt !== null) return approved;
  return makeGeneration(context, by, approved.value);
}

async function findRefusal(
  tx: Tx,
  context: JpkiContext,
  ceremony: Ceremony,
  by: CeremonyOfficer,
): Promise<Result<never, DecideFailure> | undefined> {
  if (ceremony.approvedBy !== null) return fail('ceremony-approved', 'it was approved');
  if (context.clock.now() >= ceremony.expiresAt) return fail('ceremony-expired', 'propose it again');
  if (ceremony.proposedBy === by.operator) return fail('second-person-needed', 'who proposes cannot approve');
  const possible = await checkPlan(tx, context, planOf(ceremony));
  if (!possible.ok) return fail(possible.failure.code, possible.failure.detail);
  return possible.value === ceremony.generation
    ? undefined
    : fail('ceremony-overtaken', `it would be generation ${possible.value} by now`);
}

function planOf({ act, kind, generation, issuesFrom }: Ceremony): CeremonyPlan {
  switch (act) {
    case 'next-generation':
      return { act, kind };
    case 'retire':
      return { act, kind, generation };
    case 'switch-issuing':
      return { act, kind, generation, issuesFrom: issuesFrom ?? 0 };
  }
}

/** The database refuses both where the approval is not there. */
async function decide(tx: Tx, { act, kind, generation, issuesFrom }: Ceremony, now: Date): Promise<void> {
  if (act === 'retire')
    await tx`UPDATE jpki.authority SET retired_at = ${now} WHERE kind = ${kind} AND generation = ${generation}`;
  else
    await tx`
      UPDATE jpki.authority SET issues_from = ${new Date(issuesFrom ?? 0)}
      WHERE kind = ${kind} AND generation = ${generation}`;
}

async function makeGeneration(
  context: JpkiContext,
  by: CeremonyOfficer,
  ceremony: Ceremony,
): Promise<Result<Ceremony, DecideFailure>> {
  const { kind, generation, approvedBy, id } = ceremony;
  const made = await ensureAuthority(context, kind, generation, {
    performedBy: approvedBy ?? by.operator,
  });
  if (!made.ok) return made;
  context.authorities.forget();
  const responders = await ensureResponders(context);
  if (!responders.ok) return responders;
  const listed = await publishFirstLists(context, await getAuthority(context, ceremony));
  if (!listed.ok) return listed;
  return actInCeremony(context, by, 'ceremony-finish', async (tx) => {
    const latest = await getCeremony(tx, id);
    return ok(latest.finishedAt === null ? await finish(tx, context, by, latest) : latest);
  });
}

async function getAuthority(context: JpkiContext, { kind, generation }: Ceremony): Promise<Authority> {
  const found = (await context.authorities.all()).find(
    (each) => each.kind === kind && each.generation === generation,
  );
  if (!found) throw new Error('a generation that was made is not there');
  return found;
}

/** Writes the transcript, and its hash into the ledger. */
async function finish(
  tx: Tx,
  context: JpkiContext,
  by: CeremonyOfficer,
  ceremony: Ceremony,
): Promise<Ceremony> {
  const last = await findLastTranscript(tx);
  const authority = await getAuthority(context, ceremony);
  const finishedAt = context.clock.now();
  const responders = (await respondersOf(context))
    .filter(
      ({ authority: { kind, generation } }) => kind === ceremony.kind && generation === ceremony.generation,
    )
    .map((responder) => ({ ...responder, authority }));
  const transcript = transcriptOf(ceremony, {
    authority,
    responders,
    previous: last && statedHash(last.transcript),
    finishedAt,
  });
  await tx`
    UPDATE jpki.ceremony SET finished_at = ${new Date(finishedAt)}, place = ${(last?.place ?? 0) + 1},
      transcript = ${transcript}
    WHERE id = ${ceremony.id}`;
  const step = {
    affair: 'ceremony-finish',
    result: 'transcript',
    transcript: statedHash(transcript),
  } as const;
  await recordStep(tx, context, by, step);
  return getCeremony(tx, ceremony.id);
}

async function getCeremony(tx: Tx, id: string): Promise<Ceremony> {
  const found = await findCeremony(tx, id);
  if (!found) throw new Error('a ceremony that was just written is not there');
  return found;
}

/** Whether a text is, octet by octet, a transcript that this house wrote. */
export function isOurTranscript(context: JpkiContext, transcript: string): Promise<boolean> {
  return inTransaction(context.sql, { site: NATIONAL_SITE }, async (tx) => {
    const [row] = await tx`SELECT FROM jpki.ceremony WHERE transcript = ${transcript}`;
    return row !== undefined;
  });
}
