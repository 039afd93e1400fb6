export { CountryClient, type CountryClientOptions, type OperatorSignIns } from './life/country-client.ts';
export type {
  Bilingual,
  Check,
  LifePlayer,
  PlayedStep,
  ShownAccess,
  StepDescription,
} from './life/life-player.ts';
export { Life } from './life/play-life.ts';
export type { StoryOptions } from './life/story.ts';
export { BAD_ROW_KINDS, type BadRow, type BadRowKind } from './register/bad-rows.ts';
export { type DemonstrationMunicipality, demonstrationCountry } from './register/demonstration-country.ts';
export { writeEntryCsv } from './register/entry-csv.ts';
export {
  type GeneratedRegister,
  generateRegister,
  type RegisterOptions,
} from './register/generate-register.ts';
export {
  appendMalformedLines,
  MALFORMED_LINE_KINDS,
  type MalformedLineKind,
} from './register/malformed-lines.ts';
export { writeRegisterCsv } from './register/register-csv.ts';
export { REGISTER_COLUMNS, type RegisterColumn, type RegisterRow } from './register/register-row.ts';
export { type FixedResident, HARUKA, SHINICHI } from './register/story-people.ts';
