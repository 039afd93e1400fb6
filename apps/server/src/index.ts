export { type Configuration, readConfiguration } from './configuration.ts';
export { type Country, type CountryOptions, openCountry } from './country.ts';
export { chooseMunicipalities } from './country-file.ts';
export {
  type DemonstrationOperators,
  type DemonstrationProgress,
  loadDemonstration,
  openDemonstrationOperators,
} from './demonstration.ts';
export { houseSchemas } from './house-schemas.ts';
export { loadRegister, type RegisterLoad } from './municipal-register.ts';
export { RejectFile } from './rejected-rows.ts';
export { type ServedCountry, type ServeOptions, serve } from './serve.ts';
