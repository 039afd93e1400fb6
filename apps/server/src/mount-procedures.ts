/** The screens on which verifiers are registered, and the stylesheet of the screens of every procedure. */
import { deskProblems } from '@ishizue/access';
import type { HttpServer } from '@ishizue/http';
import { procedurePages, procedureStatuses, procedureStylesheet } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';

export async function mountProcedures(server: HttpServer, { systems }: Country): Promise<void> {
  const site = NATIONAL_SITE;
  server.mount({ prefix: '', site, routes: [procedureStylesheet], statuses: {} });
  const desk = await systems.jpki.registration();
  const routes = procedurePages(desk, { path: `/${site}/pages/verifier-registration` });
  server.mount({ prefix: '', site, routes, statuses: procedureStatuses(desk), pages: deskProblems(site) });
}
