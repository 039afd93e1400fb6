/**
 * Numbers that were changed (番号法 art. 7 (2)) are retired at the national site when the centre makes the next one: a look-up
 * by such a number answers `number-retired` and nothing of the person, also while some record still says it.
 */
import type { Tx } from '@ishizue/db';
import { recordEntries } from '@ishizue/ledger';
import type { Handler } from '@ishizue/link';
import type { Failure } from '@ishizue/outcome';
import { z } from 'zod';
import { type SealedNumber, sealedNumber } from '../numbers/number-cipher.ts';
import { NATIONAL_SITE, type RegistryContext } from '../registry-context.ts';

/** The topic under which the numbering centre says that a number is retired. */
export const INDIVIDUAL_NUMBER_RETIRED = 'individual-number-retired';

const retiredBody = z.strictObject({
  residentCode: z.string().regex(/^\d{11}$/),
  individualNumber: sealedNumber,
});

const INVALID: Failure = { code: 'number-body-invalid', detail: 'the notice is not in the agreed form' };
const NOT_FROM_CENTRE: Failure = { code: 'sender-not-centre', detail: 'the centre alone retires numbers' };

/** The handler of `individual-number-retired` at the national site. */
export function retireNumbers(context: RegistryContext): Handler {
  return async (tx, link, messages) => {
    const retired: z.infer<typeof retiredBody>[] = [];
    const failures = messages.map((message) => {
      if (link.from !== NATIONAL_SITE || link.to !== NATIONAL_SITE) return NOT_FROM_CENTRE;
      const parsed = retiredBody.safeParse(message.body);
      if (!parsed.success) return INVALID;
      retired.push(parsed.data);
      return undefined;
    });
    const now = context.clock.now();
    await tx`
      INSERT INTO registry.national_retired_number (individual_number, retired_at)
      SELECT DISTINCT number, ${new Date(now)}::timestamptz
      FROM unnest(${retired.map(({ individualNumber }) => individualNumber)}::text[]) AS r(number)
      ON CONFLICT DO NOTHING`;
    await recordEntries(
      tx,
      retired.map(({ residentCode }) => ({
        site: NATIONAL_SITE,
        at: now,
        actorKind: 'site' as const,
        actor: link.from,
        terminal: 'link',
        article: '番号法 第7条',
        affair: 'numbering',
        subject: context.pseudonyms.of(NATIONAL_SITE, residentCode),
        fields: ['individual-number', 'retired'],
        result: 'ok',
        correlation: link.link,
      })),
    );
    return failures;
  };
}

/** Those of some numbers that are retired. Callers run under the national site's scope. */
export async function findRetired(tx: Tx, numbers: readonly SealedNumber[]): Promise<ReadonlySet<string>> {
  if (numbers.length === 0) return new Set();
  const rows = await tx<{ number: string }[]>`
    SELECT individual_number AS number FROM registry.national_retired_number
    WHERE individual_number = ANY(${numbers})`;
  return new Set(rows.map(({ number }) => number));
}
