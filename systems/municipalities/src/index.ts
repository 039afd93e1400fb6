export { bundledReference } from './bundled-reference.ts';
export {
  findMunicipality,
  listMunicipalities,
  type MunicipalityFilter,
  readMunicipalityDirectory,
  wardsOf,
} from './find-municipality.ts';
export { type LoadCounts, loadMunicipalities } from './load-municipalities.ts';
export {
  isInForce,
  type Municipality,
  type MunicipalityKind,
  type MunicipalityReference,
  type PlaceNames,
  type Prefecture,
  type Validity,
  type Ward,
} from './municipality.ts';
export {
  type MunicipalityCode,
  type MunicipalityCodeFailure,
  municipalityCheckDigit,
  parseMunicipalityCode,
} from './municipality-code.ts';
export { MunicipalityDirectory } from './municipality-directory.ts';
export { municipalityRoutes, municipalityStatuses } from './municipality-routes.ts';
export { municipalitiesSchema } from './schema.ts';
export { type ReferenceFailure, verifyReference } from './verify-reference.ts';
