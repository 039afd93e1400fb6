/** Sign-in with the card: what it serves at the national site, and its standing work. */
import { type HttpServer, type Log, RateLimit } from '@ishizue/http';
import { NATIONAL_SITE } from '@ishizue/registry';
import {
  deleteOver,
  ensureTokenKeys,
  ownActRoutes,
  ownActStatuses,
  PROVIDER_PREFIX,
  providerHandler,
  type SignInContext,
  SignInProvider,
  signInRoutes,
} from '@ishizue/sign-in';
import type { Country } from './country.ts';
import { Repeating } from './repeating.ts';

const WORK_EVERY_MS = 3_600_000;
const PAGES_PER_MINUTE = 120;

export function mountSignIn(server: HttpServer, { clock, systems }: Country, log: Log): void {
  const context: SignInContext = {
    ...systems.signIn,
    onTrouble: (code, error) => log.error(code, {}, error),
  };
  const provider = new SignInProvider(context);
  const rateLimit = new RateLimit({ clock, burst: PAGES_PER_MINUTE, perMinute: PAGES_PER_MINUTE });
  const site = NATIONAL_SITE;
  server.mount({ prefix: '', site, ...signInRoutes(context, provider, rateLimit) });
  server.mount({ prefix: '', site, routes: ownActRoutes(context), statuses: ownActStatuses });
  server.mountRaw({ prefix: PROVIDER_PREFIX, access: 'public', handler: providerHandler(context, provider) });
}

/** Keys whose turn comes, and what is over. */
export const signInWork = ({ systems }: Country, log: Log): Repeating =>
  new Repeating(
    WORK_EVERY_MS,
    async () => {
      await ensureTokenKeys(systems.signIn);
      await deleteOver(systems.signIn);
    },
    (error) => log.error('sign-in-work-failed', {}, error),
  );
