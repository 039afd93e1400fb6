/**
 * The national site hands out resident codes (住民基本台帳法 30-2; 施行規則 art. 14). A code is the keyed permutation of a counter:
 * random to look at, never given twice, and there is nothing to search. Codes that a loaded register already brought
 * are left out, and codes that are used up. A municipality's request is answered once, however often it comes, and with
 * more than it asked for where its population will need them.
 */

import type { Tx } from '@ishizue/db';
import type { Handler, HandlerContext } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { allotmentOf } from '../codes/allotment.ts';
import { noteAllotted } from '../codes/recall-codes.ts';
import { residentCodeOf } from '../identity/resident-code.ts';
import { municipalSite, NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

export const RESIDENT_CODE_REQUEST = 'resident-code-request';
export const RESIDENT_CODE_ALLOCATION = 'resident-code-allocation';
/** Codes in one request at the most: the answer is one message. */
export const CODES_IN_REQUEST_MAX = 20_000;

const requestBody = z.strictObject({
  requestId: z.string().min(1).max(64),
  municipality: z.string().regex(/^\d{6}$/),
  count: z.int().min(1).max(CODES_IN_REQUEST_MAX),
});

export const allocationBody = z.strictObject({
  requestId: z.string().min(1).max(64),
  municipality: z.string().regex(/^\d{6}$/),
  /** How many the request asked for; more come to a large municipality, fewer where some were in use already. */
  requested: z.int().min(1).max(CODES_IN_REQUEST_MAX),
  residentCodes: z.array(z.string().regex(/^\d{11}$/)).max(CODES_IN_REQUEST_MAX),
});

type CodeRequest = z.infer<typeof requestBody>;

/** Keyed permutation of ten-digit strings; the key is the signer's. */
export type PermuteTenDigits = (values: readonly string[]) => Promise<readonly string[]>;

/** The handler of `resident-code-request` at the national site. */
export function allocateResidentCodes(context: RegistryContext, permute: PermuteTenDigits): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    for (const message of messages) {
      const parsed = requestBody.safeParse(message.body);
      if (!parsed.success || link.from !== municipalSite(parsed.data.municipality)) {
        failures.push({ code: 'code-request-invalid', detail: 'the request is not in the agreed form' });
        continue;
      }
      failures.push(undefined);
      await answer(tx, context, link, permute, parsed.data);
    }
    return failures;
  };
}

async function answer(
  tx: Tx,
  context: RegistryContext,
  link: HandlerContext,
  permute: PermuteTenDigits,
  request: CodeRequest,
): Promise<void> {
  const [earlier] = await tx`
    SELECT 1 FROM registry.national_code_allocation
    WHERE municipality_code = ${request.municipality} AND request_id = ${request.requestId}`;
  if (earlier) return;
  const [people] = await tx<{ population: number }[]>`
    SELECT count(*) AS population FROM registry.national_person
    WHERE municipality_code = ${request.municipality} AND status = 'resident'`;
  const count = allotmentOf(request.count, people?.population ?? 0, CODES_IN_REQUEST_MAX);
  const [counter] = await tx<{ first: number }[]>`
    UPDATE registry.national_code_counter SET next = next + ${count} RETURNING next - ${count} AS first`;
  if (!counter) throw new Error('the counter of resident codes is missing');
  const positions = Array.from({ length: count }, (_, index) =>
    String(counter.first + index).padStart(10, '0'),
  );
  const codes = (await permute(positions)).map(residentCodeOf);
  const taken = await tx<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.national_person WHERE resident_code = ANY(${codes})
    UNION ALL SELECT resident_code FROM registry.national_spent_code WHERE resident_code = ANY(${codes})
    UNION ALL
    SELECT resident_code FROM registry.retired_code WHERE site = ${NATIONAL_SITE} AND resident_code = ANY(${codes})`;
  const used = new Set(taken.map((row) => row.code));
  const free = codes.filter((code) => !used.has(code));
  await noteAllotted(tx, request.municipality, free);
  await tx`
    INSERT INTO registry.national_code_allocation (municipality_code, request_id, first, count, allocated_at)
    VALUES (${request.municipality}, ${request.requestId}, ${counter.first}, ${count},
      ${new Date(context.clock.now())})`;
  link.send([
    {
      link: `${NATIONAL_SITE}>${municipalSite(request.municipality)}:registry`,
      subject: request.municipality,
      topic: RESIDENT_CODE_ALLOCATION,
      body: {
        requestId: request.requestId,
        municipality: request.municipality,
        requested: request.count,
        residentCodes: free,
      },
    },
  ]);
}
