/**
 * The second look at a suspected person, which decides. A tree is read while events go on, so a suspect may only be on the
 * way. The check is a message about the person on the link that carries the person's notices: the link applies it after
 * every notice that was sent before it, and before every later one, and the record is locked from its reading until the
 * message has its number. So both ends are compared at one point of the person's own history, traffic or not. Behind a
 * parked notice the check waits like anything else, and the person stays suspected.
 */
import type { Tx } from '@ishizue/db';
import { type LedgerEntry, recordAlike } from '@ishizue/ledger';
import type { AddressedMessage, Handler } from '@ishizue/link';
import { currentCodes } from '../codes/retired-codes.ts';
import type { RegistryContext } from '../registry-context.ts';
import { type CheckedPerson, findTier, type Holding, openHolding, readChecked } from './holding.ts';
import {
  type CheckBody,
  checkBody,
  type DifferenceKind,
  RECONCILE_CHECK,
  RECONCILE_VERDICT,
  type VerdictBody,
} from './messages.ts';
import { parseMessages } from './parsed-messages.ts';
import { DIGEST_FIELDS, entryOf } from './reconcile-entry.ts';

/** A run and what it compares. */
export interface CheckOrder {
  readonly runId: string;
  readonly holding: Holding;
  readonly upperSite: string;
  readonly residentCodes: readonly string[];
}

/** Locks and reads persons at the lower end; the messages are to be sent in the same transaction. */
export async function prepareChecks(
  tx: Tx,
  context: RegistryContext,
  order: CheckOrder,
): Promise<readonly AddressedMessage[]> {
  const { runId, holding, upperSite, residentCodes } = order;
  if (residentCodes.length === 0) return [];
  await lockHeld(tx, context, holding, residentCodes);
  const held = await readChecked(tx, holding, residentCodes);
  // what is asked of a used-up code is asked behind the change of it
  const current = await currentCodes(tx, holding.site, residentCodes);
  await recordChecks(
    tx,
    residentCodes.map((residentCode) =>
      entryOf(context, {
        site: holding.site,
        actor: holding.site,
        residentCode,
        fields: DIGEST_FIELDS,
        result: held.has(residentCode) ? 'ok' : 'person-unknown',
        correlation: runId,
      }),
    ),
  );
  return residentCodes.map((residentCode) => {
    const body: CheckBody = {
      runId,
      municipality: holding.municipality,
      residentCode,
      held: heldIn(held.get(residentCode)),
    };
    const link = `${holding.site}>${upperSite}:registry`;
    return { link, subject: current.get(residentCode) ?? residentCode, topic: RECONCILE_CHECK, body };
  });
}

/** Of one site, by one other: they differ in person, verdict and run. */
async function recordChecks(tx: Tx, entries: readonly LedgerEntry[]): Promise<void> {
  const [first] = entries;
  if (first) await recordAlike(tx, first, entries);
}

function heldIn(person: CheckedPerson | undefined): CheckBody['held'] {
  return person ? { sequence: person.sequence, digest: person.digest, isCompared: person.isCompared } : null;
}

/** In the order of codes, as all who lock several persons do. */
async function lockHeld(
  tx: Tx,
  context: RegistryContext,
  { site, municipality }: Holding,
  residentCodes: readonly string[],
): Promise<void> {
  const table = findTier(context, site)?.personTable ?? 'registry.municipal_resident';
  await tx`
    SELECT FROM ${tx(table)} WHERE municipality_code = ${municipality} AND resident_code = ANY(${[...residentCodes]})
    ORDER BY resident_code FOR SHARE`;
}

/** The handler of `reconcile-check` at the upper end. */
export function judgeChecks(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const tier = findTier(context, link.to);
    const { bodies, failures } = parseMessages(
      messages,
      checkBody,
      ({ municipality }) => tier?.senderOf(municipality) === link.from,
    );
    if (!tier) return failures;
    const verdicts: VerdictBody[] = [];
    for (const [municipality, checks] of Map.groupBy(bodies, (body) => body.municipality)) {
      const codes = checks.map(({ residentCode }) => residentCode);
      const holding = await openHolding(tx, context, link.to, municipality);
      const here = await readChecked(tx, holding, codes);
      const elsewhere = await codesElsewhere(tx, tier.personTable, municipality, codes);
      for (const { runId, residentCode, held } of checks) {
        const verdict = judge(held, here.get(residentCode), elsewhere.has(residentCode));
        verdicts.push({ runId, municipality, residentCode, verdict });
      }
    }
    await recordChecks(
      tx,
      verdicts.map(({ runId, residentCode, verdict }) =>
        entryOf(context, {
          site: link.to,
          actor: link.from,
          residentCode,
          fields: DIGEST_FIELDS,
          result: verdict === 'equal' ? 'ok' : verdict,
          correlation: runId,
        }),
      ),
    );
    link.send(
      verdicts.map((body) => ({
        link: `${link.to}>${link.from}:registry`,
        subject: body.residentCode,
        topic: RECONCILE_VERDICT,
        body,
      })),
    );
    return failures;
  };
}

/** Which of the persons this site holds under another municipality, as far as row-level security lets it see. */
async function codesElsewhere(
  tx: Tx,
  personTable: string,
  municipality: string,
  codes: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await tx<{ code: string }[]>`
    SELECT resident_code AS code FROM ${tx(personTable)}
    WHERE resident_code = ANY(${[...codes]}) AND municipality_code <> ${municipality}`;
  return new Set(rows.map(({ code }) => code));
}

/** How what is held here differs from what the lower end holds. */
export function judge(
  below: CheckBody['held'],
  here: CheckedPerson | undefined,
  isElsewhere: boolean,
): 'equal' | DifferenceKind {
  if (below === null) return here?.isCompared === true ? 'missing-below' : 'equal';
  if (!below.isCompared && here?.isCompared !== true) return 'equal';
  if (!here) return isElsewhere ? 'held-elsewhere' : 'missing-above';
  if (here.sequence !== below.sequence) return here.sequence < below.sequence ? 'stale-above' : 'ahead-above';
  return here.digest === below.digest ? 'equal' : 'content-differs';
}
