/**
 * What stands between a matched route and its body: who calls, whether they may, whether another origin made their
 * browser do it, and whether they do it too often. Invariant: nothing of the body is read for a caller who is refused.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mayCall } from './access.ts';
import { type Actor, type Authenticate, anonymous, type Caller } from './actor.ts';
import { exchangeOf } from './exchange.ts';
import { isCrossOrigin, isSafeMethod } from './forgery.ts';
import type { Log } from './log.ts';
import type { ProblemReplies } from './problem-replies.ts';
import { addressKey } from './rate-limit.ts';

/** Admits callers to the routes of one server. */
export class Admission {
  readonly #authenticate: Authenticate;
  readonly #replies: ProblemReplies;
  readonly #log: Log;

  constructor(authenticate: Authenticate, replies: ProblemReplies, log: Log) {
    this.#authenticate = authenticate;
    this.#replies = replies;
    this.#log = log;
  }

  /** Sets the caller of the request, or answers with a problem; true when the request may go on. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const { config } = request.routeOptions;
    const { access, site } = config;
    if (access === undefined || site === undefined) throw new Error('a route does not say who may call it');
    const caller = await this.#callerOf(request, access === 'public');
    if (!caller) return this.#refuse(reply, 'credential-invalid', 'The credential is not valid');
    request.caller = caller;
    exchangeOf(request.raw).actor = caller.actor.kind;
    if (!mayCall(access, caller.actor, site))
      return caller.actor.kind === 'anonymous'
        ? this.#refuse(reply, 'sign-in-required', 'This route needs a credential')
        : this.#refuse(reply, 'not-permitted', 'This caller may not use this route');
    const byBrowser = caller.forgerySecret !== undefined || config.fromForm === true;
    if (byBrowser && !isSafeMethod(request.method) && isCrossOrigin(request.headers))
      return this.#refuse(reply, 'request-forged', 'The request was made by another origin');
    const taken = config.rateLimit?.take(limitKey(caller.actor, request.ip));
    if (taken === undefined || taken.taken) return true;
    return this.#refuse(reply, 'too-many-requests', 'Too many requests; wait before the next', {
      'retry-after': String(taken.retryAfterSeconds),
    });
  }

  async #callerOf(request: FastifyRequest, isPublic: boolean): Promise<Caller | undefined> {
    try {
      const result = await this.#authenticate({
        method: request.method,
        target: request.raw.url ?? '/',
        headers: request.headers,
      });
      if (result.ok) return result.value;
      return isPublic ? { actor: anonymous } : undefined;
    } catch (error) {
      if (!isPublic) throw error;
      // What everyone may see stays up when sessions cannot be read.
      this.#log.error('authenticate-failed', { requestId: request.id }, error);
      return { actor: anonymous };
    }
  }

  async #refuse(
    reply: FastifyReply,
    code:
      | 'credential-invalid'
      | 'sign-in-required'
      | 'not-permitted'
      | 'request-forged'
      | 'too-many-requests',
    detail: string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<false> {
    await this.#replies.send(reply, code, detail, headers === undefined ? {} : { headers });
    return false;
  }
}

function limitKey(actor: Actor, address: string): string {
  switch (actor.kind) {
    case 'anonymous':
      return addressKey(address);
    case 'person':
      return `person:${actor.site}:${actor.holder}`;
    case 'operator':
      return `operator:${actor.site}:${actor.operator}`;
    case 'site':
      return `site:${actor.site}`;
  }
}
