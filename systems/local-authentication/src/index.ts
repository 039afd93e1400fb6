/**
 * The door of local authentication (ローカル認証基盤): a municipality verifies authentication certificates for its own programs
 * and knows people again by a pseudonym of its own. Flow: docs/flows/local-authentication.md.
 */
export type { LocalContext } from './local-context.ts';
export { LOCAL_AUTHENTICATION_OFFICER, type LocalOfficer } from './officer-act.ts';
export { localOfficerRoutes, localOfficerStatuses } from './officer-routes.ts';
export { localProgramRoutes, localProgramStatuses } from './program-routes.ts';
export { changeProgram, listPrograms, PROGRAM_ACTS, registerProgram } from './programs/change-program.ts';
export { findProgramKey } from './programs/find-program-key.ts';
export type { Program } from './programs/program-store.ts';
export { localAuthenticationSchema } from './schema.ts';
export { changeSetting, readSetting, STATUS_METHODS } from './setting.ts';
export { localAuthenticationWork } from './standing-work.ts';
