/**
 * The door of the help desk: the call centre for residents with its chat, FAQ and status site, and the tickets of the help
 * desk for municipalities. Flow: docs/flows/call-centre.md.
 */
export { type AnswerRateReport, answerRate, type Rate } from './calls/answer-rate.ts';
export { type ImportCallsFailure, importCalls } from './calls/import-calls.ts';
export { endIdleChats } from './chat/end-chats.ts';
export { checkRoutes, checkStatuses } from './check-routes.ts';
export { deskRoutes, deskStatuses } from './desk-routes.ts';
export { loadBundledFaq } from './faq/load-corpus.ts';
export type { HelpDeskContext, Suspension } from './help-desk-context.ts';
export { CALL_LEAD, CALL_OPERATOR, FAQ_REVIEWER, TICKET_CLERK } from './operator-access.ts';
export { ANSWER_RATE_PATH, answerRatePage } from './operator-pages/answer-rate-page.ts';
export { CALLS_PATH } from './operator-pages/call-pages.ts';
export { callPages } from './operator-pages/call-routes.ts';
export { ticketPages } from './operator-pages/ticket-page-routes.ts';
export { TICKETS_PATH } from './operator-pages/ticket-pages.ts';
export { type HelpRateLimits, helpRoutes } from './pages/help-routes.ts';
export { endChecks } from './questions/end-checks.ts';
export { helpDeskSchema } from './schema.ts';
export { makeSuspensionNotices, type NoticeDesk } from './suspension/make-notices.ts';
export { finishSuspensions } from './suspension/settle-suspension.ts';
export { ticketRoutes, ticketStatuses } from './ticket-routes.ts';
