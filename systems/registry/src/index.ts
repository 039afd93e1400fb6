export type { Access } from './access.ts';
export type { CodeNoticeDesk } from './code-notices/code-notice-desk.ts';
export { codeNoticeRoutes, codeNoticeStatuses } from './code-notices/code-notice-routes.ts';
export {
  type CodeNoticeFailure,
  codeNoticeStanding,
  printCodeNotices,
} from './code-notices/print-code-notices.ts';
export {
  type CodeChanged,
  type CodeSucceeded,
  codeChangedBody,
  codeSucceededBody,
  RESIDENT_CODE_CHANGED,
  RESIDENT_CODE_SUCCEEDED,
} from './codes/code-changed.ts';
export { codesOfHolder, codesOfHolders } from './codes/codes-of-holder.ts';
export { formerCodesOf } from './codes/former-codes-of.ts';
export { WAITING_TICKET_CODES } from './codes/waiting-codes.ts';
export { DISCLOSURE_OFFICER, type DisclosureContext } from './disclosure/disclosure-context.ts';
export { DisclosureDesk } from './disclosure/disclosure-desk.ts';
export { noDisclosureFee } from './disclosure/disclosure-fees.ts';
export { disclosurePages, disclosureRoutes, disclosureStatuses } from './disclosure/disclosure-routes.ts';
export { identityDisclosure } from './disclosure/identity-disclosure.ts';
export type { AliasChange } from './events/alias-change.ts';
export type { Birth } from './events/birth.ts';
export type { CodeChange, ExOfficioCodeChange } from './events/code-change.ts';
export type { Death } from './events/death.ts';
export type { ExOfficioCorrection } from './events/ex-officio-correction.ts';
export type { ExOfficioEntry } from './events/ex-officio-entry.ts';
export type { ExOfficioRemoval } from './events/ex-officio-removal.ts';
export type { FormerSurnameChange } from './events/former-surname-change.ts';
export { isBeforeBirth, isCalendarDate } from './events/guards.ts';
export type { MinorCorrection } from './events/minor-correction.ts';
export type { MoveIn } from './events/move-in.ts';
export type { MoveOut } from './events/move-out.ts';
export type { MoveWithin } from './events/move-within.ts';
export type { EventFailure } from './events/resident-event.ts';
export type { Undo } from './events/undo.ts';
export { parentsOf } from './households/parents-of.ts';
export { cardBody, cardChallengeRoute, cardFrom } from './http/card-at-counter.ts';
export { householdRoutes, householdStatuses } from './http/household-routes.ts';
export { moveRoutes, moveStatuses } from './http/move-routes.ts';
export { municipalRoutes, municipalStatuses, REGISTRAR } from './http/municipal-routes.ts';
export { SUPPORT_OFFICER, supportRoutes, supportStatuses } from './http/support-routes.ts';
export { IDENTITY_READER, tierRoutes, tierStatuses } from './http/tier-routes.ts';
export { formatAddress } from './identity/address.ts';
export { EVENT_REASONS, type EventReason, type ResidenceStatus, type Sex } from './identity/event-reason.ts';
export { IDENTITY_CHANGED, type IdentityChanged, identityChangedBody } from './identity/identity-changed.ts';
export { parseResidentCode, residentCodeCheckDigit, residentCodeOf } from './identity/resident-code.ts';
export {
  type ImportCounts,
  type ImportFailure,
  type ImportProgress,
  importRegister,
  type RegisterImport,
  type RejectedRow,
} from './import/import-register.ts';
export { REGISTER_COLUMNS, REJECT_COLUMNS } from './import/register-columns.ts';
export { type MovementReport, movementReport } from './movement/movement-report.ts';
export { movementRoutes, movementStatuses } from './movement/movement-routes.ts';
export { carryOutPlannedMoves } from './moves/carry-out-planned-moves.ts';
export { issueMoveOutCertificate, type MoveOutCertificate } from './moves/move-out-certificate.ts';
export { type MoveOutInformation, moveId } from './moves/move-out-information.ts';
export { moveTopics } from './moves/move-topics.ts';
export type { MovesContext } from './moves/moves-context.ts';
export type { CounterEvent } from './municipal/decide-event.ts';
export { listByDomicile, type ResidentByDomicile } from './municipal/list-by-domicile.ts';
export { RESIDENT_RECORDED } from './municipal/notices.ts';
export { type ReadExtent, type ReadFailure, readHousehold } from './municipal/read-household.ts';
export {
  RESIDENT_RECORD_CHANGED,
  type ResidentRecordChanged,
  residentRecordChangedBody,
} from './municipal/record-changed.ts';
export { type RecordFailure, recordEvent } from './municipal/record-event.ts';
export {
  INDIVIDUAL_NUMBER_ASSIGNED,
  INDIVIDUAL_NUMBER_CHANGED,
  INDIVIDUAL_NUMBER_RECORDED,
  type NumberRecorded,
  numberRecordedBody,
} from './municipal/record-numbers.ts';
export type { RecordedEvent } from './municipal/recorded-request.ts';
export { openConflicts } from './municipal/residence-conflicts.ts';
export type { PersonalDetails, Resident, ResidentialAddress } from './municipal/resident.ts';
export { retainedUntil } from './municipal/retention.ts';
export type { PermuteTenDigits } from './national/allocate-resident-codes.ts';
export {
  type NumberLook,
  type NumberLookAnswer,
  type NumberStanding,
  numberStandings,
} from './national/number-standings.ts';
export { INDIVIDUAL_NUMBER_RETIRED } from './national/retire-numbers.ts';
export { type ClearNumber, NumberCipher, type Opened, type SealedNumber } from './numbers/number-cipher.ts';
export { sealClearNumbers } from './numbers/seal-clear-numbers.ts';
export {
  type AgencyFailure,
  findAgencyKey,
  type NewAgency,
  registerAgency,
  setAgencyStatus,
} from './provision/agencies.ts';
export type { BatchOrder } from './provision/batch-job.ts';
export {
  acknowledgeAnswer,
  type BatchFailure,
  type BatchProgress,
  batchProgress,
  type CollectFailure,
  collectAnswer,
  runBatch,
} from './provision/batch-query.ts';
export type { AgencyQuery, ProvisionFailure } from './provision/provide.ts';
export type { ProvidedIdentity } from './provision/provided-items.ts';
export { ProvisionDesk } from './provision/provision-desk.ts';
export {
  type Provided,
  type ProvisionCount,
  type ProvisionHistory,
  provisionHistory,
  provisionReport,
} from './provision/provision-history.ts';
export type { ProvisionRequest } from './provision/provision-request.ts';
export { provisionRoutes, provisionStatuses } from './provision/provision-routes.ts';
export { PROVISION_ITEMS, type ProvisionItem, provisionRules } from './provision/provision-rules.ts';
export { SearchDesk } from './provision/search-desk.ts';
export {
  acknowledgeChanges,
  addToStandingList,
  type ChangePage,
  fetchChanges,
  openStandingList,
  removeFromStandingList,
  type StandingListFailure,
  type StandingListOrder,
} from './provision/standing-list.ts';
export { registryTopics } from './receivers.ts';
export {
  type ComparisonFailure,
  type ComparisonOrder,
  type ComparisonState,
  comparisonState,
  startComparison,
} from './reconcile/compare.ts';
export { type Difference, type DifferencePlace, listDifferences } from './reconcile/differences.ts';
export type { DifferenceKind } from './reconcile/messages.ts';
export { type RepairOrder, repairDifferences } from './reconcile/repair.ts';
export { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from './registry-context.ts';
export { countDue, type DueRecords, deleteDue } from './retention/delete-due.ts';
export { type KeptRecords, keptRecords } from './retention/kept-records.ts';
export { registrySchema } from './schema.ts';
export { fillSearchKeys } from './search/fill-search-keys.ts';
export type { StrictMatch } from './search/find-match.ts';
export { nameKeysOf } from './search/name-keys.ts';
export {
  STRICT_QUERIES_MAX,
  type StrictSearchFailure,
  type StrictSearchResult,
  searchManyStrictly,
} from './search/search-strictly.ts';
export type { PersonQuery } from './search/sought-person.ts';
export { findSupported } from './support/find-supported.ts';
export { type Addressee, findAddressees } from './tiers/find-addressees.ts';
export {
  findPerson,
  type IdentifiedPerson,
} from './tiers/find-person.ts';
export { findPersons, type PersonLook } from './tiers/find-persons.ts';
export { nationalTier, prefecturalTier } from './tiers/tier.ts';
export {
  type Alarm,
  type AlarmCount,
  acknowledgeAlarm,
  countAlarms,
  listAlarms,
  updateAlarms,
} from './watch/alarms.ts';
export { beginDueComparisons, planComparisons, plannedComparisons } from './watch/comparison-schedule.ts';
export { countConflicts, type NetworkState, networkReadings } from './watch/network-readings.ts';
export { type CopyWish, copyWish } from './wide-area/copy-messages.ts';
export {
  COPY_STATES,
  copyRequestState,
  requestCopy,
  type TakenCopy,
  takeCopy,
} from './wide-area/request-copy.ts';
