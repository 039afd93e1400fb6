/**
 * A person's resident code has changed (住民基本台帳法 30-4): the number stays (番号法 art. 7: it changes only where it has leaked).
 * The municipality tells the two codes, in the order of its requests; a number is found by the code that it was made
 * from. Invariant: a code with a number of its own never becomes another's. Flow: docs/flows/code-change.md.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { type CodeSucceeded, codeSucceededBody, NATIONAL_SITE, parseResidentCode } from '@ishizue/registry';
import type { NumberingContext } from './assign-numbers.ts';
import { numberCodesOf } from './number-codes.ts';
import { lockWaitingOf, moveToNewCodes } from './requests/request-store.ts';
import { reviewRequests } from './requests/review-requests.ts';

/** The handler of `resident-code-succeeded`. */
export function succeedCodes(context: NumberingContext): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    const told: CodeSucceeded[] = [];
    const parsed = messages.map(({ body }) => parse(body));
    const codes = parsed.flatMap((one) => ('code' in one ? [] : [one.residentCode, one.formerCode]));
    const known = new Map(await numberCodesOf(tx, codes));
    const numbered = await codesWithNumber(tx, codes);
    for (const one of parsed) {
      const failure = 'code' in one ? one : refusalOf(one, known, numbered);
      failures.push(failure);
      if (failure || 'code' in one) continue;
      told.push(one);
      known.set(one.residentCode, known.get(one.formerCode) ?? one.formerCode);
    }
    await store(tx, context, told, known);
    await moveToNewCodes(tx, latestCodes(told));
    const at = context.clock.now();
    await recordEntries(
      tx,
      told.flatMap(({ residentCode, formerCode }) =>
        [formerCode, residentCode].map((code) => ({
          site: NATIONAL_SITE,
          at,
          actorKind: 'site' as const,
          actor: link.from,
          terminal: 'link',
          article: '住民基本台帳法 第30条の4',
          affair: 'numbering',
          subject: context.pseudonyms.of(NATIONAL_SITE, code),
          fields: ['resident-code'],
          result: 'ok',
          correlation: link.link,
        })),
      ),
    );
    // who was entered elsewhere by a new code waits for this
    const waiting = await lockWaitingOf(
      tx,
      told.map(({ residentCode }) => residentCode),
    );
    link.send(await reviewRequests(tx, context, waiting, link.link));
    return failures;
  };
}

/** To which code each former one has led by the end of the envelope. */
function latestCodes(told: readonly CodeSucceeded[]): ReadonlyMap<string, string> {
  const latest = new Map<string, string>();
  for (const { formerCode, residentCode } of told.toReversed())
    latest.set(formerCode, latest.get(residentCode) ?? residentCode);
  return latest;
}

function parse(body: unknown): CodeSucceeded | Failure {
  const parsed = codeSucceededBody.safeParse(body);
  if (!parsed.success || parsed.data.residentCode === parsed.data.formerCode)
    return { code: 'code-change-invalid', detail: 'the change is not in the agreed form' };
  for (const code of [parsed.data.residentCode, parsed.data.formerCode]) {
    const checked = parseResidentCode(code);
    if (!checked.ok) return checked.failure;
  }
  return parsed.data;
}

function refusalOf(
  { residentCode }: CodeSucceeded,
  known: ReadonlyMap<string, string>,
  numbered: ReadonlySet<string>,
): Failure | undefined {
  if (known.get(residentCode) !== residentCode)
    return { code: 'code-succeeded-already', detail: 'the new code is a successor already' };
  return numbered.has(residentCode)
    ? { code: 'code-has-number', detail: 'the new code has a number of its own' }
    : undefined;
}

async function codesWithNumber(tx: Tx, codes: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await tx<{ code: string }[]>`
    SELECT DISTINCT resident_code AS code FROM numbering.individual_number WHERE resident_code = ANY(${[...codes]})`;
  return new Set(rows.map(({ code }) => code));
}

async function store(
  tx: Tx,
  context: NumberingContext,
  told: readonly CodeSucceeded[],
  numberCodes: ReadonlyMap<string, string>,
): Promise<void> {
  const codes = told.map(({ residentCode }) => residentCode);
  await tx`
    INSERT INTO numbering.code_succession (resident_code, number_code, told_at)
    SELECT code, number_code, ${new Date(context.clock.now())}::timestamptz
    FROM unnest(${codes}::text[], ${codes.map((code) => numberCodes.get(code) ?? code)}::text[])
      AS told(code, number_code)`;
}
