/**
 * What reaches a municipal site from the centre: resident codes for its store. Individual numbers: record-numbers.ts.
 */
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { allocationBody } from '../national/allocate-resident-codes.ts';
import { municipalSite, NATIONAL_SITE } from '../registry-context.ts';

/** The handler of `resident-code-allocation`: codes go into the store, and none into it twice. */
export function storeAllocatedCodes(): Handler {
  return async (tx, link, messages) => {
    const failures: (Failure | undefined)[] = [];
    for (const message of messages) {
      const parsed = allocationBody.safeParse(message.body);
      if (
        !parsed.success ||
        link.from !== NATIONAL_SITE ||
        link.to !== municipalSite(parsed.data.municipality)
      ) {
        failures.push({ code: 'allocation-invalid', detail: 'the allocation is not in the agreed form' });
        continue;
      }
      failures.push(undefined);
      const { municipality, requested, residentCodes } = parsed.data;
      await tx`
        INSERT INTO registry.municipal_free_code (municipality_code, resident_code)
        SELECT ${municipality}::text, code FROM unnest(${residentCodes}::text[]) WITH ORDINALITY AS given(code, position)
        -- a load may have brought some before the centre heard of it
        WHERE NOT EXISTS (SELECT FROM registry.municipal_resident r
          WHERE r.municipality_code = ${municipality} AND r.resident_code = code)
        ORDER BY position`;
      await tx`
        UPDATE registry.municipal_counter SET codes_received = codes_received + ${requested}
        WHERE municipality_code = ${municipality}`;
    }
    return failures;
  };
}
