/**
 * At the municipality of domicile: notices of municipalities of residence change entries ex officio (住民基本台帳法 art.
 * 18, 19); entry, history, ledger entry and the message up the tiers in one transaction. Flow: docs/flows/overseas.md
 * step 4. A person's notices in a batch are applied one after another, in waves that hold each person once.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler, HandlerContext, ReceivedMessage } from '@ishizue/link';
import { type Failure, fail, ok, type Result } from '@ishizue/outcome';
import { municipalSite, NATIONAL_SITE } from '@ishizue/registry';
import { renameEntries } from '../codes/rename-entries.ts';
import { retiredAmong } from '../codes/retired-codes.ts';
import { inWavesOfCodes } from '../codes/waves-of-codes.ts';
import { resolveDomicile } from '../domicile/resolve-domicile.ts';
import type { OverseasContext } from '../overseas-context.ts';
import { type EntryChangeFailure, type EntryEffect, entryAfter, reasonOf } from './decide-entry-change.ts';
import { decideNotice } from './decide-notice.ts';
import type { SupplementaryEntry } from './entry.ts';
import { codesOf, type EntryNotice, entryNoticeBody } from './entry-notice.ts';
import { lockCodes, lockEntries, storeEntries, storeEntryChanges } from './entry-store.ts';
import { identityMessage } from './identity-of-entry.ts';

interface Received {
  readonly index: number;
  readonly seq: number;
  readonly notice: EntryNotice;
}

interface Decided extends Received {
  /** The entry before, under the code that it goes on under. */
  readonly held: SupplementaryEntry | undefined;
  readonly effect: EntryEffect;
  readonly after: SupplementaryEntry;
}

/** The handler of `entry-notice`. */
export function applyEntryNotices(context: OverseasContext): Handler {
  return async (tx, link, messages) => {
    const municipality = link.to.slice('municipal/'.length);
    const failures: (Failure | undefined)[] = messages.map(() => undefined);
    const received: Received[] = [];
    for (const [index, message] of messages.entries()) {
      const parsed = parseNotice(context, link, municipality, message);
      if (parsed.ok) received.push({ index, seq: message.seq, notice: parsed.value });
      else failures[index] = parsed.failure;
    }
    for (const wave of inWavesOfCodes(received, ({ notice }) => codesOf(notice))) {
      const decided = await decideWave(tx, municipality, wave, failures);
      await store(tx, context, municipality, decided);
      await writeLedger(tx, context, link, decided);
      link.send(
        decided.flatMap((one) =>
          climbs(one)
            ? [
                identityMessage(
                  context,
                  one.after,
                  reasonOf(one.effect, one.notice),
                  one.notice.eventDate,
                  formerCodeOf(one.notice),
                ),
              ]
            : [],
        ),
      );
    }
    return failures;
  };
}

const formerCodeOf = (notice: EntryNotice): string | undefined =>
  notice.kind === 'code-changed' ? notice.formerCode : undefined;

/** A code that has changed climbs also where its address came too late. */
const climbs = ({ effect, notice }: Decided): boolean =>
  effect === 'enter' || effect === 'record' || notice.kind === 'code-changed';

function parseNotice(
  context: OverseasContext,
  link: HandlerContext,
  municipality: string,
  message: ReceivedMessage,
): Result<EntryNotice, EntryChangeFailure> {
  const parsed = entryNoticeBody.safeParse(message.body);
  if (!parsed.success) return fail('notice-body-invalid', 'the notice is not in the agreed form');
  // the relay has checked whose site the residence is; who tells itself speaks for itself alone
  if (link.from !== NATIONAL_SITE && link.from !== municipalSite(parsed.data.residence))
    return fail('residence-not-of-site', 'the sender may not speak for the municipality of residence');
  const domicile = resolveDomicile(context.municipalities, parsed.data.domicile);
  if (!domicile.ok || domicile.value !== municipality)
    return fail('domicile-elsewhere', 'the domicile is not a place in this municipality');
  return ok(parsed.data);
}

async function decideWave(
  tx: Tx,
  municipality: string,
  wave: readonly Received[],
  failures: (Failure | undefined)[],
): Promise<readonly Decided[]> {
  const changing = wave.flatMap(({ notice }) => (notice.kind === 'code-changed' ? codesOf(notice) : []));
  await lockCodes(tx, municipality, changing);
  const codes = wave.flatMap(({ notice }) => codesOf(notice));
  const entries = await lockEntries(tx, municipality, codes);
  // read after the lock: a code that was changed while this one waited is used up
  const retired = await retiredAmong(tx, municipalSite(municipality), codes);
  const decided: Decided[] = [];
  for (const received of wave) {
    const { notice } = received;
    const decision = decideNotice(entries, retired, notice);
    if (!decision.ok) {
      failures[received.index] = decision.failure;
      continue;
    }
    const { effect } = decision.value;
    const held = decision.value.held && { ...decision.value.held, residentCode: notice.residentCode };
    const after =
      held && (effect === 'late' || effect === 'known')
        ? { ...held, sequence: held.sequence + (effect === 'late' ? 1 : 0) }
        : entryAfter(held, municipality, notice);
    decided.push({ ...received, held, effect, after });
  }
  return decided;
}

async function store(
  tx: Tx,
  context: OverseasContext,
  municipality: string,
  decided: readonly Decided[],
): Promise<void> {
  const changed = decided.filter(({ effect }) => effect !== 'known');
  if (changed.length === 0) return;
  await renameEntries(
    tx,
    municipality,
    changed.flatMap(({ notice }) => (notice.kind === 'code-changed' ? [notice] : [])),
  );
  const known = changed.flatMap(({ held }) => (held ? [held.residentCode] : []));
  await storeEntries(
    tx,
    changed.map(({ after }) => after),
    known,
    context.clock.now(),
  );
  const changes = changed.map(({ effect, notice, after }) => {
    // what came late is told as it was told: it is not in the entry
    const told = effect === 'late' ? entryAfter(after, after.municipality, notice) : after;
    return {
      municipality: after.municipality,
      residentCode: after.residentCode,
      sequence: after.sequence,
      reason: reasonOf(effect, notice),
      eventDate: notice.eventDate,
      isLate: effect === 'late',
      address: told.address,
      isOverseas: told.isOverseas,
      addressFixedOn: told.addressFixedOn,
      residence: notice.residence,
      residenceSequence: notice.sequence,
      formerCode: formerCodeOf(notice) ?? null,
    };
  });
  await storeEntryChanges(tx, changes, new Date(context.clock.now()));
}

async function writeLedger(
  tx: Tx,
  context: OverseasContext,
  link: HandlerContext,
  decided: readonly Decided[],
): Promise<void> {
  const at = context.clock.now();
  await recordEntries(
    tx,
    decided.flatMap(({ seq, notice, effect }) =>
      codesOf(notice).map((code) => ({
        site: link.to,
        at,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '住民基本台帳法 第18条',
        affair: 'supplementary-register',
        subject: context.pseudonyms.of(link.to, code),
        fields: ['address', 'address-fixed-on', reasonOf(effect, notice)],
        result: effect === 'late' || effect === 'known' ? effect : 'ok',
        correlation: `${link.link}/${seq}`,
      })),
    ),
  );
}
