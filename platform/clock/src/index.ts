export { addBusinessDays, addDays, isBusinessDay, yearsAfter } from './business-days.ts';
export {
  type Clock,
  dateInTokyo,
  endOfDateInTokyo,
  type IsoDate,
  ManualClock,
  startOfDateInTokyo,
  systemClock,
} from './clock.ts';
export {
  CLOCK_BOUND_MS,
  ClockGuard,
  type ClockWatch,
  clockMovedText,
  type ElapsedTime,
  guardMachineClock,
  machineTime,
  UNGUARDED,
} from './clock-guard.ts';
