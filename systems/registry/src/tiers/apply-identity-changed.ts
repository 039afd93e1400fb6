/**
 * A prefectural or national site takes notices from below: parse, decide each against what is held, record all in a few
 * statements, write the ledger, tell the next. Flow: docs/flows/life.md step 3, docs/flows/events.md. The link gives a batch in order; one
 * person's notices in a batch are applied one after another, in waves that hold each person once.
 */
import { inOneTrip, type Tx } from '@ishizue/db';
import { type LedgerEntry, recordEntries } from '@ishizue/ledger';
import { type Handler, type HandlerContext, inWaves, type ReceivedMessage } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { recallAllotted } from '../codes/recall-codes.ts';
import { IDENTITY_CHANGED, identityChangedBody } from '../identity/identity-changed.ts';
import type { RegistryContext } from '../registry-context.ts';
import { residencesOf, tellOfLaterResidences } from '../support/later-residence.ts';
import {
  decideIdentityChange,
  type HeldPerson,
  type IdentityChangeFailure,
  isEntry,
} from './decide-identity-change.ts';
import { keepDisplaced, putBackDisplaced } from './displaced-persons.ts';
import {
  dropHeldBack,
  enqueue,
  findHeldBack,
  type HeldQueues,
  holdBack,
  nextRelease,
  personAfter,
  refusedFirsts,
  storeRefusals,
  withdraw,
} from './held-notices.ts';
import type { DecidedNotice, HeldBack, HeldBackCode, Notice } from './notice.ts';
import { findNumbersElsewhere } from './numbers-elsewhere.ts';
import { lockPersons, lockPersonsByAnyCode, storeChanges, storePersons } from './person-store.ts';
import { conflictMessages, type ResidenceConflict } from './residence-conflict.ts';
import { hearingOf, type Tier } from './tier.ts';

/** What the steps of one receipt share. */
export interface Receipt {
  readonly tx: Tx;
  readonly context: RegistryContext;
  readonly tier: Tier;
  readonly link: HandlerContext;
}

/** The handler of `identity-changed` at a tier; the tier is found by the site that the link leads to. */
export function applyIdentityChanged(context: RegistryContext, tierOf: (site: string) => Tier): Handler {
  return async (tx, link, messages) => {
    const receipt: Receipt = { tx, context, tier: tierOf(link.to), link };
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    const notices = parseNotices(messages, receipt, failures);
    for (const wave of inWaves(notices, ({ body }) => body.residentCode)) {
      const { decided, queues } = await decideWave(receipt, wave, failures);
      await applyDecided(receipt, decided);
      await releaseHeldBack(receipt, decided, queues);
    }
    if (receipt.tier.prefecture === null) {
      const heard = notices.filter(({ index }) => index !== undefined && !failures[index]);
      link.send(await recallAllotted(tx, context, link, heard));
    }
    return failures;
  };
}

function parseNotices(
  messages: readonly ReceivedMessage[],
  { tier, link }: Receipt,
  failures: (Failure | undefined)[],
): readonly Notice[] {
  const notices: Notice[] = [];
  for (const [index, message] of messages.entries()) {
    const parsed = identityChangedBody.safeParse(message.body);
    if (!parsed.success) {
      failures[index] = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };
    } else if (tier.senderOf(parsed.data.municipality) !== link.from) {
      failures[index] = {
        code: 'municipality-not-of-site',
        detail: 'the sender may not speak for the municipality',
      };
    } else {
      const correlation = `${link.link}/${message.seq}`;
      notices.push({ index, from: link.from, correlation, body: parsed.data });
    }
  }
  return notices;
}

interface DecidedWave {
  readonly decided: readonly DecidedNotice[];
  /** What is held back of the wave's persons, this wave included. */
  readonly queues: ReadonlyMap<string, HeldQueues>;
}

async function decideWave(
  receipt: Receipt,
  wave: readonly Notice[],
  failures: (Failure | undefined)[],
): Promise<DecidedWave> {
  const { tx, tier } = receipt;
  const codes = wave.map((notice) => notice.body.residentCode);
  const locking = lockPersonsByAnyCode(tx, tier, codes);
  const finding = findHeldBack(tx, tier, codes);
  await inOneTrip([locking, finding]);
  const persons = await locking;
  const queues = new Map(await finding);
  const unknown = wave.filter(({ body }) => !persons.has(body.residentCode));
  const numbersElsewhere = await findNumbersElsewhere(tx, tier, unknown);
  const decided: DecidedNotice[] = [];
  const heldBack: HeldBack[] = [];
  const withdrawn: HeldBack[] = [];
  for (const notice of wave) {
    const { residentCode, municipality } = notice.body;
    const gone = withdraw(queues, notice);
    if (gone.length > 0) {
      withdrawn.push({ ...notice, code: 'withdrawn', told: null }, ...gone);
      const holding = persons.get(residentCode)?.municipality;
      for (const one of gone) {
        const told = one.told ?? holding;
        if (told !== undefined) tell(receipt, told, one, 'settled');
      }
      continue;
    }
    if (queues.get(residentCode)?.has(municipality)) {
      heldBack.push({ ...notice, code: 'behind-held', told: null });
      continue;
    }
    const holder = numbersElsewhere.get(residentCode);
    if (holder !== undefined) {
      const elsewhere = { ...notice, code: 'number-elsewhere' as const, told: holder };
      heldBack.push(elsewhere);
      tell(receipt, holder, elsewhere, 'open');
      continue;
    }
    const held = persons.get(residentCode);
    const decision = decideIdentityChange(held, notice.body, hearingOf(tier));
    const code = decision.ok ? undefined : heldBackCodeOf(notice, decision.failure.code);
    if (decision.ok) decided.push({ ...notice, held, effect: decision.value });
    else if (held && code) {
      const told = held.municipality;
      heldBack.push({ ...notice, code, told });
      tell(receipt, told, { ...notice, code, told }, 'open');
    } else if (notice.index !== undefined) failures[notice.index] = decision.failure;
  }
  for (const notice of heldBack) enqueue(queues, notice);
  await storeHeldBack(receipt, heldBack);
  await storeWithdrawn(receipt, withdrawn);
  return { decided, queues };
}

/** Entries wait at the site where they would displace somebody; any other refusal is the link's to park. */
function heldBackCodeOf(notice: Notice, code: IdentityChangeFailure): HeldBackCode | undefined {
  if (!isEntry(notice.body.reason) && notice.body.reason !== 'undo') return undefined;
  return code === 'resident-elsewhere' || code === 'identity-differs' || code === 'resident-code-taken'
    ? code
    : undefined;
}

async function storeHeldBack({ tx, context, tier }: Receipt, notices: readonly HeldBack[]): Promise<void> {
  const now = new Date(context.clock.now());
  await holdBack(tx, tier, notices, now);
  await recordEntries(
    tx,
    notices.map((notice) => ledgerEntryOf(context, tier, notice, now, notice.code)),
  );
}

/** Takes out what its municipality has undone before it was ever taken over. */
async function storeWithdrawn({ tx, context, tier }: Receipt, withdrawn: readonly HeldBack[]): Promise<void> {
  if (withdrawn.length === 0) return;
  const now = new Date(context.clock.now());
  const keys = withdrawn.map(({ body }) => body);
  await dropHeldBack(tx, tier, keys);
  await recordEntries(
    tx,
    withdrawn.map((notice) => ledgerEntryOf(context, tier, notice, now, 'withdrawn')),
  );
}

async function applyDecided(
  { tx, context, tier, link }: Receipt,
  decided: readonly DecidedNotice[],
): Promise<void> {
  if (decided.length === 0) return;
  const appliedAt = new Date(context.clock.now());
  const entries = decided.map((notice) => ledgerEntryOf(context, tier, notice, appliedAt, 'ok'));
  await keepDisplaced(tx, tier, decided);
  await inOneTrip([
    storePersons(tx, tier, decided, appliedAt),
    storeChanges(tx, tier, decided, appliedAt),
    recordEntries(tx, entries),
  ]);
  await putBackDisplaced(tx, tier, decided, appliedAt);
  forward(link, tier, decided);
  await tellOfLaterResidences(tx, context, tier, link, residencesOf(decided));
}

/** Lets in what was held back of the persons that have just changed: one notice a person and round, until none may. */
async function releaseHeldBack(
  receipt: Receipt,
  changed: readonly DecidedNotice[],
  queues: ReadonlyMap<string, HeldQueues>,
): Promise<void> {
  const waitingFor = changed.filter(({ body }) => queues.has(body.residentCode));
  const undone = waitingFor.flatMap(({ body }) => (body.reason === 'undo' ? [body.residentCode] : []));
  // what an undo leaves, only the changes before it tell
  const left = undone.length > 0 ? await lockPersons(receipt.tx, receipt.tier, undone) : undefined;
  const changedPersons: readonly Changed[] = waitingFor.map((notice) => ({
    residentCode: notice.body.residentCode,
    held: left?.get(notice.body.residentCode) ?? personAfter(notice),
    queues: queues.get(notice.body.residentCode) ?? new Map<string, HeldBack[]>(),
  }));
  await letIn(receipt, changedPersons);
}

/** Lets in what is held back of persons, as what is held of them now allows. */
export async function letIn(receipt: Receipt, persons: readonly Changed[]): Promise<void> {
  let round = persons;
  while (round.some((person) => person.queues.size > 0)) {
    const releases = round.flatMap(
      (person) => nextRelease(person.held, person.queues, hearingOf(receipt.tier)) ?? [],
    );
    const released = releases.map((release) => release.released);
    const may = new Set(released.map(({ body }) => body.residentCode));
    const waiting = round.filter(({ residentCode }) => !may.has(residentCode));
    await refuse(receipt, waiting);
    await applyReleased(receipt, released);
    round = releases.map(({ released: notice, queues: rest }) => ({
      residentCode: notice.body.residentCode,
      held: personAfter(notice),
      queues: rest,
    }));
  }
}

/** Somebody of whom a notice was taken over, and what is held back of the same. */
export interface Changed {
  readonly residentCode: string;
  /** What the site holds of the person now. */
  readonly held: HeldPerson;
  readonly queues: HeldQueues;
}

async function applyReleased(
  receipt: Receipt,
  released: readonly (DecidedNotice & HeldBack)[],
): Promise<void> {
  if (released.length === 0) return;
  await applyDecided(receipt, released);
  const keys = released.map(({ body }) => body);
  await dropHeldBack(receipt.tx, receipt.tier, keys);
  // who was told that it is open hears that it is settled, though somebody else may have the person by now
  for (const notice of released)
    if (notice.held) tell(receipt, notice.told ?? notice.held.municipality, notice, 'settled');
}

/** Tells of those that have come to the front of their queue and still may not in. */
async function refuse(receipt: Receipt, persons: readonly Changed[]): Promise<void> {
  const refused = persons.flatMap(({ held, queues }) =>
    refusedFirsts(held, queues, hearingOf(receipt.tier)).map((first) => ({ first, held })),
  );
  await storeRefusals(
    receipt.tx,
    receipt.tier,
    refused.map(({ first }) => first),
  );
  for (const { first, held } of refused) tell(receipt, held.municipality, first, 'open');
}

function tell(
  { tier, link }: Receipt,
  holding: string,
  { code, body }: HeldBack,
  state: ResidenceConflict['state'],
): void {
  if (code === 'behind-held' || code === 'withdrawn') return;
  const { residentCode, municipality: entering, sequence, eventDate } = body;
  const conflict = { at: tier.site, residentCode, entering, holding, sequence, code, eventDate, state };
  link.send(conflictMessages(tier.site, [conflict]));
}

function ledgerEntryOf(
  context: RegistryContext,
  tier: Tier,
  notice: Notice,
  appliedAt: Date,
  result: string,
): LedgerEntry {
  return {
    site: tier.site,
    at: appliedAt.getTime(),
    actorKind: 'site' as const,
    actor: notice.from,
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
    result,
    correlation: notice.correlation,
  };
}

function forward(link: HandlerContext, tier: Tier, decided: readonly DecidedNotice[]): void {
  const told = tier.prefecture === null ? decided.filter((notice) => notice.effect === 'record') : decided;
  link.send(
    tier.next.flatMap((next) =>
      told.map(({ body }) => ({ link: next, subject: body.residentCode, topic: IDENTITY_CHANGED, body })),
    ),
  );
}
