/**
 * Where a card stands in a move of its holder, and what a notice of the registry makes of that. Pure. A notice that was heard
 * before, or of a municipality that the holder has left already, changes nothing: notices overtake each other.
 */
import { addDays, type IsoDate } from '@ishizue/clock';
import type { IdentityChanged } from '@ishizue/registry';
import type { VoidReason } from '../card/void-reason.ts';
import { continueBy, isDeclaredInTime, moveInBy } from './move-rules.ts';

export type ResidenceState = 'away' | 'arrived' | 'continued' | 'abroad' | 'kept-abroad' | 'withdrawn';

export interface ResidenceCase {
  readonly state: ResidenceState;
  /** The municipality that was left, or entered; of who keeps the card abroad, that of domicile. */
  readonly municipality: string;
  readonly movedOn: IsoDate;
  /** When the notice was taken; where nobody said so, when the national site heard of it. */
  readonly noticedOn: IsoDate;
  /** On which the holder can still keep the card; null where nothing is due. */
  readonly lastDay: IsoDate | null;
  /** Why the card is void after it. */
  readonly lapseReason: VoidReason | null;
}

/** What a notice says of where somebody lives. */
export type MoveNotice = Pick<
  IdentityChanged,
  'reason' | 'status' | 'municipality' | 'eventDate' | 'noticedOn'
>;

/** The next case, or the reason for which the card is void at once, or nothing new. */
export type CaseStep = { readonly opens: ResidenceCase } | { readonly voids: VoidReason } | undefined;

/** @param latest of the card's cases, undefined where it has none */
export function followNotice(
  latest: ResidenceCase | undefined,
  notice: MoveNotice,
  today: IsoDate,
): CaseStep {
  if (notice.reason === 'undo') return followUndo(latest, notice, today);
  if (notice.reason === 'move-out' && notice.status === 'moved-out')
    return followMoveOut(latest, notice, today);
  if (notice.reason === 'move-in' && notice.status === 'resident') return followMoveIn(latest, notice, today);
  return undefined;
}

function followMoveOut(latest: ResidenceCase | undefined, notice: MoveNotice, today: IsoDate): CaseStep {
  const { state } = latest ?? {};
  // an overseas move was told at the counter, with what becomes of the card
  if (state === 'away' || state === 'abroad' || state === 'kept-abroad') return undefined;
  if (latest && latest.municipality !== notice.municipality) return undefined;
  if (state === 'arrived') return { voids: 'moved-again' };
  return { opens: awayFrom(notice.municipality, notice.eventDate, today) };
}

const awayFrom = (municipality: string, movedOn: IsoDate, noticedOn: IsoDate): ResidenceCase => ({
  state: 'away',
  municipality,
  movedOn,
  noticedOn,
  lastDay: moveInBy(movedOn),
  lapseReason: 'move-limit-missed',
});

function followMoveIn(latest: ResidenceCase | undefined, notice: MoveNotice, today: IsoDate): CaseStep {
  const { state } = latest ?? {};
  const isHere = latest?.municipality === notice.municipality;
  if (isHere && (state === 'arrived' || state === 'continued')) return undefined;
  if (state === 'arrived') return { voids: 'moved-again' };
  const movedOutOn = state === 'away' && latest ? latest.movedOn : null;
  // the day of the notice where the counter said it; else the day on which it was heard, which may be later
  const declaredOn = notice.noticedOn ?? today;
  const inTime = isDeclaredInTime(movedOutOn, notice.eventDate, declaredOn);
  return {
    opens: {
      state: 'arrived',
      municipality: notice.municipality,
      movedOn: notice.eventDate,
      noticedOn: declaredOn,
      // late by what is known here: today the counter, which knows when the notice was given, can still say otherwise
      lastDay: inTime ? continueBy(declaredOn) : today,
      lapseReason: inTime ? 'continuing-use-missed' : 'move-limit-missed',
    },
  };
}

/** A deletion that is undone leaves the card as if nobody had left; an entry that is undone, as if nobody had come. */
function followUndo(latest: ResidenceCase | undefined, notice: MoveNotice, today: IsoDate): CaseStep {
  if (!latest || latest.municipality !== notice.municipality) return undefined;
  if (latest.state === 'away' && notice.status === 'resident')
    return { opens: { ...latest, state: 'withdrawn', noticedOn: today, lastDay: null, lapseReason: null } };
  if (latest.state === 'arrived' && notice.status === 'moved-out')
    return { opens: awayFrom(notice.municipality, latest.movedOn, today) };
  return undefined;
}

export type ContinueFailure =
  /** No move-in of the holder waits for it here. */
  | 'continuing-use-not-due'
  | 'notice-day-invalid'
  /** The notice came late, or the 90 days are over: the card is void or will be tonight. */
  | 'continuing-use-over';

/** Judges whether the card can be continued on a day, by the day on which the counter took the move-in notice. */
export function judgeContinuing(
  latest: ResidenceCase | undefined,
  before: ResidenceCase | undefined,
  declaredOn: IsoDate,
  today: IsoDate,
): ContinueFailure | undefined {
  if (latest?.state !== 'arrived') return 'continuing-use-not-due';
  if (declaredOn < latest.movedOn || declaredOn > latest.noticedOn) return 'notice-day-invalid';
  const movedOutOn = before?.state === 'away' ? before.movedOn : null;
  const isOpen = isDeclaredInTime(movedOutOn, latest.movedOn, declaredOn) && today <= continueBy(declaredOn);
  return isOpen ? undefined : 'continuing-use-over';
}

/** The case after the card was continued. */
export const continued = (latest: ResidenceCase, today: IsoDate): ResidenceCase => ({
  ...latest,
  state: 'continued',
  noticedOn: today,
  lastDay: null,
  lapseReason: null,
});

/** The case of who departs from Japan on a day: kept through the municipality of domicile, or void from that day. */
export function departing(
  municipality: string,
  departsOn: IsoDate,
  keeps: boolean,
  today: IsoDate,
): ResidenceCase {
  const told = { municipality, movedOn: departsOn, noticedOn: today };
  return keeps
    ? { ...told, state: 'kept-abroad', lastDay: null, lapseReason: null }
    : { ...told, state: 'abroad', lastDay: addDays(departsOn, -1), lapseReason: 'departed-abroad' };
}

/** The case of who does not depart after all. */
export const staying = (municipality: string, today: IsoDate): ResidenceCase => ({
  state: 'withdrawn',
  municipality,
  movedOn: today,
  noticedOn: today,
  lastDay: null,
  lapseReason: null,
});
