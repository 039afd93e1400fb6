export type { Access } from './access.ts';
export type { Birth } from './events/birth.ts';
export type { Death } from './events/death.ts';
export type { MinorCorrection } from './events/minor-correction.ts';
export type { MoveIn } from './events/move-in.ts';
export type { MoveOut } from './events/move-out.ts';
export type { MoveWithin } from './events/move-within.ts';
export type { EventFailure } from './events/resident-event.ts';
export { municipalRoutes, municipalStatuses, REGISTRAR } from './http/municipal-routes.ts';
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
  TextUndecodable,
} from './import/import-register.ts';
export { REGISTER_COLUMNS, REJECT_COLUMNS } from './import/register-columns.ts';
export { INDIVIDUAL_NUMBER_ASSIGNED } from './municipal/apply-from-centre.ts';
export { RESIDENT_RECORDED } from './municipal/notices.ts';
export { type ReadExtent, type ReadFailure, readHousehold } from './municipal/read-household.ts';
export { type CounterEvent, type RecordFailure, recordEvent } from './municipal/record-event.ts';
export type { RecordedEvent } from './municipal/recorded-request.ts';
export type { PersonalDetails, Resident, ResidentialAddress } from './municipal/resident.ts';
export type { PermuteTenDigits } from './national/allocate-resident-codes.ts';
export { registryTopics } from './receivers.ts';
export { municipalSite, NATIONAL_SITE, prefecturalSite, type RegistryContext } from './registry-context.ts';
export { registrySchema } from './schema.ts';
export {
  findPerson,
  type IdentifiedPerson,
} from './tiers/find-person.ts';
export { findPersons } from './tiers/find-persons.ts';
