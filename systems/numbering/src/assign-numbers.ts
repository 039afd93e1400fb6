/**
 * The centre makes individual numbers (番号法 art. 8). A municipality sends a resident code and nothing else; the number is the
 * keyed permutation (FF1, inside the signer) of an attempt digit and the code's ten digits, so that it differs from
 * every other, comes from the code, and gives the code back to nobody without the key. The same code gets the same
 * number however often it is asked; each new number is in the queue of number notices. Flow: docs/flows/life.md step 4.
 */
import { type Clock, dateInTokyo } from '@ishizue/clock';
import type { Sql, Tx } from '@ishizue/db';
import { type Pseudonyms, recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import {
  INDIVIDUAL_NUMBER_ASSIGNED,
  NATIONAL_SITE,
  parseResidentCode,
  RESIDENT_CODE_SUCCEEDED,
  RESIDENT_RECORDED,
} from '@ishizue/registry';
import { z } from 'zod';
import { hexOf, type NumberPlace, type NumberVault, type SealedNumber } from './at-rest/number-vault.ts';
import { presentKeyVersion } from './at-rest/seal-old-numbers.ts';
import { individualNumberOf } from './individual-number.ts';
import { applyMunicipalSteps, NUMBER_NOTICE_STEP } from './notice/municipal-steps.ts';
import { numberCodesOf, succeedCodes } from './succeed-codes.ts';

/** Keyed permutation of eleven-digit strings; the key is the signer's. */
export type PermuteElevenDigits = (values: readonly string[]) => Promise<readonly string[]>;

export interface NumberingContext {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly permute: PermuteElevenDigits;
  /** Seals numbers at rest. */
  readonly vault: NumberVault;
}

const requestBody = z.strictObject({ residentCode: z.string() });

/** The handlers by topic, for the link's receiver. */
export function numberingTopics(context: NumberingContext): Readonly<Record<string, Handler>> {
  return {
    [RESIDENT_RECORDED]: assignNumbers(context),
    [RESIDENT_CODE_SUCCEEDED]: succeedCodes(context),
    [NUMBER_NOTICE_STEP]: applyMunicipalSteps(context),
  };
}

/** The handler of `resident-recorded`: a number for every code, and the answer to the municipality that asked. */
export function assignNumbers(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    const codes: string[] = [];
    for (const message of messages) {
      const parsed = requestBody.safeParse(message.body);
      const code = parsed.success ? parseResidentCode(parsed.data.residentCode) : undefined;
      if (code?.ok) codes.push(code.value);
      failures.push(code?.ok ? undefined : (code?.failure ?? INVALID));
    }
    const numberCodes = await numberCodesOf(tx, codes);
    const numbers = await numbersFor(tx, context, [...new Set(numberCodes.values())]);
    const now = context.clock.now();
    await recordEntries(
      tx,
      codes.map((code) => ({
        site: NATIONAL_SITE,
        at: now,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '番号法 第8条',
        affair: 'numbering',
        subject: context.pseudonyms.of(NATIONAL_SITE, code),
        fields: ['resident-code', 'individual-number'],
        result: 'ok',
        correlation: link.link,
      })),
    );
    link.send(
      codes.map((code) => ({
        link: `${NATIONAL_SITE}>${link.from}:registry`,
        subject: code,
        topic: INDIVIDUAL_NUMBER_ASSIGNED,
        body: { residentCode: code, individualNumber: numbers.get(numberCodes.get(code) ?? code) },
      })),
    );
    return failures;
  };
}

const INVALID: Failure = { code: 'number-request-invalid', detail: 'the request is not in the agreed form' };
const ATTEMPTS = 10;

/** The current number of each code: the ones there are, and new ones for the rest. */
async function numbersFor(
  tx: Tx,
  context: NumberingContext,
  codes: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const numbers = new Map<string, string>();
  const now = new Date(context.clock.now());
  let missing = await collectCurrent(tx, context.vault, codes, numbers);
  for (let attempt = 0; missing.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new Error('no derivation of a resident code gave a free number');
    // eleven digits from the attempt and the ten that are not the check digit: another attempt, another number
    const inputs = missing.map((code) => `${attempt}${code.slice(0, 10)}`);
    const permuted = (await context.permute(inputs)).map(individualNumberOf);
    const made = missing.map((code, index) => ({ code, attempt, number: permuted[index] ?? '' }));
    const keyVersion = await presentKeyVersion(tx);
    const sealed = hexOf(await context.vault.sealAll(made, keyVersion));
    const indexes = hexOf(made.map(({ number }) => context.vault.indexOf(number)));
    await tx`
      WITH made AS (
        INSERT INTO numbering.individual_number
          (resident_code, attempt, assigned_at, number_sealed, number_index, key_version)
        SELECT code, ${attempt}::smallint, ${now}::timestamptz, decode(sealed, 'hex'), decode(index, 'hex'),
          ${keyVersion}::smallint
        FROM unnest(${missing}::text[], ${sealed}::text[], ${indexes}::text[]) AS made(code, sealed, index)
        ORDER BY code -- two municipalities that ask for the same codes must not wait in a circle
        ON CONFLICT DO NOTHING
        RETURNING resident_code, attempt
      )
      INSERT INTO numbering.number_notice (resident_code, attempt, state_on)
      SELECT resident_code, attempt, ${dateInTokyo(now.getTime())}::date FROM made`;
    // read back: another municipality may have asked for the same code meanwhile, and its number is the number
    missing = await collectCurrent(tx, context.vault, missing, numbers);
  }
  return numbers;
}

async function collectCurrent(
  tx: Tx,
  vault: NumberVault,
  codes: readonly string[],
  numbers: Map<string, string>,
): Promise<readonly string[]> {
  const rows = await tx<(NumberPlace & SealedNumber)[]>`
    SELECT DISTINCT ON (resident_code) resident_code AS code, attempt, number_sealed AS sealed,
      key_version AS "keyVersion"
    FROM numbering.individual_number WHERE resident_code = ANY(${codes})
    ORDER BY resident_code, attempt DESC`;
  const opened = await vault.openAll(rows);
  for (const [index, { code }] of rows.entries()) numbers.set(code, opened[index] ?? '');
  return codes.filter((code) => !numbers.has(code));
}
