/**
 * The provider of the moment. The library reads its keys when it is made, so another one is made when another key is to be
 * published or signs; what is open goes on in it, for everything is kept in the database.
 */
import { timingSafeEqual } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { Provider } from 'oidc-provider';
import { secretDigest } from '../clients/register-client.ts';
import { issuerOf, type SignInContext } from '../sign-in-context.ts';
import { providerConfiguration } from './provider-configuration.ts';
import { publishedKeys } from './token-keys.ts';

const LOOK_EVERY_MS = 30_000;

interface Made {
  readonly kids: string;
  readonly provider: Provider;
}

export class SignInProvider {
  readonly #context: SignInContext;
  #made: Made | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(context: SignInContext) {
    this.#context = context;
  }

  async current(): Promise<Provider> {
    const now = this.#context.clock.now();
    if (this.#made && now - this.#lookedAt < LOOK_EVERY_MS) return this.#made.provider;
    const keys = await publishedKeys(this.#context);
    const kids = keys.map(({ kid }) => kid).join(' ');
    if (this.#made?.kids !== kids)
      this.#made = {
        kids,
        provider: makeProvider(this.#context, providerConfiguration(this.#context, keys)),
      };
    this.#lookedAt = now;
    return this.#made.provider;
  }
}

function makeProvider(
  context: SignInContext,
  configuration: ReturnType<typeof providerConfiguration>,
): Provider {
  const provider = new Provider(issuerOf(context), configuration);
  // addresses are made from our own origin: the handler in front sets what a proxy would
  provider.proxy = true;
  // secrets are kept as digests of 256 random bits
  provider.Client.prototype.compareClientSecret = function (this: { readonly clientSecret?: string }, given) {
    const kept = Buffer.from(this.clientSecret ?? '', 'hex');
    const shown = secretDigest(given);
    return kept.length === shown.length && timingSafeEqual(kept, shown);
  };
  provider.on('server_error', (_, error) => context.onTrouble('sign-in-broken', error));
  const emitter: EventEmitter = provider;
  emitter.on('error', (error) => context.onTrouble('sign-in-broken', error));
  return provider;
}
