export { type ActingCode, type ActingOperator, actingOperator } from './acting-operator.ts';
export { type Configuration, readConfiguration } from './configuration.ts';
export { type Country, type CountryOptions, openCountry, type Trouble } from './country.ts';
export { chooseMunicipalities } from './country-file.ts';
export {
  closeDemonstrationOperators,
  type DemonstrationOperators,
  type DemonstrationProgress,
  loadDemonstration,
  openDemonstrationOperators,
} from './demonstration.ts';
export { type DemonstrationEntries, loadDemonstrationEntries } from './demonstration-entries.ts';
export { doorAddressOf } from './door-address.ts';
export { type EntryFileLoad, loadEntryFile } from './entry-file.ts';
export { houseSchemas } from './house-schemas.ts';
export { type PlacedDesk, procedureDesks } from './keeping.ts';
export { LogFile, type LogFileOptions } from './log-file.ts';
export { loadRegister, type RegisterLoad } from './municipal-register.ts';
export { watchNetwork } from './network-watch.ts';
export { RejectFile } from './rejected-rows.ts';
export { type ServedCountry, type ServeOptions, serve } from './serve.ts';
export {
  type AddedOperator,
  addSiteOperator,
  closeSiteOperator,
  type SiteOperatorCode,
  siteOperators,
} from './site-operators.ts';
export { type StartCode, StartRefused } from './start-refused.ts';
export { unlessAborted } from './unless-aborted.ts';
