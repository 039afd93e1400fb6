export type { StoredFile } from './attachments/store-attachment.ts';
export { checkDefinition } from './define/check-definition.ts';
export { type CaseFacts, type Definition, defineProcedure, type KeptCase } from './define/definition.ts';
export { describeProcedure } from './define/describe-procedure.ts';
export {
  attachment,
  choice,
  choices,
  code,
  count,
  date,
  type FormValue,
  flag,
  group,
  list,
  money,
  text,
  type Words,
} from './define/field.ts';
export { type ProcedureVersions, procedureVersions } from './define/versions.ts';
export type { ActingBy, CaseActor } from './desk/acting.ts';
export { CaseDesk, type Receipt } from './desk/case-desk.ts';
export type { HistoryLine } from './desk/read-cases.ts';
export { ROWS_MAX } from './desk/request-limits.ts';
export { procedurePages } from './http/procedure-pages.ts';
export { procedureRoutes } from './http/procedure-routes.ts';
export { procedureStatuses } from './http/procedure-statuses.ts';
export { procedureStylesheet } from './pages/frame.ts';
export { procedureSchema } from './procedure-schema.ts';
