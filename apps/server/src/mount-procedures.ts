/** The screens of the procedures that the house's systems run, for officers who are signed in; and their stylesheet. */
import type { HttpServer } from '@ishizue/http';
import { procedurePages, procedureStatuses, procedureStylesheet } from '@ishizue/procedure';
import { NATIONAL_SITE } from '@ishizue/registry';
import type { Country } from './country.ts';

export async function mountProcedures(server: HttpServer, { systems }: Country): Promise<void> {
  const site = NATIONAL_SITE;
  for (const desk of [await systems.jpki.registration()]) {
    const routes = procedurePages(desk, { path: `/pages/${desk.definition.id}` });
    server.mount({ prefix: '', site, routes, statuses: procedureStatuses(desk) });
  }
  server.mount({ prefix: '', site, routes: [procedureStylesheet], statuses: {} });
}
