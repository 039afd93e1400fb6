/**
 * When kiosks issue: 6:30 to 23:00 Tokyo time, not from 29 December to 3 January. The centre's terms of service, not a
 * statute; other classes may get shorter hours (family registers: business days) as versions of their own.
 */
import { type Clock, dateInTokyo, type IsoDate } from '@ishizue/clock';
import { DatedRules } from '@ishizue/rules';
import type { CertificateClass } from './certificate-class.ts';

export interface Hours {
  /** `HH:MM`, Tokyo time; open from the first (included) to the second (excluded). */
  readonly opens: string;
  readonly closes: string;
  /** `MM-DD`; closed on these days and those between, over the turn of the year. */
  readonly closedFrom: string;
  readonly closedTo: string;
}

const KIOSK_HOURS: Readonly<Record<CertificateClass, DatedRules<Hours>>> = {
  'resident-record': new DatedRules('hours of the resident record at kiosks', [
    {
      validFrom: '2010-02-02',
      source: 'コンビニ交付 利用時間（証明書交付センター）',
      rule: { opens: '06:30', closes: '23:00', closedFrom: '12-29', closedTo: '01-03' },
    },
  ]),
};

const TOKYO_OFFSET_MS = 9 * 3_600_000;

/** Whether a class is issued at the clock's instant. */
export function isOpen(clock: Clock, certificateClass: CertificateClass): boolean {
  const now = clock.now();
  const today: IsoDate = dateInTokyo(now);
  const hours = KIOSK_HOURS[certificateClass].find(today)?.rule;
  if (!hours) return false;
  const time = new Date(now + TOKYO_OFFSET_MS).toISOString().slice(11, 16);
  const day = today.slice(5);
  const isClosedDay = day >= hours.closedFrom || day <= hours.closedTo;
  return !isClosedDay && time >= hours.opens && time < hours.closes;
}
