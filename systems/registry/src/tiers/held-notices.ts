/**
 * Entries that a tier holds back: a second current residence, or another person under the code (住民基本台帳法 art. 30-6 knows
 * one residence a person). They wait in order by person and municipality, with what follows them, until what the site
 * holds of the person lets them in; nothing of them is applied before. Flow: docs/flows/events.md.
 */
import type { Tx } from '@ishizue/db';
import type { IdentityChanged } from '../identity/identity-changed.ts';
import { decideIdentityChange, type Hearing, type HeldPerson, heldAfter } from './decide-identity-change.ts';
import type { DecidedNotice, HeldBack, Notice } from './notice.ts';
import type { Tier } from './tier.ts';

/** What is held back of one person, by municipality, the oldest first. */
export type HeldQueues = Map<string, HeldBack[]>;

/** What is held back of persons whose rows are locked, by resident code. */
export async function findHeldBack(
  tx: Tx,
  tier: Tier,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, HeldQueues>> {
  const rows = await tx<Omit<HeldBack, 'index'>[]>`
    SELECT code, told, body, from_site AS "from", correlation FROM registry.held_notice
    WHERE site = ${tier.site} AND resident_code = ANY(${residentCodes})
    ORDER BY resident_code, municipality_code, sequence`;
  const byPerson = new Map<string, HeldQueues>();
  for (const row of rows) enqueue(byPerson, { ...row, index: undefined });
  return byPerson;
}

/** Appends to a person's queue. */
export function enqueue(byPerson: Map<string, HeldQueues>, notice: HeldBack): void {
  const { residentCode, municipality } = notice.body;
  const queues = byPerson.get(residentCode) ?? new Map<string, HeldBack[]>();
  byPerson.set(residentCode, queues);
  queues.set(municipality, [...(queues.get(municipality) ?? []), notice]);
}

/**
 * What an undo takes out of its municipality's queue: the event that it undoes, if that is held back, and what followed
 * (an individual number; acts of the counter that still stood could not have followed).
 */
export function withdraw(byPerson: Map<string, HeldQueues>, undo: Notice): readonly HeldBack[] {
  const { residentCode, municipality, undoes } = undo.body;
  const queues = byPerson.get(residentCode);
  const queue = queues?.get(municipality) ?? [];
  if (!queues || undoes === undefined || !queue.some(({ body }) => body.sequence === undoes)) return [];
  const rest = new Map(queues);
  const left = queue.filter(({ body }) => body.sequence < undoes);
  if (left.length > 0) rest.set(municipality, left);
  else rest.delete(municipality);
  byPerson.set(residentCode, rest);
  return queue.filter(({ body }) => body.sequence >= undoes);
}

/** Writes notices that are held back. */
export async function holdBack(
  tx: Tx,
  tier: Tier,
  notices: readonly HeldBack[],
  heldSince: Date,
): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ code, told, from, correlation, body }) => ({
    code,
    told,
    from,
    correlation,
    body,
  }));
  await tx`
    INSERT INTO registry.held_notice (site, resident_code, municipality_code, sequence, code, told, body,
      from_site, correlation, held_since)
    SELECT ${tier.site}::text, r.body ->> 'residentCode', r.body ->> 'municipality', (r.body ->> 'sequence')::int, r.code,
      r.told, r.body, r."from", r.correlation, ${heldSince}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r(code text, told text, "from" text, correlation text, body jsonb)`;
}

type Key = Pick<IdentityChanged, 'residentCode' | 'municipality' | 'sequence'>;

/** Takes notices out that are held back no longer. */
export async function dropHeldBack(tx: Tx, tier: Tier, keys: readonly Key[]): Promise<void> {
  await tx`
    DELETE FROM registry.held_notice h
    USING unnest(${keys.map((key) => key.residentCode)}::text[], ${keys.map((key) => key.municipality)}::text[],
      ${keys.map((key) => key.sequence)}::int[]) AS k(resident_code, municipality_code, sequence)
    WHERE h.site = ${tier.site} AND h.resident_code = k.resident_code
      AND h.municipality_code = k.municipality_code AND h.sequence = k.sequence`;
}

/** What a person's queues let go of, and what they keep. */
export interface Release {
  readonly released: DecidedNotice & HeldBack;
  /** The queues without it. */
  readonly queues: HeldQueues;
}

/**
 * The next notice that what is held of the person now lets in: of the first of each municipality the one with the
 * earliest day. Undefined where none may.
 */
export function nextRelease(held: HeldPerson, queues: HeldQueues, hearing: Hearing): Release | undefined {
  const firsts = [...queues.values()].flatMap(([first]) => (first ? [first] : []));
  for (const first of firsts.toSorted((a, b) => (a.body.eventDate < b.body.eventDate ? -1 : 1))) {
    const decision = decideIdentityChange(held, first.body, hearing);
    if (!decision.ok) continue;
    const rest = new Map(queues);
    const left = (queues.get(first.body.municipality) ?? []).slice(1);
    if (left.length > 0) rest.set(first.body.municipality, left);
    else rest.delete(first.body.municipality);
    return { released: { ...first, held, effect: decision.value }, queues: rest };
  }
  return undefined;
}

/** The first of each queue of which nobody knew yet whether it may in, with the refusal that it meets now. */
export function refusedFirsts(held: HeldPerson, queues: HeldQueues, hearing: Hearing): readonly HeldBack[] {
  return [...queues.values()].flatMap(([first]) => {
    if (first?.code !== 'behind-held') return [];
    const decision = decideIdentityChange(held, first.body, hearing);
    return decision.ok ? [] : [{ ...first, code: decision.failure.code, told: held.municipality }];
  });
}

/** Writes why notices are held back that so far only waited behind others. */
export async function storeRefusals(tx: Tx, tier: Tier, notices: readonly HeldBack[]): Promise<void> {
  if (notices.length === 0) return;
  const rows = notices.map(({ code, told, body: { residentCode, municipality, sequence } }) => ({
    code,
    told,
    residentCode,
    municipality,
    sequence,
  }));
  await tx`
    UPDATE registry.held_notice h SET code = r.code, told = r.told
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r(code text, told text, "residentCode" text, municipality text,
      sequence int)
    WHERE h.site = ${tier.site} AND h.resident_code = r."residentCode" AND h.municipality_code = r.municipality
      AND h.sequence = r.sequence`;
}

/** What the site holds of the person once a notice is taken over. */
export function personAfter({ held, body, effect }: DecidedNotice): HeldPerson {
  if (effect === 'record') return heldAfter(held, body);
  if (!held) throw new Error('history of somebody who is not held');
  return held;
}
