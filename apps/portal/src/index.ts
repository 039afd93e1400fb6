export type { Artefact, LifeArtefacts } from './artefacts.ts';
export type { CountryView, LinkView, SiteKind, SiteView } from './country-view.ts';
export { type PortalContext, portalRoutes } from './portal-routes.ts';
