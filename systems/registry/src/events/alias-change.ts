/**
 * 通称の記載, 変更, 削除 (住民基本台帳法施行令 art. 30-16): the name by which a foreign resident is known in Japan. Identity data,
 * but not one of the four items: it revokes no certificate.
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface AliasChange {
  readonly reason: 'alias-change';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** Null where the alias is deleted. */
  readonly alias: string | null;
  readonly aliasKana: string | null;
}

export const decideAliasChange: Decide<AliasChange> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const was = current.value;
  if (was.nationality === 'JPN')
    return fail('nationality-does-not-fit', 'an alias is for residents of another nationality');
  const aliasKana = event.alias === null ? null : event.aliasKana;
  if (was.alias === event.alias && was.aliasKana === aliasKana)
    return fail('correction-changes-nothing', 'the alias is the one that the record has');
  const after = { ...was, alias: event.alias, aliasKana };
  return ok({ reason: 'alias-change', eventDate: event.eventDate, after });
};
