/**
 * The door of sign-in: an OpenID Connect provider whose only factor is the card's authentication certificate. Flow:
 * docs/flows/sign-in.md.
 */
export { deleteOver } from './acts/delete-over.ts';
export type { Client } from './clients/client-store.ts';
export { type ClientTerms, clientTerms } from './clients/client-terms.ts';
export { endClient, listClients, type RegisteredClient, registerClient } from './clients/register-client.ts';
export { ownActRoutes, ownActStatuses } from './own-acts-routes.ts';
export { stylesheetRoute } from './pages/assets.ts';
// how a page of the national site looks
export {
  frame,
  LANGUAGES,
  type Language,
  preferredLanguage,
  type Say,
  sayIn,
} from './pages/frame.ts';
export { providerHandler } from './provider/provider-handler.ts';
export { SignInProvider } from './provider/sign-in-provider.ts';
export { ensureTokenKeys } from './provider/token-keys.ts';
export { signInSchema } from './schema.ts';
export {
  type CardReader,
  openSignInSecrets,
  PROVIDER_PREFIX,
  type SignInContext,
} from './sign-in-context.ts';
export { signInRoutes } from './sign-in-routes.ts';
