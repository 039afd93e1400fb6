/**
 * Which PINs kiosks reset, from when, and at what hours (domain rules 6.7): the signature PIN by whoever knows the
 * authentication PIN, later the other way round too. First days are the latest that a municipality's page allows.
 */
import { dateInTokyo } from '@ishizue/clock';
import type { CardKind } from '@ishizue/jpki';
import { DatedRules } from '@ishizue/rules';

interface ResetRule {
  readonly kinds: readonly CardKind[];
  /** `HH:MM` in Tokyo: from the first (included) to the second (excluded). */
  readonly opens: string;
  readonly closes: string;
  readonly reservation_hours: number;
}

const HOURS = { opens: '06:30', closes: '23:00', reservation_hours: 24 } as const;

const resetRules = new DatedRules<ResetRule>('resets of PINs at kiosks', [
  {
    validFrom: '2022-03-01',
    validTo: '2024-09-19',
    source: 'J-LIS コンビニ等での署名用パスワード初期化; pages of municipalities, March 2022',
    rule: { kinds: ['signature'], ...HOURS },
  },
  {
    validFrom: '2024-09-20',
    source: 'page of Naha, 20 September 2024: both PINs',
    rule: { kinds: ['signature', 'authentication'], ...HOURS },
  },
]);

export const isResettable = (kind: CardKind, now: number): boolean =>
  resetRules.find(dateInTokyo(now))?.rule.kinds.includes(kind) ?? false;

const TOKYO_OFFSET_MS = 9 * 3_600_000;

export function isKioskOpen(now: number): boolean {
  const rule = resetRules.find(dateInTokyo(now))?.rule;
  if (!rule) return false;
  const time = new Date(now + TOKYO_OFFSET_MS).toISOString().slice(11, 16);
  return time >= rule.opens && time < rule.closes;
}

/** Until when a reservation of now can be used. */
export const reservationEnd = (now: number): number =>
  now + resetRules.get(dateInTokyo(now)).reservation_hours * 3_600_000;

/** The PIN that has to be known. */
export const otherKind = (kind: CardKind): CardKind =>
  kind === 'signature' ? 'authentication' : 'signature';
