/** The help desk in the small country of cards' tests, for tests of this package and of those that look at its pages. */
import type { TestContext } from 'node:test';
import { applyForCard, makeCard, suspendCard } from '@ishizue/cards';
import { type CardsCountry, cardsCountry, handOverCard } from '@ishizue/cards/testing';
import type { Clock } from '@ishizue/clock';
import { createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { stylesheetRoute } from '@ishizue/sign-in';
import { loadBundledFaq } from '../faq/load-corpus.ts';
import type { HelpDeskContext } from '../help-desk-context.ts';
import { helpRoutes } from '../pages/help-routes.ts';
import { helpDeskSchema } from '../schema.ts';

export { takeNextChat, writeAsOperator } from '../chat/operator-chat.ts';
export { askForPerson, showChat } from '../chat/visitor-chat.ts';

export interface HelpCountry extends CardsCountry {
  readonly helpDesk: HelpDeskContext;
  /** An active card of a resident: its id and its application's. */
  giveCard(residentCode: string): Promise<{ readonly cardId: string; readonly applicationId: string }>;
}

export async function helpCountry(t: Pick<TestContext, 'after'>): Promise<HelpCountry> {
  const country = await cardsCountry(t as TestContext, { schemas: [helpDeskSchema] });
  const { cards, workshop } = country;
  const helpDesk: HelpDeskContext = {
    sql: country.database.pool('help_desk'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    registry: country.context,
    cards,
    suspend: (access, cardId) => suspendCard(cards, access, cardId),
  };
  await loadBundledFaq(helpDesk);
  return {
    ...country,
    helpDesk,
    giveCard: async (residentCode) => {
      const wish = { requestId: `card-of-${residentCode}`, residentCode };
      const { applicationId } = mustSucceed(await applyForCard(cards, testAccess, wish), 'an application');
      const { cardId } = mustSucceed(await makeCard(cards, testAccess, applicationId, workshop), 'a card');
      mustSucceed(await handOverCard(country, cardId), 'a hand-over');
      return { cardId, applicationId };
    },
  };
}

/** The pages on a server of their own; answers its origin. */
export async function serveHelp(
  t: Pick<TestContext, 'after'>,
  helpDesk: HelpDeskContext,
  statusPerMinute = 1_000,
): Promise<string> {
  const server = createHttpServer({
    name: 'test',
    version: '0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    authenticate: () => ok({ actor: { kind: 'anonymous' } }),
  });
  const limit = (clock: Clock, perMinute: number) => new RateLimit({ clock, burst: perMinute, perMinute });
  const many = limit(helpDesk.clock, 10_000);
  const limits = { pages: many, chats: many, status: limit(helpDesk.clock, statusPerMinute) };
  const site = 'national';
  server.mount({ prefix: '', site, ...helpRoutes(helpDesk, limits) });
  server.mount({ prefix: '', site, routes: [stylesheetRoute], statuses: {} });
  const { origin } = await server.listen();
  t.after(() => server.close());
  return origin;
}
