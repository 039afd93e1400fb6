/** Resident codes change and numbers stay: by which code a person's number is kept. Flow: docs/flows/code-change.md. */
import type { Tx } from '@ishizue/db';

/** For each code the one from which its person's number is made. */
export async function numberCodesOf(tx: Tx, codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx<{ code: string; numberCode: string }[]>`
    SELECT resident_code AS code, number_code AS "numberCode" FROM numbering.code_succession
    WHERE resident_code = ANY(${[...codes]})`;
  return new Map([
    ...codes.map((code) => [code, code] as const),
    ...rows.map(({ code, numberCode }) => [code, numberCode] as const),
  ]);
}
