/**
 * An officer's act at the municipality of domicile: the entry is locked, the act's own rule decides, and entry, history,
 * ledger entry and the message up the tiers are written in one transaction. A refusal changes nothing and is a ledger
 * entry too; the same act again is refused for what it finds. Flow: docs/flows/overseas.md step 6.
 */
import { dateInTokyo } from '@ishizue/clock';
import { inTransaction, type Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import { sendAll } from '@ishizue/link';
import type { Result } from '@ishizue/outcome';
import { type Access, municipalSite } from '@ishizue/registry';
import { retiredAmong } from '../codes/retired-codes.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { ACT_REASONS, decideEntryAct, type EntryAct, type EntryActFailure } from './decide-entry-act.ts';
import type { SupplementaryEntry } from './entry.ts';
import { lockCodes, lockEntries, storeEntries, storeEntryChanges } from './entry-store.ts';
import { identityMessage } from './identity-of-entry.ts';

/** Records an act at a municipality of domicile, by six-digit code; answers the sequence number of the change. */
export async function recordEntryAct(
  context: OverseasContext,
  municipality: string,
  access: Access,
  act: EntryAct,
): Promise<Result<number, EntryActFailure>> {
  const site = municipalSite(municipality);
  const recorded = await inTransaction(context.sql, { site }, async (tx) => {
    await lockCodes(tx, municipality, [act.residentCode]);
    const held = (await lockEntries(tx, municipality, [act.residentCode])).get(act.residentCode);
    const retired = await retiredAmong(tx, site, [act.residentCode]);
    const today = dateInTokyo(context.clock.now());
    const decision = decideEntryAct(held, act, {
      municipality,
      municipalities: context.municipalities,
      today,
      isCodeRetired: retired.has(act.residentCode),
    });
    await recordEntries(tx, [
      {
        site,
        at: context.clock.now(),
        ...access,
        subject: context.pseudonyms.of(site, act.residentCode),
        fields: ['supplementary-entry', ACT_REASONS[act.act]],
        result: decision.ok ? 'ok' : decision.failure.code,
      },
    ]);
    if (!decision.ok) return decision;
    await write(tx, context, act, held, decision.value);
    return { ok: true as const, value: decision.value.sequence };
  });
  context.wake();
  return recorded;
}

async function write(
  tx: Tx,
  context: OverseasContext,
  act: EntryAct,
  held: SupplementaryEntry | undefined,
  after: SupplementaryEntry,
): Promise<void> {
  const reason = ACT_REASONS[act.act];
  await storeEntries(tx, [after], held ? [held.residentCode] : [], context.clock.now());
  await storeEntryChanges(
    tx,
    [{ ...after, reason, eventDate: act.eventDate, isLate: false }],
    new Date(context.clock.now()),
  );
  await sendAll(tx, [identityMessage(context, after, reason, act.eventDate)]);
}
