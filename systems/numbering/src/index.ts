export type { NumberingContext, PermuteElevenDigits } from './assign-numbers.ts';
export { type DeriveNumberKey, NumberVault } from './at-rest/number-vault.ts';
export { makeDataKey, type SealingContext, sealOldNumbers } from './at-rest/seal-old-numbers.ts';
export {
  NUMBERING_OFFICER,
  type NumberingCentre,
  numberingRoutes,
  numberingStatuses,
} from './http/centre-routes.ts';
export { municipalNumberingRoutes, municipalNumberingStatuses } from './http/municipal-routes.ts';
export {
  type IndividualNumberFailure,
  individualNumberCheckDigit,
  individualNumberOf,
  parseIndividualNumber,
} from './individual-number.ts';
export {
  type MunicipalNoticeStep,
  type MunicipalStepFailure,
  tellNoticeStep,
} from './notice/municipal-steps.ts';
export type { NoticeContext, NoticePrinting } from './notice/notice-context.ts';
export type { NoticeState, NoticeStep, ReturnReason } from './notice/notice-lifecycle.ts';
export type { NumberNotice } from './notice/notice-store.ts';
export type { PrintBatch, WrittenFile } from './notice/print-batch-store.ts';
export { type PrintFailure, type PrintOrder, printNotices } from './notice/print-notices.ts';
export { type NoticeOrder, type NoticeOrderFailure, takeNoticeSteps } from './notice/take-notice-steps.ts';
export { numberingTopics } from './numbering-topics.ts';
export { listNumberRequests, numberingStatistics } from './requests/centre-requests.ts';
export type { NumberRequest } from './requests/number-request.ts';
export { reviewWaiting } from './requests/review-waiting.ts';
export { numberingSchema } from './schema.ts';
