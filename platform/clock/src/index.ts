export { addBusinessDays, addDays, isBusinessDay } from './business-days.ts';
export {
  type Clock,
  dateInTokyo,
  endOfDateInTokyo,
  type IsoDate,
  ManualClock,
  startOfDateInTokyo,
  systemClock,
} from './clock.ts';
