/**
 * The next number of a person whose number is changed (番号法 art. 7 (2), 8): the next derivation of the code. The one before it
 * stays in the table for ever and is never given again. Notices of it that have not been posted are withdrawn; the new
 * number has a notice of its own.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { Tx } from '@ishizue/db';
import type { SealedNumber } from '@ishizue/registry';
import { collectCurrent, insertDerivations, type NumberingContext } from '../assign-numbers.ts';
import { lockNotices, storeNoticeChanges } from '../notice/notice-store.ts';
import { numberCodesOf } from '../number-codes.ts';
import { ATTEMPTS } from './decide-request.ts';

/** A change that was made. */
export interface Replacement {
  readonly residentCode: string;
  readonly attempt: number;
  readonly individualNumber: SealedNumber;
  readonly replaces: SealedNumber;
}

/**
 * Makes the next number of persons who have one.
 * @param current the last derivation of each code. Callers hold the lock of changes: nobody else derives these codes
 */
export async function replaceNumbers(
  tx: Tx,
  context: NumberingContext,
  current: ReadonlyMap<string, number>,
): Promise<readonly Replacement[]> {
  const asked = [...current.keys()];
  if (asked.length === 0) return [];
  // derivations and notices are kept by the code that the person had when the first number was made
  const numberCodes = await numberCodesOf(tx, asked);
  const numberCodeOf = (code: string): string => numberCodes.get(code) ?? code;
  const before = new Map<string, SealedNumber>();
  await collectCurrent(tx, context, asked, before);
  const attempts = new Map([...current].map(([code, attempt]) => [numberCodeOf(code), attempt + 1]));
  let missing: readonly string[] = [...attempts.keys()];
  while (missing.length > 0) {
    const places = missing.map((code) => ({ code, attempt: attempts.get(code) ?? ATTEMPTS }));
    if (places.some(({ attempt }) => attempt >= ATTEMPTS))
      throw new Error('no further derivation of a resident code gave a free number');
    const made = await insertDerivations(tx, context, places);
    missing = missing.filter((code) => !made.has(code));
    for (const code of missing) attempts.set(code, (attempts.get(code) ?? 0) + 1);
  }
  await withdrawOlderNotices(tx, context, attempts);
  const after = new Map<string, SealedNumber>();
  await collectCurrent(tx, context, asked, after);
  return asked.map((residentCode) => ({
    residentCode,
    attempt: attempts.get(numberCodeOf(residentCode)) ?? 0,
    individualNumber: getNumber(after, residentCode),
    replaces: getNumber(before, residentCode),
  }));
}

function getNumber(numbers: ReadonlyMap<string, SealedNumber>, code: string): SealedNumber {
  const number = numbers.get(code);
  if (number === undefined) throw new Error('a code whose number is changed has none');
  return number;
}

/** A notice that a print batch has just claimed is left to the batch: the register will not have its number. */
async function withdrawOlderNotices(
  tx: Tx,
  context: NumberingContext,
  attempts: ReadonlyMap<string, number>,
): Promise<void> {
  const now = context.clock.now();
  const rows = await tx<{ id: number }[]>`
    SELECT notice_id AS id FROM numbering.number_notice n
    JOIN unnest(${[...attempts.keys()]}::text[], ${[...attempts.values()]}::int[]) AS a(code, attempt)
      ON n.resident_code = a.code AND n.attempt < a.attempt
    WHERE state = 'printed' OR (state = 'queued' AND batch_id IS NULL)`;
  const notices = await lockNotices(
    tx,
    rows.map(({ id }) => id),
  );
  const taken = [{ step: 'withdraw' as const, on: dateInTokyo(now) }];
  const changes = [...notices.values()]
    .filter(({ state }) => state === 'printed' || state === 'queued')
    .map((notice) => ({
      notice: { ...notice, state: 'withdrawn' as const, stateOn: dateInTokyo(now) },
      taken,
    }));
  await storeNoticeChanges(tx, changes, 'number-changed', now);
}
