/**
 * What this package adds to Fastify's requests and routes. Every route has `access` in its config: the hook that
 * watches routes being added throws for one that has not, so that the server does not start.
 */
import type { Access } from './access.ts';
import type { Caller } from './actor.ts';
import type { SafeHtml } from './html.ts';
import type { Problem } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';

/** How a part shows problems on its pages, and where callers without credentials are sent. */
export interface Pages {
  readonly problem: (problem: Problem) => SafeHtml;
  /** A path of our own; `?return=` with the address that was asked for is added. */
  readonly signIn?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    postedForgeryToken: string | undefined;
  }
  interface FastifyContextConfig {
    readonly access?: Access;
    readonly site?: string;
    readonly rateLimit?: RateLimit;
    /** The body comes from a form, which other origins can post without asking. */
    readonly fromForm?: boolean;
    readonly pages?: Pages;
    /** Media types of a streamed body, for OpenAPI. */
    readonly streams?: readonly string[];
  }
}
