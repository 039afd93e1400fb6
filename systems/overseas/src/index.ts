export { type DomicileFailure, resolveDomicile } from './domicile/resolve-domicile.ts';
export { entryRoutes, entryStatuses } from './http/entry-routes.ts';
export { overseasMoverRoutes, overseasMoverStatuses } from './http/overseas-mover-routes.ts';
export { ENTRY_COLUMNS, type EntryColumn } from './load/entry-columns.ts';
export {
  type EntryLoad,
  type EntryLoadCounts,
  type EntryLoadFailure,
  loadEntries,
  type RejectedEntryRow,
} from './load/load-entries.ts';
export type { EntryAct, EntryActFailure } from './municipal/decide-entry-act.ts';
export {
  type PaperNotice,
  takePaperNotices,
} from './municipal/paper-notices.ts';
export { recordEntryAct } from './municipal/record-entry-act.ts';
export type { OverseasContext } from './overseas-context.ts';
export { overseasLinks, recordChangeLinksOf } from './overseas-links.ts';
export { overseasTopics } from './receivers.ts';
export { resendEntries } from './resend/resend-entries.ts';
export { keptEntries } from './retention/kept-entries.ts';
export { overseasSchema } from './schema.ts';
export { type ComparedTally, comparedTallies } from './tally/compare-tallies.ts';
export { startTally } from './tally/start-tally.ts';
export {
  type FindOverseasFailure,
  findOverseasPerson,
  findOverseasPersonAtPrefecture,
  type OverseasMover,
  type OverseasMoverAtPrefecture,
} from './tiers/find-overseas-person.ts';
export { OVERSEAS_AFFAIRS } from './tiers/overseas-affairs.ts';
