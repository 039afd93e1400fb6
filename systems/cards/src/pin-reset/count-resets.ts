/** How often kiosks were given permissions, by day and PIN (domain: 218,393 in 2023): numbers, of nobody in particular. */
import { addDays, type IsoDate, startOfDateInTokyo } from '@ishizue/clock';
import type { CardKind } from '@ishizue/jpki';
import type { CardsContext } from '../cards-context.ts';

export interface ResetCount {
  /** In Tokyo. */
  readonly day: IsoDate;
  readonly kind: CardKind;
  readonly count: number;
}

/** Both days included. */
export async function countResets(
  { sql }: Pick<CardsContext, 'sql'>,
  from: IsoDate,
  to: IsoDate,
): Promise<readonly ResetCount[]> {
  const rows = await sql<ResetCount[]>`
    SELECT (permitted_at AT TIME ZONE 'Asia/Tokyo')::date AS day, kind, count(*)::int AS count FROM cards.pin_reset
    WHERE permitted_at >= ${new Date(startOfDateInTokyo(from))}
      AND permitted_at < ${new Date(startOfDateInTokyo(addDays(to, 1)))}
    GROUP BY 1, 2 ORDER BY 1, 2`;
  return rows.map((row) => ({ ...row }));
}
