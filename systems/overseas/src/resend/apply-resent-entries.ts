/**
 * A prefectural or the national site takes entries that are told again. What it records replaces what it held of them; all
 * that it does not refuse climbs, whatever it held itself, for the site above may hold something else. Every person told has
 * an entry on the ledger, refusals with their code; taken twice it changes nothing. Flow: docs/flows/overseas.md step 8.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { retiredAmong } from '../codes/retired-codes.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { storePersons } from '../tiers/apply-overseas-identity.ts';
import { type Tier, tierOf } from '../tiers/tier.ts';
import { decideResent, type HeldIdentity, type ResentEffect } from './decide-resent.ts';
import { type EntryResent, entryResentBody, OVERSEAS_IDENTITY_RESENT } from './entry-resent.ts';

const INVALID: Failure = { code: 'resent-body-invalid', detail: 'the entry is not in the agreed form' };
const NOT_OF_SITE: Failure = {
  code: 'municipality-not-of-site',
  detail: 'the sender may not speak for the municipality',
};

interface Decided {
  readonly body: EntryResent;
  readonly effect: ResentEffect;
}

/** The handler of `overseas-identity-resent`; the tier is found by the site that the link leads to. */
export function applyResentEntries(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const tier = tierOf(context, link.to);
    const parsed = messages.map((message) => parse(tier, link, message));
    // the last of a person's: each says all
    const told = new Map(
      parsed.flatMap((body) => ('code' in body ? [] : [[body.identity.residentCode, body] as const])),
    );
    await take(tx, context, tier, link, [...told.values()]);
    return parsed.map((body) => ('code' in body ? body : undefined));
  };
}

function parse(tier: Tier, link: HandlerContext, { body, subject }: ReceivedMessage): EntryResent | Failure {
  const { data } = entryResentBody.safeParse(body);
  if (data?.identity.residentCode !== subject) return INVALID;
  return tier.senderOf(data.identity.municipality) === link.from ? data : NOT_OF_SITE;
}

async function take(
  tx: Tx,
  context: OverseasContext,
  tier: Tier,
  link: HandlerContext,
  told: readonly EntryResent[],
): Promise<void> {
  if (told.length === 0) return;
  const codes = told.flatMap(({ identity, codeBefore }) =>
    codeBefore === null ? [identity.residentCode] : [identity.residentCode, codeBefore],
  );
  const held = await lockHeld(tx, tier, codes);
  const retired = await retiredAmong(tx, tier.site, codes);
  const decided = told.map((body): Decided => ({ body, effect: decideResent(held, retired, body) }));
  const recorded = decided.filter(({ effect }) => effect === 'record').map(({ body }) => body);
  const at = context.clock.now();
  if (recorded.length > 0) {
    const persons = recorded.map(({ identity }) => ({ body: identity }));
    await storePersons(tx, tier, persons, [...held.keys()], new Date(at));
    await storeUnheard(tx, tier, recorded, new Date(at));
  }
  await recordEntries(
    tx,
    decided.map(({ body: { identity }, effect }) => ({
      site: tier.site,
      at,
      actorKind: 'site' as const,
      actor: link.from,
      terminal: 'link',
      article: tier.article,
      affair: 'reconciliation',
      subject: context.pseudonyms.of(tier.site, identity.residentCode),
      fields: ['name', 'birth-date', 'sex', 'address', 'resident-code', 'resend'],
      result: isRefusal(effect) ? effect : 'ok',
      correlation: link.link,
    })),
  );
  const { next } = tier;
  if (next === undefined) return;
  link.send(
    decided
      .filter(({ effect }) => !isRefusal(effect))
      .map(({ body }) => ({
        link: next,
        subject: body.identity.residentCode,
        topic: OVERSEAS_IDENTITY_RESENT,
        body,
      })),
  );
}

const isRefusal = (effect: ResentEffect): boolean => effect !== 'record' && effect !== 'nothing';

async function lockHeld(
  tx: Tx,
  tier: Tier,
  codes: readonly string[],
): Promise<ReadonlyMap<string, HeldIdentity>> {
  const rows = await tx<HeldIdentity[]>`
    SELECT resident_code AS "residentCode", municipality_code AS municipality, state, name, address,
      birth_date AS "birthDate", sex, sequence
    FROM ${tx(tier.personTable)}
    WHERE ${tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`} resident_code = ANY(${[...codes]})
    ORDER BY resident_code FOR UPDATE`;
  return new Map(rows.map((row) => [row.residentCode, row]));
}

/** The change that was told last, where the site has not heard of it. */
async function storeUnheard(
  tx: Tx,
  tier: Tier,
  told: readonly EntryResent[],
  appliedAt: Date,
): Promise<void> {
  const rows = told.map(({ identity, toldSequence }) => ({ ...identity, toldSequence }));
  await tx`
    INSERT INTO ${tx(tier.changeTable)} (${tier.prefecture === null ? tx`` : tx`prefecture_code,`} resident_code,
      municipality_code, sequence, reason, event_date, applied_at)
    SELECT ${tier.prefecture === null ? tx`` : tx`${tier.prefecture}::text,`} r."residentCode", r.municipality,
      r."toldSequence", r.reason, r."eventDate", ${appliedAt}::timestamptz
    FROM jsonb_to_recordset(${tx.json(rows)}) AS r("residentCode" text, municipality text, "toldSequence" int,
      reason text, "eventDate" date)
    ON CONFLICT DO NOTHING`;
}
