/** A procedure served over HTTP as docs/adding-a-procedure.md step 6 says; who calls is named by a cookie. */
import type { TestContext } from 'node:test';
import { type Actor, anonymous, createHttpServer, createLog } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import {
  CaseDesk,
  type Definition,
  procedurePages,
  procedureRoutes,
  procedureStatuses,
  procedureStylesheet,
} from '@ishizue/procedure';
import { houseForTest, pseudonyms, SITE } from '@ishizue/procedure/testing';

const operator = (id: string, ...roles: readonly string[]): Actor => ({
  kind: 'operator',
  site: SITE,
  operator: id,
  roles,
  session: id,
});
const ACTORS: Readonly<Record<string, Actor>> = {
  anna: { kind: 'person', site: SITE, holder: 'anna', certificateSerial: '1', session: 's' },
  ben: { kind: 'person', site: SITE, holder: 'ben', certificateSerial: '2', session: 't' },
  officer: operator('o-visit', 'visit-officer'),
  reviewer: operator('o-review', 'grant-reviewer'),
};

export async function serveProcedure<Context>(
  t: TestContext,
  definition: Definition<Context>,
  context: Context,
  path: `/${string}`,
) {
  const house = await houseForTest(t);
  const { clock } = house;
  const sql = house.database.pool('fund');
  const desk = await CaseDesk.open({ sql, site: SITE, clock, pseudonyms, procedure: definition, context });
  const server = createHttpServer({
    name: 'Procedures',
    version: '1.0.0',
    log: createLog({
      service: 'test',
      level: 'error',
      destination: { write: (line) => process.stderr.write(line) },
    }),
    authenticate: ({ headers }) => {
      const who = /\bwho=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? '';
      const actor = ACTORS[who];
      return ok(actor ? { actor, forgerySecret: `secret of ${who}` } : { actor: anonymous });
    },
  });
  const statuses = procedureStatuses(desk);
  server.mount({ prefix: '', site: SITE, routes: procedureRoutes(desk, { path }), statuses });
  server.mount({ prefix: '', site: SITE, routes: procedurePages(desk, { path: `/pages${path}` }), statuses });
  server.mount({ prefix: '', site: SITE, routes: [procedureStylesheet], statuses: {} });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const ask = async (who: string, method: string, target: string, body?: unknown) => {
    const answered = await fetch(`${origin}${target}`, {
      method,
      headers: {
        cookie: `who=${who}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
    });
    const text = await answered.text();
    return {
      status: answered.status,
      json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
      text,
    };
  };
  return { house, desk, origin, ask };
}
