/** The help desk: what it serves at the national site, and its standing work. */
import { deskProblems } from '@ishizue/access';
import {
  answerRatePage,
  callPages,
  checkRoutes,
  checkStatuses,
  deskRoutes,
  deskStatuses,
  endChecks,
  endIdleChats,
  finishSuspensions,
  helpRoutes,
  ticketPages,
  ticketRoutes,
  ticketStatuses,
} from '@ishizue/help-desk';
import { type HttpServer, type Log, RateLimit } from '@ishizue/http';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';
import { Repeating } from './repeating.ts';

const FINISH_EVERY_MS = 5_000;
const END_EVERY_MS = 60_000;

export function mountHelpDesk(server: HttpServer, { clock, systems }: Country): void {
  const { helpDesk } = systems;
  const site = NATIONAL_SITE;
  const limit = (perMinute: number): RateLimit => new RateLimit({ clock, burst: perMinute, perMinute });
  const limits = { pages: limit(120), chats: limit(10), status: limit(20) };
  server.mount({ prefix: '', site, ...helpRoutes(helpDesk, limits) });
  const prefix = `/${site}` as const;
  const checks = limit(30);
  server.mount({ prefix, site, routes: checkRoutes(helpDesk, checks), statuses: checkStatuses });
  server.mount({ prefix, site, routes: deskRoutes(helpDesk), statuses: deskStatuses });
  server.mount({ prefix, site, routes: ticketRoutes(helpDesk), statuses: ticketStatuses });
  const routes = [
    ...callPages(helpDesk, checks),
    ...ticketPages(helpDesk),
    answerRatePage(helpDesk),
  ] as const;
  server.mount({ prefix: '', site, routes, statuses: {}, pages: deskProblems(site) });
}

/** Suspensions that a crash left ordered; chats and checks whose time is over. */
export function helpDeskWork({ systems: { helpDesk } }: Country, log: Log): readonly Repeating[] {
  const every = (ms: number, event: string, work: () => Promise<unknown>): Repeating =>
    new Repeating(
      ms,
      async () => void (await work()),
      (error) => log.error(event, {}, error),
    );
  return [
    every(FINISH_EVERY_MS, 'suspensions-failed', () => finishSuspensions(helpDesk)),
    every(END_EVERY_MS, 'chats-failed', () => endIdleChats(helpDesk)),
    every(END_EVERY_MS, 'checks-failed', () => endChecks(helpDesk)),
  ];
}
