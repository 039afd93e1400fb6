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
  type Field,
  type Fields,
  type FormValue,
  flag,
  group,
  list,
  money,
  text,
  type Words,
} from './define/field.ts';
export { type FormFault, parseForm } from './define/form-value.ts';
export { type ProcedureVersions, procedureVersions } from './define/versions.ts';
export type { ActingBy, CaseActor } from './desk/acting.ts';
export { CaseDesk, type Receipt } from './desk/case-desk.ts';
export type { NoticePost, NoticeToPost } from './desk/notices.ts';
export type { HistoryLine } from './desk/read-cases.ts';
export { ROWS_MAX } from './desk/request-limits.ts';
export { oneFile } from './http/one-file.ts';
export { procedurePages } from './http/procedure-pages.ts';
export { procedureRoutes } from './http/procedure-routes.ts';
export { procedureStatuses } from './http/procedure-statuses.ts';
// of which a system makes pages of its own that look like those of procedures
export { inputsOf } from './pages/field-inputs.ts';
export { frame as procedureFrame, inLanguage, procedureStylesheet } from './pages/frame.ts';
export { valueOfPosted } from './pages/posted-form.ts';
export { type Language, languageOf, refusalWords, say } from './pages/say.ts';
export { procedureSchema } from './procedure-schema.ts';
