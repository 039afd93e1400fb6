/**
 * 軽微な修正: glyph identified, easier character, renamed area, new lot number, 住居表示, building name. The person and
 * the place stay what they are, which is why it must not revoke a certificate (公的個人認証法 art. 12).
 */
import type { IsoDate } from '@ishizue/clock';
import { fail, ok } from '@ishizue/outcome';
import { requireCurrent } from './guards.ts';
import type { Decide } from './resident-event.ts';

export interface MinorCorrection {
  readonly reason: 'minor-correction';
  readonly residentCode: string;
  readonly eventDate: IsoDate;
  /** What is written anew; what is absent stays. */
  readonly name?: string;
  readonly town?: string;
  readonly lot?: string;
  readonly building?: string | null;
}

export const decideMinorCorrection: Decide<MinorCorrection> = (before, event, today) => {
  const current = requireCurrent(before, event.eventDate, today);
  if (!current.ok) return current;
  const was = current.value;
  const after = {
    ...was,
    name: event.name ?? was.name,
    town: event.town ?? was.town,
    lot: event.lot ?? was.lot,
    building: event.building === undefined ? was.building : event.building,
  };
  if (
    after.name === was.name &&
    after.town === was.town &&
    after.lot === was.lot &&
    after.building === was.building
  )
    return fail('correction-changes-nothing', 'the correction leaves everything as it is');
  return ok({ reason: 'minor-correction', eventDate: event.eventDate, after });
};
