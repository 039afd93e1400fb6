/** The national site: applications, factory, parcels and counters for cards; what clerks, residents, relying parties and kiosks are served. */
import { deskProblems } from '@ishizue/access';
import {
  cardDeskRoutes,
  cardDeskStatuses,
  cardRoutes,
  cardStatuses,
  doorRoutes,
  doorStatuses,
  handOverRoutes,
  handOverStatuses,
  photoStatuses,
  pinResetRoutes,
  pinResetStatuses,
  renewalRoutes,
  renewalStatuses,
  shipmentRoutes,
  shipmentStatuses,
} from '@ishizue/cards';
import { certificateRoutes, certificateStatuses, kioskPages } from '@ishizue/certificates';
import { type HttpServer, RateLimit } from '@ishizue/http';
import {
  createOcspResponder,
  jpkiRoutes,
  OCSP_PATH,
  phoneRoutes,
  phoneStatuses,
  verifierRoutes,
  verifierServiceRoutes,
  verifierServiceStatuses,
  verifierStatuses,
} from '@ishizue/jpki';
import { keyRoutes, keyStatuses, publicKeyRoutes } from '@ishizue/key-server';
import { numberingRoutes, numberingStatuses } from '@ishizue/numbering';
import { procedurePages, procedureRoutes, procedureStatuses } from '@ishizue/procedure';
import {
  movementRoutes,
  movementStatuses,
  NATIONAL_SITE,
  provisionRoutes,
  provisionStatuses,
} from '@ishizue/registry';
import type { Country } from './country.ts';
import { publicationRoutes } from './routes/publication-routes.ts';
import { residentRoutes, residentStatuses } from './routes/resident-routes.ts';

const VERIFIER_REQUESTS_PER_MINUTE = 6_000; // of each verifier; a request for links may name 500 certificates

/** What the national site offers to clerks, residents, relying parties and kiosks. */
export function mountCentre(server: HttpServer, country: Country): void {
  const { clock, systems } = country;
  const site = NATIONAL_SITE;
  const limit = (perMinute: number): RateLimit => new RateLimit({ clock, burst: perMinute, perMinute });
  mountCards(server, country, limit);
  const cardDesk = cardDeskRoutes(systems.cardLife);
  server.mount({ prefix: `/${site}`, site, routes: cardDesk, statuses: cardDeskStatuses });
  const renewals = renewalRoutes({ cards: systems.cards, jpki: systems.jpki });
  server.mount({ prefix: `/${site}`, site, routes: renewals, statuses: renewalStatuses });
  const resets = pinResetRoutes({
    resets: systems.pinResets,
    challenges: country.challenges,
    rateLimit: limit(600),
  });
  server.mount({ prefix: `/${site}`, site, routes: resets, statuses: pinResetStatuses });
  const limits = { kioskLimit: limit(600), verificationLimit: limit(120) };
  const kiosk = certificateRoutes(systems.certificates, limits);
  server.mount({ prefix: '', site, routes: kiosk, statuses: certificateStatuses });
  const kioskDoor = kioskPages(systems.certificates, limits.kioskLimit);
  server.mount({ prefix: '', site, routes: kioskDoor, statuses: {} });
  server.mount({ prefix: '', site, routes: residentRoutes(country), statuses: residentStatuses });
  const numbers = numberingRoutes(systems.numbering);
  server.mount({ prefix: `/${site}`, site, routes: numbers, statuses: numberingStatuses });
  const provision = provisionRoutes(systems.registry);
  server.mount({ prefix: `/${site}`, site, routes: provision, statuses: provisionStatuses });
  const movement = movementRoutes(systems.registry);
  server.mount({ prefix: `/${site}`, site, routes: movement, statuses: movementStatuses });
  const keys = { site, statuses: keyStatuses };
  server.mount({ prefix: `/${site}`, ...keys, routes: keyRoutes(country.keyServer) });
  server.mount({ prefix: '', ...keys, routes: publicKeyRoutes(country.keyServer) });
  server.mount({ prefix: `/${site}`, site, routes: publicationRoutes(country), statuses: {} });
  server.mount(jpkiRoutes(systems.jpki));
  const verifiers = verifierRoutes(systems.jpki);
  server.mount({ prefix: `/${site}`, site, routes: verifiers, statuses: verifierStatuses });
  const services = verifierServiceRoutes(systems.jpki, {
    services: limit(VERIFIER_REQUESTS_PER_MINUTE),
    withdrawals: limit(120),
  });
  server.mount({ prefix: `/${site}`, site, routes: services, statuses: verifierServiceStatuses });
  const phones = phoneRoutes(systems.jpki, limit(120));
  server.mount({ prefix: `/${site}`, site, routes: phones, statuses: phoneStatuses });
  server.mountRaw({ prefix: OCSP_PATH, access: 'public', handler: createOcspResponder(systems.jpki) });
}

/** Applications, the factory, parcels and counters. */
function mountCards(server: HttpServer, { systems }: Country, limit: (perMinute: number) => RateLimit): void {
  const site = NATIONAL_SITE;
  const prefix = `/${site}`;
  const { cards: context, workshop } = systems;
  const { typeface } = systems.certificates.press;
  const cards = cardRoutes({ context, workshop, stateRateLimit: limit(60) });
  server.mount({ prefix, site, routes: cards, statuses: cardStatuses });
  const shipment = shipmentRoutes({ context, workshop, typeface });
  server.mount({ prefix, site, routes: shipment, statuses: shipmentStatuses });
  server.mount({ prefix, site, routes: handOverRoutes(context), statuses: handOverStatuses });
  const desk = systems.applicationDesk;
  const statuses = { ...procedureStatuses(desk), ...photoStatuses };
  server.mount({ prefix, site, routes: procedureRoutes(desk, { path: '/card-applications' }), statuses });
  const pages = procedurePages(desk, { path: `${prefix}/pages/card-applications` });
  server.mount({ prefix: '', site, routes: pages, statuses, pages: deskProblems(site) });
  const door = { cards: context, applications: desk };
  const limits = { pages: limit(120), tries: limit(10) };
  server.mount({ prefix: '', site, routes: doorRoutes(door, limits), statuses: doorStatuses(door) });
}
