/**
 * One route: what it takes, who may call it, what it answers, and the handler between. The schemas parse the request,
 * type the handler, encode the answer and make the OpenAPI document; nothing is said twice.
 */
import type { Failure, Result } from '@ishizue/outcome';
import type { z } from 'zod';
import type { Access, ActorFor } from './access.ts';
import type { SafeHtml } from './html.ts';
import type { RateLimit } from './rate-limit.ts';
import type { BodyFor, ResponseContent } from './response-content.ts';
import type { Upload } from './upload.ts';

/** A body posted by a form of our own pages. */
export class Form<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;

  constructor(schema: Schema) {
    this.schema = schema;
  }
}

/** Declares the body of a route as `application/x-www-form-urlencoded`; the forgery token is checked and removed. */
export const form = <Schema extends z.ZodType>(schema: Schema): Form<Schema> => new Form(schema);

type BodySpec = z.ZodType | Form | Upload;
type ResponseSpecs = Readonly<Record<number, z.ZodType | ResponseContent<never>>>;
type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : unknown;
type BodyOf<Spec> = Spec extends Upload
  ? AsyncIterable<Uint8Array>
  : Spec extends Form<infer Schema>
    ? z.output<Schema>
    : Parsed<Spec>;

/** What a handler is given. */
export interface Call<Params, Query, Body, Actor> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly actor: Actor;
  /** The site that the route belongs to. */
  readonly site: string;
  /** The request's id, carried through every hop and log line. */
  readonly correlation: string;
  /** Aborts when the client is gone or the route's time is over. */
  readonly signal: AbortSignal;
  /** The client's address, for limits; it is not logged. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The hidden field that every form of a page needs. */
  readonly forgeryField: () => SafeHtml;
}

/** An answer of one of the declared statuses. */
export class Answer<Status extends number = number, Body = unknown> {
  readonly status: Status;
  readonly body: Body;
  readonly headers: Readonly<Record<string, string | string[]>>;

  constructor(status: Status, body: Body, headers: Readonly<Record<string, string | string[]>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Answers with one of the declared statuses, and headers if need be. */
export const answer = <Status extends number, Body>(
  status: Status,
  body: Body,
  headers?: Readonly<Record<string, string | string[]>>,
): Answer<Status, Body> => new Answer(status, body, headers);

/** Redirects after a post, or to sign in. The location must be a path of our own. */
export function redirect(location: string): Answer<303, undefined> {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(location)) throw new Error('a redirect leaves the origin');
  return new Answer(303, undefined, { location });
}

type AnswerOf<Specs> = {
  [Status in keyof Specs & number]: Answer<Status, BodyFor<Specs[Status]>>;
}[keyof Specs & number];

/** The body of the only declared response; never, where there are several: then `answer` says which. */
type SoleBody<Specs> = {
  [Status in keyof Specs & number]: Exclude<keyof Specs & number, Status> extends never
    ? BodyFor<Specs[Status]>
    : never;
}[keyof Specs & number];

type HandlerResult<Specs, Code extends string> =
  | AnswerOf<Specs>
  | Result<SoleBody<Specs> | AnswerOf<Specs>, Code>;

/** The methods that routes use. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What is said of a route besides its schemas. */
interface RouteFacts<A extends Access> {
  readonly method: Method;
  /** Fastify's pattern: `/persons/:id`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly access: A;
  /** Default 1 MiB; for uploads the limit is theirs. */
  readonly bodyBytesMax?: number;
  /** Until the answer begins; default is the server's. */
  readonly timeoutMs?: number;
  /** `Cache-Control` of successes; default `no-store`. */
  readonly cacheControl?: string;
  /** Counted for each actor, or each address of callers without credentials. */
  readonly rateLimit?: RateLimit;
}

/** A route as its part writes it. */
export interface RouteDefinition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends BodySpec,
  Responses extends ResponseSpecs,
  A extends Access,
  Code extends string,
> extends RouteFacts<A> {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly responses: Responses;
  readonly handler: (
    call: Call<Parsed<Params>, Parsed<Query>, BodyOf<Body>, ActorFor<A>>,
  ) => HandlerResult<Responses, Code> | Promise<HandlerResult<Responses, Code>>;
}

/** What a handler came to: an answer, or a failure with one of the route's codes. */
export type Outcome<Code extends string> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: Failure<Code> };

/** A route as servers mount it; `Code` holds the codes that its handler may give. */
export interface Route<Code extends string = string> extends RouteFacts<Access> {
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: BodySpec;
  readonly responses: ResponseSpecs;
  readonly run: (call: Call<unknown, unknown, unknown, unknown>) => Promise<Outcome<Code>>;
}

/** Makes a route. The handler's types follow from the schemas and from `access`. */
export function route<
  const Responses extends ResponseSpecs,
  const A extends Access,
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends BodySpec = z.ZodType,
  Code extends string = never,
>(definition: RouteDefinition<Params, Query, Body, Responses, A, Code>): Route<Code> {
  const { handler, ...rest } = definition;
  const sole = soleStatus(definition.responses);
  return {
    ...rest,
    run: async (call) => {
      // The server parsed the parts by these very schemas and let only these actors through.
      const typed = call as Call<Parsed<Params>, Parsed<Query>, BodyOf<Body>, ActorFor<A>>;
      const result = await handler(typed);
      if (result instanceof Answer) return { ok: true, answer: result };
      if (!result.ok) return result;
      if (result.value instanceof Answer) return { ok: true, answer: result.value };
      if (sole === undefined) throw new Error(`${definition.path}: several responses, and none was chosen`);
      return { ok: true, answer: new Answer(sole, result.value) };
    },
  };
}

function soleStatus(responses: ResponseSpecs): number | undefined {
  const statuses = Object.keys(responses).map(Number);
  return statuses.length === 1 ? statuses[0] : undefined;
}
