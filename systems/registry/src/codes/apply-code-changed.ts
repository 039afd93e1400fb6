/**
 * A prefectural or national site takes changed codes over: person, changes, search keys and standing lists go on under
 * the new code, the old one is used up, and the next are told. What is on the ledger keeps the pseudonym of its time; both
 * codes get an entry. Invariant: a code that is used up never names anybody again. Flow: docs/flows/code-change.md.
 */
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import type { RegistryContext } from '../registry-context.ts';
import { tellOfJoinedPersons } from '../support/later-residence.ts';
import { letIn, type Receipt } from '../tiers/apply-identity-changed.ts';
import type { HeldPerson } from '../tiers/decide-identity-change.ts';
import { forgetDisplaced } from '../tiers/displaced-persons.ts';
import { findHeldBack, type HeldQueues } from '../tiers/held-notices.ts';
import { lockPersons, ofPrefecture, storeChanges, storePersons } from '../tiers/person-store.ts';
import type { Tier } from '../tiers/tier.ts';
import { type CodeChanged, codeChangedBody, codeChangedMessage } from './code-changed.ts';
import { type CodeChangedEffect, decideCodeChanged } from './decide-code-changed.ts';

import { settleAllotted } from './recall-codes.ts';
import { currentCodes, retireCodes } from './retired-codes.ts';

/** A change and its place in the batch. */
interface Told {
  readonly index: number;
  readonly seq: number;
  readonly body: CodeChanged;
}

interface Accepted extends Told {
  readonly former: HeldPerson;
  readonly effect: CodeChangedEffect;
}

/** The handler of `resident-code-changed` at a tier; the tier is found by the site that the link leads to. */
export function applyCodeChanged(context: RegistryContext, tierOf: (site: string) => Tier): Handler {
  return async (tx, link, messages) => {
    const tier = tierOf(link.to);
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    for (const wave of wavesOf(parse(messages, tier, link, failures))) {
      const { accepted, queues } = await decideWave(tx, tier, wave, failures);
      if (accepted.length === 0) continue;
      await carryOut(tx, context, tier, accepted);
      await tellOfJoinedPersons(tx, context, tier, link, joinedCodesOf(accepted));
      await recordEntries(
        tx,
        accepted.flatMap((one) => entriesOf(context, tier, link, one)),
      );
      link.send(tier.next.flatMap((next) => accepted.map(({ body }) => codeChangedMessage(next, body))));
      await letInUnderNewCodes({ tx, context, tier, link }, accepted, queues);
    }
    return failures;
  };
}

function parse(
  messages: readonly ReceivedMessage[],
  tier: Tier,
  link: HandlerContext,
  failures: (Failure | undefined)[],
): readonly Told[] {
  return messages.flatMap(({ body, seq }, index) => {
    const parsed = codeChangedBody.safeParse(body);
    if (!parsed.success || parsed.data.residentCode === parsed.data.formerCode)
      failures[index] = { code: 'code-change-body-invalid', detail: 'the change is not in the agreed form' };
    else if (tier.senderOf(parsed.data.municipality) !== link.from)
      failures[index] = {
        code: 'municipality-not-of-site',
        detail: 'the sender may not speak for the municipality',
      };
    else return [{ index, seq, body: parsed.data }];
    return [];
  });
}

/** Splits changes so that no code is twice in a wave and their order is kept: somebody may change the code twice. */
function wavesOf(changes: readonly Told[]): readonly (readonly Told[])[] {
  const waves: Told[][] = [];
  const nextWave = new Map<string, number>();
  for (const change of changes) {
    const codes = [change.body.formerCode, change.body.residentCode];
    const wave = Math.max(...codes.map((code) => nextWave.get(code) ?? 0));
    for (const code of codes) nextWave.set(code, wave + 1);
    waves[wave] ??= [];
    waves[wave].push(change);
  }
  return waves;
}

async function decideWave(
  tx: Tx,
  tier: Tier,
  wave: readonly Told[],
  failures: (Failure | undefined)[],
): Promise<{ accepted: readonly Accepted[]; queues: ReadonlyMap<string, HeldQueues> }> {
  const codes = wave.flatMap(({ body }) => [body.formerCode, body.residentCode]);
  const persons = await lockPersons(tx, tier, codes);
  const retired = await currentCodes(tx, tier.site, codes);
  const queues = await findHeldBack(tx, tier, codes);
  const accepted = wave.flatMap((told) => {
    const { formerCode, residentCode } = told.body;
    const former = persons.get(formerCode);
    const decision = decideCodeChanged(
      {
        former,
        current: persons.get(residentCode),
        isFormerRetired: retired.has(formerCode),
        isCurrentRetired: retired.has(residentCode),
        isEntryHeldBack: queues.get(formerCode)?.has(told.body.municipality) ?? false,
      },
      told.body,
    );
    if (!decision.ok) failures[told.index] = decision.failure;
    return decision.ok && former ? [{ ...told, former, effect: decision.value }] : [];
  });
  return { accepted, queues };
}

/** Who was entered elsewhere by the new code, with the number that was still under the old one, was held back for this. */
async function letInUnderNewCodes(
  receipt: Receipt,
  accepted: readonly Accepted[],
  queues: ReadonlyMap<string, HeldQueues>,
): Promise<void> {
  const codes = accepted.map(({ body }) => body.residentCode).filter((code) => queues.has(code));
  if (codes.length === 0) return;
  const persons = await lockPersons(receipt.tx, receipt.tier, codes);
  await letIn(
    receipt,
    [...persons].map(([residentCode, held]) => ({
      residentCode,
      held,
      queues: queues.get(residentCode) ?? new Map(),
    })),
  );
}

async function carryOut(
  tx: Tx,
  context: RegistryContext,
  tier: Tier,
  accepted: readonly Accepted[],
): Promise<void> {
  const appliedAt = new Date(context.clock.now());
  const renamed = accepted.filter(({ effect }) => effect === 'renamed');
  await renamePersons(tx, tier, renamed);
  await renameChanges(tx, tier, accepted);
  await forgetDisplaced(
    tx,
    tier,
    accepted.map(({ body }) => body.formerCode),
  );
  await retireCodes(
    tx,
    tier.site,
    accepted.map(({ body }) => ({
      residentCode: body.formerCode,
      successor: body.residentCode,
      municipality: body.municipality,
      retiredOn: body.eventDate,
    })),
  );
  // behind the used-up codes: the database deletes nobody else
  await removePersons(
    tx,
    tier,
    accepted.filter(({ effect }) => effect === 'joined'),
  );
  const notices = accepted.map(({ index, body: { formerCode: _before, ...body }, former, effect }) => ({
    index,
    from: tier.site,
    correlation: '',
    body,
    held: { ...former, residentCode: body.residentCode },
    effect: effect === 'renamed' ? ('record' as const) : ('history' as const),
  }));
  await storePersons(tx, tier, notices, appliedAt);
  await storeChanges(tx, tier, notices, appliedAt);
  if (tier.prefecture !== null) return;
  await noteFormerCodes(tx, accepted);
  await settleAllotted(
    tx,
    accepted.map(({ body }) => body),
  );
}

const joinedCodesOf = (accepted: readonly Accepted[]): readonly string[] =>
  accepted.flatMap(({ body, effect }) => (effect === 'joined' ? [body.residentCode] : []));

/** The codes of changes as a table `c(former, current)`. */
const asTable = (tx: Tx, accepted: readonly Accepted[]): ReturnType<Tx> => tx`
  unnest(${accepted.map(({ body }) => body.formerCode)}::text[],
    ${accepted.map(({ body }) => body.residentCode)}::text[]) AS c(former, current)`;

async function renamePersons(tx: Tx, tier: Tier, renamed: readonly Accepted[]): Promise<void> {
  if (renamed.length === 0) return;
  const { count } = await tx`
    UPDATE ${tx(tier.personTable)} p SET resident_code = c.current FROM ${asTable(tx, renamed)}
    WHERE ${ofPrefecture(tx, tier)} p.resident_code = c.former`;
  if (count !== renamed.length) throw new Error('a locked person was not there when the code changed');
  if (tier.prefecture === null)
    await tx`
      UPDATE registry.national_search_key k SET resident_code = c.current FROM ${asTable(tx, renamed)}
      WHERE k.resident_code = c.former`;
}

/** Whom the site holds under the new code already, from another municipality: what it held under the old one goes. */
async function removePersons(tx: Tx, tier: Tier, joined: readonly Accepted[]): Promise<void> {
  if (joined.length === 0) return;
  await tx`
    DELETE FROM ${tx(tier.personTable)} p USING ${asTable(tx, joined)}
    WHERE ${ofPrefecture(tx, tier)} p.resident_code = c.former`;
  if (tier.prefecture === null)
    await tx`
      DELETE FROM registry.national_search_key k USING ${asTable(tx, joined)} WHERE k.resident_code = c.former`;
}

/** Past changes go on under the new code; at the national site with the code of then, by which they were followed. */
async function renameChanges(tx: Tx, tier: Tier, accepted: readonly Accepted[]): Promise<void> {
  if (tier.prefecture !== null) {
    await tx`
      UPDATE registry.prefectural_change p SET resident_code = c.current FROM ${asTable(tx, accepted)}
      WHERE p.prefecture_code = ${tier.prefecture} AND p.resident_code = c.former`;
    return;
  }
  await tx`
    UPDATE registry.national_change p SET resident_code = c.current, code_then = coalesce(p.code_then, c.former)
    FROM ${asTable(tx, accepted)} WHERE p.resident_code = c.former`;
  await tx`
    DELETE FROM registry.national_standing_member m USING ${asTable(tx, accepted)}
    WHERE m.resident_code = c.former AND EXISTS (
      SELECT FROM registry.national_standing_member o
      WHERE o.agency = m.agency AND o.list_id = m.list_id AND o.resident_code = c.current)`;
  await tx`
    UPDATE registry.national_standing_member m SET resident_code = c.current FROM ${asTable(tx, accepted)}
    WHERE m.resident_code = c.former`;
}

async function noteFormerCodes(tx: Tx, accepted: readonly Accepted[]): Promise<void> {
  await tx`
    UPDATE registry.national_change n SET former_code = c.former
    FROM unnest(${accepted.map(({ body }) => body.formerCode)}::text[],
      ${accepted.map(({ body }) => body.residentCode)}::text[], ${accepted.map(({ body }) => body.municipality)}::text[],
      ${accepted.map(({ body }) => body.sequence)}::int[]) AS c(former, current, municipality, sequence)
    WHERE n.resident_code = c.current AND n.municipality_code = c.municipality AND n.sequence = c.sequence`;
}

/** One entry under the pseudonym of either code: whoever asks by the one or the other finds the change. */
function entriesOf(
  context: RegistryContext,
  tier: Tier,
  link: HandlerContext,
  { body, seq, effect }: Accepted,
): readonly LedgerEntry[] {
  return [body.formerCode, body.residentCode].map((code) => ({
    site: tier.site,
    at: context.clock.now(),
    actorKind: 'site' as const,
    actor: link.from,
    terminal: 'link',
    article: tier.prefecture === null ? '住民基本台帳法 第30条の7' : '住民基本台帳法 第30条の6',
    affair: 'identity-notice',
    subject: context.pseudonyms.of(tier.site, code),
    fields: ['resident-code', body.reason, effect],
    result: 'ok',
    correlation: `${link.link}/${seq}`,
  }));
}
