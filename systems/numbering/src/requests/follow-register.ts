/**
 * Numbering hears of every change that the national register records (link `national>national:numbering`). A number that has come
 * there is recorded; a person of whom a request waits is looked at again; and a municipality that tells of somebody
 * under a number that was changed is given the present one: who moves while the number is being changed brings the old.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { AddressedMessage, Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import {
  codeChangedBody,
  type IdentityChanged,
  identityChangedBody,
  municipalSite,
  NATIONAL_SITE,
} from '@ishizue/registry';
import type { NumberingContext } from '../assign-numbers.ts';
import type { NumberAtRest, NumberPlace } from '../at-rest/number-vault.ts';
import { numberCodesOf } from '../number-codes.ts';
import { moveRequests, type RequestStep, recordStates } from './note-delivered.ts';
import { lockWaitingOf } from './request-store.ts';
import { changedMessage, reviewRequests, stateMessages } from './review-requests.ts';

const INVALID: Failure = { code: 'identity-body-invalid', detail: 'the notice is not in the agreed form' };
const NOT_REGISTRY: Failure = {
  code: 'sender-not-registry',
  detail: 'notices come from the national register',
};

/** The handler of `identity-changed` at the centre. */
export function followRegister(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const notices: IdentityChanged[] = [];
    const failures = messages.map((message) => {
      if (link.from !== NATIONAL_SITE) return NOT_REGISTRY;
      const parsed = identityChangedBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      notices.push(parsed.data);
      return undefined;
    });
    if (notices.length === 0) return failures;
    // who changes numbers is done, or has not looked at the register yet
    await tx`SELECT pg_advisory_xact_lock_shared(hashtextextended('individual numbers are changed', 0))`;
    const moved = await moveRequests(tx, notices.flatMap(stepOf), new Date(context.clock.now()));
    await recordStates(tx, context, moved, link.link);
    const codes = [...new Set(notices.map(({ residentCode }) => residentCode))];
    const waiting = await lockWaitingOf(tx, codes);
    const made = await reviewRequests(tx, context, waiting, link.link);
    const corrections = await correctOldNumbers(tx, context, notices, link.link);
    link.send([...stateMessages(moved), ...made, ...corrections]);
    return failures;
  };
}

/**
 * The handler of `resident-code-changed` at the centre: whoever waits for a number is looked at again under the new code.
 * Which number the new code leads to the municipality tells itself (succeed-codes.ts).
 */
export function followCodeChanges(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const codes: string[] = [];
    const failures = messages.map((message) => {
      if (link.from !== NATIONAL_SITE) return NOT_REGISTRY;
      const parsed = codeChangedBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      codes.push(parsed.data.formerCode, parsed.data.residentCode);
      return undefined;
    });
    if (codes.length === 0) return failures;
    link.send(await reviewRequests(tx, context, await lockWaitingOf(tx, codes), link.link));
    return failures;
  };
}

function stepOf({ reason, municipality, residentCode }: IdentityChanged): readonly RequestStep[] {
  return reason === 'number-assigned' || reason === 'number-changed'
    ? [{ municipality, residentCode, change: reason, state: 'recorded' }]
    : [];
}

type Derivation = NumberPlace & NumberAtRest & { readonly numberIndex: Buffer };

async function correctOldNumbers(
  tx: Tx,
  context: NumberingContext,
  notices: readonly IdentityChanged[],
  correlation: string,
): Promise<readonly AddressedMessage[]> {
  // the last of a person's: each says all
  const numberCodes = await numberCodesOf(
    tx,
    notices.map(({ residentCode }) => residentCode),
  );
  const last = new Map(
    notices.map((notice) => [numberCodes.get(notice.residentCode) ?? notice.residentCode, notice]),
  );
  const rows = await tx<Derivation[]>`
    SELECT resident_code AS code, attempt, number_sealed AS sealed, key_version AS "keyVersion",
      number_index AS "numberIndex"
    FROM numbering.individual_number n
    WHERE resident_code = ANY(${[...last.keys()]}) AND EXISTS (SELECT FROM numbering.individual_number other
      WHERE other.resident_code = n.resident_code AND other.attempt <> n.attempt)
    ORDER BY resident_code, attempt`;
  const told = [...Map.groupBy(rows, (row) => row.code)].flatMap(([code, derivations]) => {
    const notice = last.get(code);
    const current = derivations.at(-1);
    const said = notice?.individualNumber ?? null;
    return notice && current && said !== null
      ? [{ notice, current, said, earlier: derivations.slice(0, -1) }]
      : [];
  });
  const opened = context.numbers.openAll(told.map(({ said }) => said));
  const old = told.filter(({ earlier }, nth) => {
    const index = context.vault.indexOf(opened[nth] ?? '');
    return earlier.some(({ numberIndex }) => numberIndex.equals(index));
  });
  const numbers = context.numbers.sealAll(await context.vault.openAll(old.map(({ current }) => current)));
  const at = context.clock.now();
  await recordEntries(
    tx,
    old.map(({ notice }) => ({
      site: NATIONAL_SITE,
      at,
      actorKind: 'site' as const,
      actor: municipalSite(notice.municipality),
      terminal: 'link',
      article: '番号法 第7条',
      affair: 'numbering',
      subject: context.pseudonyms.of(NATIONAL_SITE, notice.residentCode),
      fields: ['individual-number'],
      result: 'number-retired',
      correlation,
    })),
  );
  return old.map(({ notice: { municipality, residentCode }, said: replaces }, index) => {
    const individualNumber = numbers[index];
    if (individualNumber === undefined) throw new Error('a number was not sealed');
    return changedMessage(municipality, { residentCode, individualNumber, replaces });
  });
}
