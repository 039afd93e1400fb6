/**
 * A prefectural or national site takes notices from below: parse, decide each against what is held, record all in a few
 * statements, write the ledger, tell the next. Flow: docs/flows/life.md step 3. The link gives a batch in order; one
 * person's notices in a batch are applied one after another, in waves that hold each person once.
 */
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { IDENTITY_CHANGED, type IdentityChanged, identityChangedBody } from '../identity/identity-changed.ts';
import type { RegistryContext } from '../registry-context.ts';
import {
  decideIdentityChange,
  enteredOnAfter,
  type HeldPerson,
  type IdentityChangeEffect,
} from './decide-identity-change.ts';
import type { Tier } from './tier.ts';

const SERIALIZATION_FAILURE = '40001'; // SQLSTATE: the link tries the whole envelope again

export interface Notice {
  readonly index: number;
  readonly message: ReceivedMessage;
  readonly body: IdentityChanged;
}

export interface Decided extends Notice {
  /** What was held, and locked, when this was decided. */
  readonly held: HeldPerson | undefined;
  readonly effect: IdentityChangeEffect;
}

/** The handler of `identity-changed` at a tier; the tier is found by the site that the link leads to. */
export function applyIdentityChanged(context: RegistryContext, tierOf: (site: string) => Tier): Handler {
  return async (tx, link, messages) => {
    const tier = tierOf(link.to);
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    const notices = parseNotices(messages, tier, link.from, failures);
    for (const wave of wavesOf(notices)) {
      const decided = await decideWave(tx, tier, wave, failures);
      if (decided.length === 0) continue;
      const appliedAt = new Date(context.clock.now());
      await storePersons(tx, tier, decided, appliedAt);
      await storeChanges(tx, tier, decided, appliedAt);
      await recordEntries(
        tx,
        decided.map((notice) => ledgerEntryOf(context, tier, link, notice, appliedAt)),
      );
      forward(link, tier, decided);
    }
    return failures;
  };
}

function parseNotices(
  messages: readonly ReceivedMessage[],
  tier: Tier,
  from: string,
  failures: (Failure | undefined)[],
): readonly Notice[] {
  const notices: Notice[] = [];
  for (const [index, message] of messages.entries()) {
    const parsed = identityChangedBody.safeParse(message.body);
    if (!parsed.success) {
      failures[index] = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };
    } else if (tier.senderOf(parsed.data.municipality) !== from) {
      failures[index] = {
        code: 'municipality-not-of-site',
        detail: 'the sender may not speak for the municipality',
      };
    } else {
      notices.push({ index, message, body: parsed.data });
    }
  }
  return notices;
}

/** Splits notices so that no person is twice in a wave and each person's order is kept. */
function wavesOf(notices: readonly Notice[]): readonly (readonly Notice[])[] {
  const waves: Notice[][] = [];
  const nextWave = new Map<string, number>();
  for (const notice of notices) {
    const wave = nextWave.get(notice.body.residentCode) ?? 0;
    nextWave.set(notice.body.residentCode, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(notice);
  }
  return waves;
}

async function decideWave(
  tx: Tx,
  tier: Tier,
  wave: readonly Notice[],
  failures: (Failure | undefined)[],
): Promise<readonly Decided[]> {
  const held = await lockPersons(
    tx,
    tier,
    wave.map((notice) => notice.body.residentCode),
  );
  const decided: Decided[] = [];
  for (const notice of wave) {
    const person = held.get(notice.body.residentCode);
    const decision = decideIdentityChange(person, notice.body);
    if (decision.ok) decided.push({ ...notice, held: person, effect: decision.value });
    else failures[notice.index] = decision.failure;
  }
  return decided;
}

/** The persons that the site holds, locked in the order of their codes so that two batches never wait in a circle. */
export async function lockPersons(
  tx: Tx,
  tier: Tier,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, HeldPerson>> {
  const rows = await tx<HeldPerson[]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, status, birth_date AS "birthDate",
      entered_on AS "enteredOn"
    FROM ${tx(tier.personTable)}
    WHERE ${ofPrefecture(tx, tier)} resident_code = ANY(${residentCodes})
    ORDER BY resident_code FOR UPDATE`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}

function ofPrefecture(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`;
}

function prefectureColumn(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`prefecture_code,`;
}

function prefectureValue(tx: Tx, tier: Tier): ReturnType<Tx> {
  return tier.prefecture === null ? tx`` : tx`${tier.prefecture}::text,`;
}

export async function storePersons(
  tx: Tx,
  tier: Tier,
  decided: readonly Decided[],
  appliedAt: Date,
): Promise<void> {
  const recorded = decided.filter((notice) => notice.effect === 'record');
  if (recorded.length === 0) return;
  const rows = recorded.map(({ held, body }) => ({ ...body, enteredOn: enteredOnAfter(held, body) }));
  const known = recorded.flatMap(({ held }) => (held ? [held.residentCode] : []));
  const stored = await tx`
    INSERT INTO ${tx(tier.personTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, status, name,
      former_surname, alias, birth_date, sex, address, individual_number, entered_on, sequence, reason, event_date,
      applied_at)
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.status, r.name,
      r."formerSurname", r.alias, r."birthDate", r.sex, r.address, r."individualNumber", r."enteredOn", r.sequence,
      r.reason, r."eventDate", ${appliedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, municipality text, status text,
      name text, "formerSurname" text, alias text, "birthDate" text, sex smallint, address text,
      "individualNumber" text, "enteredOn" date, sequence int, reason text, "eventDate" date)
    ON CONFLICT (${prefectureColumn(tx, tier)} resident_code) DO UPDATE SET
      municipality_code = excluded.municipality_code, status = excluded.status, name = excluded.name,
      former_surname = excluded.former_surname, alias = excluded.alias, birth_date = excluded.birth_date,
      sex = excluded.sex, address = excluded.address, individual_number = excluded.individual_number,
      entered_on = excluded.entered_on, sequence = excluded.sequence, reason = excluded.reason, event_date = excluded.event_date,
      applied_at = excluded.applied_at
    WHERE ${tx(tier.personTable)}.resident_code = ANY(${known})`;
  // a person who was unknown a moment ago came in by another link meanwhile: decide again on what is held now
  if (stored.count !== rows.length)
    throw Object.assign(new Error('a person was entered by two links at once'), {
      code: SERIALIZATION_FAILURE,
    });
}

export async function storeChanges(
  tx: Tx,
  tier: Tier,
  decided: readonly Decided[],
  appliedAt: Date,
): Promise<void> {
  const bodies = decided.map(({ body }) => body);
  await tx`
    INSERT INTO ${tx(tier.changeTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, sequence,
      reason, event_date, applied_at)
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.sequence, r.reason, r."eventDate",
      ${appliedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(bodies)}) AS r("residentCode" text, municipality text, sequence int,
      reason text, "eventDate" date)`;
}

function ledgerEntryOf(
  context: RegistryContext,
  tier: Tier,
  link: HandlerContext,
  notice: Decided,
  appliedAt: Date,
): LedgerEntry {
  return {
    site: tier.site,
    at: appliedAt.getTime(),
    actorKind: 'site' as const,
    actor: link.from,
    terminal: 'link',
    article: tier.prefecture === null ? '住民基本台帳法 第30条の7' : '住民基本台帳法 第30条の6',
    affair: 'identity-notice',
    subject: context.pseudonyms.of(tier.site, notice.body.residentCode),
    fields: [
      'name',
      'birth-date',
      'sex',
      'address',
      'resident-code',
      'individual-number',
      notice.body.reason,
    ],
    result: 'ok',
    correlation: `${link.link}/${notice.message.seq}`,
  };
}

function forward(link: HandlerContext, tier: Tier, decided: readonly Decided[]): void {
  const told = tier.prefecture === null ? decided.filter((notice) => notice.effect === 'record') : decided;
  link.send(
    tier.next.flatMap((next) =>
      told.map(({ body }) => ({ link: next, subject: body.residentCode, topic: IDENTITY_CHANGED, body })),
    ),
  );
}
