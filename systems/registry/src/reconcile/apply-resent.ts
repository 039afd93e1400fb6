/**
 * An upper tier takes a resent record. It replaces what is held of the person under the same municipality, or under none;
 * never another municipality's current resident, and never a later state. Taken twice it changes nothing. Changes that
 * the tier had never heard of are told on like the notices that were lost; those that it had are not told again.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler, HandlerContext } from '@ishizue/link';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';
import { retainedAbove } from '../retention/retained-above.ts';
import { residencesOf, tellOfLaterResidences } from '../support/later-residence.ts';
import type { HeldPerson } from '../tiers/decide-identity-change.ts';
import type { DecidedNotice } from '../tiers/notice.ts';
import { lockPersons, storeChanges, storePersons } from '../tiers/person-store.ts';
import type { Tier } from '../tiers/tier.ts';
import { findTier } from './holding.ts';
import { IDENTITY_RESENT, type ResentBody, resentBody } from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { entryOf, IDENTITY_FIELDS } from './reconcile-entry.ts';
import { checksAfterResend } from './repair.ts';

/** What an upper tier makes of a resent record. */
export type ResentEffect = 'record' | 'strike' | 'nothing' | 'held-elsewhere' | 'ahead-above';

interface DecidedResent {
  readonly body: ResentBody;
  readonly held: HeldPerson | undefined;
  readonly effect: ResentEffect;
}

/** The handler of `identity-resent` at a prefectural or the national site. */
export function applyResent(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const tier = findTier(context, link.to);
    const { bodies, failures } = parseMessages(
      messages,
      resentBody,
      (body) => tier?.senderOf(body.municipality) === link.from && isOfOnePerson(body),
    );
    if (!tier) return failures;
    // the last of a person's: each says all
    const last = [...new Map(bodies.map((body) => [body.residentCode, body])).values()];
    const decided = await decide(tx, tier, last);
    const told = await store(tx, context, link, tier, decided);
    await recordEntries(
      tx,
      decided.map(({ body, effect }) =>
        entryOf(context, {
          site: tier.site,
          actor: link.from,
          residentCode: body.residentCode,
          fields: IDENTITY_FIELDS,
          result: effect === 'held-elsewhere' || effect === 'ahead-above' ? effect : 'ok',
          correlation: link.link,
        }),
      ),
    );
    link.send([...told, ...(await climb(tx, context, link, tier, decided))]);
    return failures;
  };
}

const isOfOnePerson = ({ identity, municipality, residentCode, enteredOn }: ResentBody): boolean =>
  identity === null ||
  (identity.municipality === municipality && identity.residentCode === residentCode && enteredOn !== null);

async function decide(tx: Tx, tier: Tier, bodies: readonly ResentBody[]): Promise<readonly DecidedResent[]> {
  const codes = bodies.map(({ residentCode }) => residentCode);
  const held = await lockPersons(tx, tier, codes);
  const sequences = await tx<{ code: string; sequence: number }[]>`
    SELECT resident_code AS code, sequence FROM ${tx(tier.personTable)}
    WHERE ${tier.prefecture === null ? tx`` : tx`prefecture_code = ${tier.prefecture} AND`} resident_code = ANY(${codes})`;
  const sequenceOf = new Map(sequences.map(({ code, sequence }) => [code, sequence]));
  return bodies.map((body) => {
    const person = held.get(body.residentCode);
    return { body, held: person, effect: decideResent(body, person, sequenceOf.get(body.residentCode) ?? 0) };
  });
}

/** @param heldSequence of what is held */
export function decideResent(
  { municipality, identity, isWithdrawal }: ResentBody,
  held: HeldPerson | undefined,
  heldSequence: number,
): ResentEffect {
  const isHeldHere = held?.municipality === municipality;
  const isEnded = held?.status === 'moved-out' || held?.status === 'removed';
  if (identity === null) return isWithdrawal && isHeldHere && !isEnded ? 'strike' : 'nothing';
  if (!held) return 'record';
  if (isHeldHere) return heldSequence > identity.sequence ? 'ahead-above' : 'record';
  // who has left a municipality tells nothing of where they live now
  if (identity.status === 'moved-out' || identity.status === 'removed') return 'nothing';
  return isEnded ? 'record' : 'held-elsewhere';
}

/** Stores what is decided; answers what the tier tells its subscribers of changes that it never heard of. */
async function store(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  tier: Tier,
  decided: readonly DecidedResent[],
): Promise<readonly AddressedMessage[]> {
  const appliedAt = new Date(context.clock.now());
  await strike(tx, tier, decided, appliedAt);
  const recorded = decided.filter(({ effect }) => effect === 'record');
  const notices = recorded.flatMap(({ body, held }) =>
    body.identity === null ? [] : [noticeOf(body.identity, held, link)],
  );
  if (notices.length === 0) return [];
  await storePersons(tx, tier, notices, appliedAt);
  await correctEntry(tx, tier, recorded);
  const unheard = await findUnheard(tx, link, tier, recorded);
  await storeChanges(tx, tier, unheard, appliedAt);
  await tellOfLaterResidences(tx, context, tier, link, residencesOf(unheard));
  if (tier.site !== NATIONAL_SITE) return [];
  return tier.next.flatMap((next) =>
    unheard.map(({ body }) => ({ link: next, subject: body.residentCode, topic: IDENTITY_CHANGED, body })),
  );
}

/** A resent record in the form of the notice that it stands for. */
const noticeOf = (
  identity: IdentityChanged,
  held: HeldPerson | undefined,
  link: HandlerContext,
): DecidedNotice => ({
  index: undefined,
  from: link.from,
  correlation: link.link,
  body: identity,
  held,
  effect: 'record',
});

async function strike(tx: Tx, tier: Tier, decided: readonly DecidedResent[], appliedAt: Date): Promise<void> {
  const codes = decided.filter(({ effect }) => effect === 'strike').map(({ body }) => body.residentCode);
  if (codes.length === 0) return;
  await tx`
    UPDATE ${tx(tier.personTable)} SET status = 'removed', applied_at = ${appliedAt}, retained_until = ${retainedAbove('removed', appliedAt)}
    WHERE resident_code = ANY(${codes}) ${tier.prefecture === null ? tx`` : tx`AND prefecture_code = ${tier.prefecture}`}`;
}

/** Since when the person has lived there: a notice of a later change does not say it, a resent record does. */
async function correctEntry(tx: Tx, tier: Tier, recorded: readonly DecidedResent[]): Promise<void> {
  const codes = recorded.map(({ body }) => body.residentCode);
  const days = recorded.map(({ body }) => body.enteredOn ?? '');
  await tx`
    UPDATE ${tx(tier.personTable)} p SET entered_on = r.entered_on::date
    FROM unnest(${codes}::text[], ${days}::text[]) AS r(code, entered_on)
    WHERE p.resident_code = r.code AND p.entered_on <> r.entered_on::date
      ${tier.prefecture === null ? tx`` : tx`AND p.prefecture_code = ${tier.prefecture}`}`;
}

/** The changes among those resent that the tier has not recorded. */
async function findUnheard(
  tx: Tx,
  link: HandlerContext,
  tier: Tier,
  recorded: readonly DecidedResent[],
): Promise<readonly DecidedNotice[]> {
  const said = recorded.flatMap(({ body: { identity, changes }, held }) =>
    identity === null ? [] : changes.map((change) => noticeOf({ ...identity, ...change }, held, link)),
  );
  const codes = said.map(({ body }) => body.residentCode);
  const heard = await tx<{ key: string }[]>`
    SELECT resident_code || ' ' || municipality_code || ' ' || sequence AS key FROM ${tx(tier.changeTable)}
    WHERE resident_code = ANY(${[...new Set(codes)]})
      ${tier.prefecture === null ? tx`` : tx`AND prefecture_code = ${tier.prefecture}`}`;
  const known = new Set(heard.map(({ key }) => key));
  return said.filter(({ body }) => !known.has(`${body.residentCode} ${body.municipality} ${body.sequence}`));
}

/** A prefecture passes the record on, whatever it held itself, and checks what it had asked for. */
async function climb(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  tier: Tier,
  decided: readonly DecidedResent[],
): Promise<readonly AddressedMessage[]> {
  if (tier.prefecture === null) return [];
  const passed = decided.filter(({ effect }) => effect !== 'held-elsewhere' && effect !== 'ahead-above');
  const next = tier.next.flatMap((upwards) =>
    passed.map(({ body }) => ({ link: upwards, subject: body.residentCode, topic: IDENTITY_RESENT, body })),
  );
  const codes = decided.map(({ body }) => body.residentCode);
  return [...next, ...(await checksAfterResend(tx, context, link.to, codes))];
}
