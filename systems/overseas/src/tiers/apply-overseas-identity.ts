/**
 * A prefectural or national site takes identity data of entries from below (住民基本台帳法 art. 30-41, 30-42): parse, decide
 * each against what is held, record all in a few statements, write the ledger, tell the next. Flow:
 * docs/flows/overseas.md step 5.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { retainedUntil } from '@ishizue/registry';
import { renamePersons } from '../codes/rename-persons.ts';
import { type ChangedCode, retiredAmong } from '../codes/retired-codes.ts';
import { inWavesOfCodes } from '../codes/waves-of-codes.ts';
import {
  type OverseasIdentity,
  overseasIdentityBody,
  overseasIdentityMessage,
} from '../identity/overseas-identity.ts';
import type { OverseasContext } from '../overseas-context.ts';
import {
  decideByCodes,
  type HeldOverseasPerson,
  type OverseasIdentityFailure,
} from './decide-overseas-identity.ts';
import { type Tier, tierOf } from './tier.ts';

const SERIALIZATION_FAILURE = '40001'; // SQLSTATE: the link tries the whole envelope again

interface Told {
  readonly index: number;
  readonly seq: number;
  readonly body: OverseasIdentity;
}

/** The handler of `overseas-identity-changed`; the tier is found by the site that the link leads to. */
export function applyOverseasIdentity(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const tier = tierOf(context, link.to);
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    const told: Told[] = [];
    for (const [index, message] of messages.entries()) {
      const parsed = parseIdentity(tier, link.from, message);
      if (parsed.ok) told.push({ index, seq: message.seq, body: parsed.value });
      else failures[index] = parsed.failure;
    }
    for (const wave of inWavesOfCodes(told, ({ body }) => codesOf(body))) {
      const codes = wave.flatMap(({ body }) => codesOf(body));
      const held = await lockPersons(tx, tier, codes);
      const accepted = accept(held, await retiredAmong(tx, tier.site, codes), wave, failures);
      if (accepted.length === 0) continue;
      const appliedAt = new Date(context.clock.now());
      const changed = accepted.flatMap(({ body }) => changedCodeOf(body));
      await renamePersons(tx, tier, changed);
      const known = [...held.keys(), ...changed.map(({ residentCode }) => residentCode)];
      await storePersons(tx, tier, accepted, known, appliedAt);
      await storeChanges(tx, tier, accepted, appliedAt);
      await writeLedger(tx, context, tier, link, accepted);
      forward(link, tier, accepted);
    }
    return failures;
  };
}

const codesOf = ({ residentCode, formerCode }: OverseasIdentity): readonly string[] =>
  formerCode === undefined ? [residentCode] : [residentCode, formerCode];

const changedCodeOf = ({ residentCode, formerCode, eventDate }: OverseasIdentity): readonly ChangedCode[] =>
  formerCode === undefined ? [] : [{ residentCode, formerCode, eventDate }];

function parseIdentity(
  tier: Tier,
  from: string,
  message: ReceivedMessage,
): Result<OverseasIdentity, OverseasIdentityFailure> {
  const parsed = overseasIdentityBody.safeParse(message.body);
  if (!parsed.success) return fail('identity-body-invalid', 'the data are not in the agreed form');
  if (tier.senderOf(parsed.data.municipality) !== from)
    return fail('municipality-not-of-site', 'the sender may not speak for the municipality');
  return ok(parsed.data);
}

/** The persons that the site holds, locked in the order of their codes so that two batches never wait in a circle. */
async function lockPersons(
  tx: Tx,
  tier: Tier,
  residentCodes: readonly string[],
): Promise<ReadonlyMap<string, HeldOverseasPerson>> {
  const rows = await tx<HeldOverseasPerson[]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, state, birth_date AS "birthDate", sex,
      sequence
    FROM ${tx(tier.personTable)}
    WHERE ${tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`}
      resident_code = ANY(${[...residentCodes]})
    ORDER BY resident_code FOR UPDATE`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}

function accept(
  held: ReadonlyMap<string, HeldOverseasPerson>,
  retired: ReadonlySet<string>,
  wave: readonly Told[],
  failures: (Failure | undefined)[],
): readonly Told[] {
  return wave.filter(({ index, body }) => {
    const decision = decideByCodes(held, retired, body);
    if (!decision.ok) failures[index] = decision.failure;
    return decision.ok;
  });
}

const prefectureColumn = (tx: Tx, { prefecture }: Tier): ReturnType<Tx> =>
  prefecture === null ? tx`` : tx`prefecture_code,`;

const prefectureValue = (tx: Tx, { prefecture }: Tier): ReturnType<Tx> =>
  prefecture === null ? tx`` : tx`${prefecture}::text,`;

/** Writes what is told of persons over what is held; those in `known` were locked, the others are new. */
export async function storePersons(
  tx: Tx,
  tier: Tier,
  accepted: readonly Pick<Told, 'body'>[],
  known: readonly string[],
  appliedAt: Date,
): Promise<void> {
  const until = retainedUntil(dateInTokyo(appliedAt.getTime()));
  const stored = await tx`
    INSERT INTO ${tx(tier.personTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, state, name,
      address, is_overseas, birth_date, sex, sequence, reason, event_date, applied_at, retained_until)
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.state, r.name, r.address, r."isOverseas",
      r."birthDate", r.sex, r.sequence, r.reason, r."eventDate", ${appliedAt}::timestamptz,
      CASE WHEN r.state = 'deleted' THEN ${until}::date END
    FROM jsonb_to_recordset(${tx.json(accepted.map(({ body }) => body))}) AS r("residentCode" text,
      municipality text, state text, name text, address text, "isOverseas" boolean, "birthDate" text, sex smallint,
      sequence int, reason text, "eventDate" date)
    ON CONFLICT (${prefectureColumn(tx, tier)} resident_code) DO UPDATE SET
      municipality_code = excluded.municipality_code, state = excluded.state, name = excluded.name,
      address = excluded.address, is_overseas = excluded.is_overseas, birth_date = excluded.birth_date,
      sex = excluded.sex, sequence = excluded.sequence, reason = excluded.reason, event_date = excluded.event_date,
      applied_at = excluded.applied_at, retained_until = CASE WHEN excluded.state = 'deleted'
        THEN coalesce(${tx(tier.personTable)}.retained_until, excluded.retained_until) END
    WHERE ${tx(tier.personTable)}.resident_code = ANY(${known})`;
  // a person who was unknown a moment ago came in by another link meanwhile: decide again on what is held now
  if (stored.count !== accepted.length)
    throw Object.assign(new Error('a person was entered by two links at once'), {
      code: SERIALIZATION_FAILURE,
    });
}

async function storeChanges(tx: Tx, tier: Tier, accepted: readonly Told[], appliedAt: Date): Promise<void> {
  await tx`
    INSERT INTO ${tx(tier.changeTable)} (${prefectureColumn(tx, tier)} resident_code, municipality_code, sequence,
      reason, event_date, former_code, applied_at)
    SELECT ${prefectureValue(tx, tier)} r."residentCode", r.municipality, r.sequence, r.reason, r."eventDate",
      r."formerCode", ${appliedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(accepted.map(({ body }) => body))}) AS r("residentCode" text,
      municipality text, sequence int, reason text, "eventDate" date, "formerCode" text)`;
}

async function writeLedger(
  tx: Tx,
  context: OverseasContext,
  tier: Tier,
  link: HandlerContext,
  accepted: readonly Told[],
): Promise<void> {
  const at = context.clock.now();
  await recordEntries(
    tx,
    accepted.flatMap(({ seq, body }) =>
      codesOf(body).map((code) => ({
        site: tier.site,
        at,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: tier.article,
        affair: 'overseas-identity-notice',
        subject: context.pseudonyms.of(tier.site, code),
        fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', body.reason],
        result: 'ok',
        correlation: `${link.link}/${seq}`,
      })),
    ),
  );
}

function forward(link: HandlerContext, { next }: Tier, accepted: readonly Told[]): void {
  if (next === undefined) return;
  link.send(accepted.map(({ body }) => overseasIdentityMessage(next, body)));
}
