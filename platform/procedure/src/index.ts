export type { StoredFile } from './attachments/store-attachment.ts';
export { checkDefinition } from './define/check-definition.ts';
export { type CaseFacts, type Definition, defineProcedure } from './define/definition.ts';
export {
  attachment,
  choice,
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
export { CaseDesk, type Receipt, ROWS_MAX } from './desk/case-desk.ts';
export { procedureSchema } from './procedure-schema.ts';
