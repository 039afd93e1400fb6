/**
 * The centre makes individual numbers (番号法 art. 8). A municipality sends a resident code and nothing else; the number is the
 * keyed permutation (FF1, inside the signer) of an attempt digit and the code's ten digits, so that it differs from
 * every other, comes from the code, and gives the code back to nobody without the key. The same code gets the same
 * number however often it is asked; each new number is in the queue of number notices. Flow: docs/flows/life.md step 4.
 */
import { type Clock, dateInTokyo } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';
import type { Pseudonyms } from '@ishizue/ledger';
import type { NumberCipher, NumberLook, NumberLookAnswer, SealedNumber } from '@ishizue/registry';
import { hexOf, type NumberAtRest, type NumberPlace, type NumberVault } from './at-rest/number-vault.ts';
import { presentKeyVersion } from './at-rest/seal-old-numbers.ts';
import { individualNumberOf } from './individual-number.ts';
import { numberCodesOf } from './number-codes.ts';
import { ATTEMPTS } from './requests/decide-request.ts';

/** Keyed permutation of eleven-digit strings; the key is the signer's. */
export type PermuteElevenDigits = (values: readonly string[]) => Promise<readonly string[]>;

export interface NumberingContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly permute: PermuteElevenDigits;
  /** Seals numbers at rest. */
  readonly vault: NumberVault;
  /** Seals numbers for the registry, which holds and sends no others. */
  readonly numbers: NumberCipher;
  /** The registry's door: whether the municipality that asks has the person. Writes the ledger entry of each look. */
  readonly standings: (looks: readonly NumberLook[]) => Promise<readonly NumberLookAnswer[]>;
}

/** The current number of each code, sealed for the registry: the ones there are, and new ones for the rest. */
export async function numbersFor(
  tx: Tx,
  context: NumberingContext,
  codes: readonly string[],
): Promise<ReadonlyMap<string, SealedNumber>> {
  const numbers = new Map<string, SealedNumber>();
  const numberCodes = await numberCodesOf(tx, codes);
  let missing = await collectCurrent(tx, context, codes, numbers);
  for (let attempt = 0; missing.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new Error('no derivation of a resident code gave a free number');
    const places = missing.map((code) => ({ code: numberCodes.get(code) ?? code, attempt }));
    await insertDerivations(tx, context, places);
    // read back: another municipality may have asked for the same code meanwhile, and its number is the number
    missing = await collectCurrent(tx, context, missing, numbers);
  }
  return numbers;
}

/** Derives numbers and writes those that are free, each with its notice in the queue; answers the codes that got one. */
export async function insertDerivations(
  tx: Tx,
  context: NumberingContext,
  places: readonly NumberPlace[],
): Promise<ReadonlySet<string>> {
  const now = new Date(context.clock.now());
  // eleven digits from the attempt and the ten that are not the check digit: another attempt, another number
  const inputs = places.map(({ code, attempt }) => `${attempt}${code.slice(0, 10)}`);
  const permuted = (await context.permute(inputs)).map(individualNumberOf);
  const made = places.map((place, index) => ({ ...place, number: permuted[index] ?? '' }));
  const keyVersion = await presentKeyVersion(tx);
  const sealed = hexOf(await context.vault.sealAll(made, keyVersion));
  const indexes = hexOf(made.map(({ number }) => context.vault.indexOf(number)));
  const written = await tx<{ code: string }[]>`
    WITH made AS (
      INSERT INTO numbering.individual_number
        (resident_code, attempt, assigned_at, number_sealed, number_index, key_version)
      SELECT code, attempt, ${now}::timestamptz, decode(sealed, 'hex'), decode(index, 'hex'), ${keyVersion}::smallint
      FROM unnest(${places.map(({ code }) => code)}::text[], ${places.map(({ attempt }) => attempt)}::smallint[],
        ${sealed}::text[], ${indexes}::text[]) AS made(code, attempt, sealed, index)
      ORDER BY code -- two municipalities that ask for the same codes must not wait in a circle
      ON CONFLICT DO NOTHING
      RETURNING resident_code, attempt
    )
    INSERT INTO numbering.number_notice (resident_code, attempt, state_on)
    SELECT resident_code, attempt, ${dateInTokyo(now.getTime())}::date FROM made
    RETURNING resident_code AS code`;
  return new Set(written.map(({ code }) => code));
}

/** Puts the current numbers of codes, sealed for the registry, into `collected`; answers the codes that have none. */
export async function collectCurrent(
  tx: Tx,
  { vault, numbers }: Pick<NumberingContext, 'vault' | 'numbers'>,
  codes: readonly string[],
  collected: Map<string, SealedNumber>,
): Promise<readonly string[]> {
  const numberCodes = await numberCodesOf(tx, codes);
  const rows = await tx<(NumberPlace & NumberAtRest)[]>`
    SELECT DISTINCT ON (resident_code) resident_code AS code, attempt, number_sealed AS sealed,
      key_version AS "keyVersion"
    FROM numbering.individual_number WHERE resident_code = ANY(${[...numberCodes.values()]})
    ORDER BY resident_code, attempt DESC`;
  const sealed = numbers.sealAll(await vault.openAll(rows));
  const found = new Map(rows.map(({ code }, index) => [code, sealed[index]]));
  for (const [code, numberCode] of numberCodes) {
    const number = found.get(numberCode);
    if (number !== undefined) collected.set(code, number);
  }
  return codes.filter((code) => !collected.has(code));
}
