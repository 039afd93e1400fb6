/**
 * The country as a client sees it: HTTP and nothing else. Operators sign in where they act; a problem document becomes
 * a failed step that names its code.
 */
import type { z } from 'zod';
import { z as schema } from 'zod';
import { StepFailed } from './step-failed.ts';

/** Sign-in of an operator at each site. */
export type OperatorSignIns = Readonly<
  Record<string, { readonly operator: string; readonly secret: string }>
>;

export interface CountryClientOptions {
  /** Asked at each request: a server that is about to listen does not know its port yet. */
  readonly origin: () => string;
  readonly operators: OperatorSignIns;
}

const REQUEST_TIMEOUT_MS = 120_000;
const problem = schema.object({ code: schema.string(), detail: schema.string() });
const session = schema.object({ token: schema.string() });

export class CountryClient {
  readonly #originOf: () => string;
  readonly #operators: OperatorSignIns;
  readonly #tokens = new Map<string, string>();

  constructor(options: CountryClientOptions) {
    this.#originOf = options.origin;
    this.#operators = options.operators;
  }

  get origin(): string {
    return this.#originOf();
  }

  /** What everybody may read. */
  async get<Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>> {
    return body.parse(await this.#json(path, {}));
  }

  /** What everybody may post. */
  async post<Body extends z.ZodType>(path: string, sent: unknown, body: Body): Promise<z.output<Body>> {
    return body.parse(await this.#json(path, jsonBody(sent)));
  }

  /** Posts as the operator of a site; the path is below the site's. */
  async act<Body extends z.ZodType>(
    site: string,
    path: string,
    sent: unknown,
    body: Body,
  ): Promise<z.output<Body>> {
    return body.parse(await this.#asOperator(site, path, jsonBody(sent)));
  }

  /** Sends a file as the operator of a site. */
  async send<Body extends z.ZodType>(
    site: string,
    path: string,
    file: { readonly bytes: Buffer; readonly mediaType: string },
    body: Body,
  ): Promise<z.output<Body>> {
    const request = {
      method: 'POST',
      headers: { 'content-type': file.mediaType },
      body: new Uint8Array(file.bytes),
    };
    return body.parse(await this.#asOperator(site, path, request));
  }

  /** Reads as the holder of a session. */
  async getAs<Body extends z.ZodType>(token: string, path: string, body: Body): Promise<z.output<Body>> {
    return body.parse(await this.#json(path, { headers: { authorization: `Bearer ${token}` } }));
  }

  /** Bytes, as a relying party or a kiosk fetches them. */
  async bytes(
    path: string,
    init: RequestInit = {},
  ): Promise<{ readonly bytes: Buffer; readonly headers: Headers }> {
    const response = await this.#fetch(path, init);
    return { bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  }

  /** A session that has run out is opened anew, once. */
  async #asOperator(site: string, path: string, request: RequestInit): Promise<unknown> {
    const known = this.#tokens.get(site);
    const token = known ?? (await this.#signIn(site));
    this.#tokens.set(site, token);
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${token}`);
    try {
      return await this.#json(`/${site}${path}`, { ...request, headers });
    } catch (error) {
      const isOver = error instanceof StepFailed && error.code === 'credential-invalid';
      if (known === undefined || !isOver) throw error;
      this.#tokens.delete(site);
      return this.#asOperator(site, path, request);
    }
  }

  async #signIn(site: string): Promise<string> {
    const operator = this.#operators[site];
    if (!operator) throw new StepFailed('operator-missing', `nobody can sign in at ${site}`);
    const opened = await this.post(`/${site}/operator-sessions`, operator, session);
    return opened.token;
  }

  async #json(path: string, init: RequestInit): Promise<unknown> {
    const response = await this.#fetch(path, init);
    return response.status === 202 || response.status === 204 ? undefined : await response.json();
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(new URL(path, this.origin), {
      ...init,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (response.ok) return response;
    const told = problem.safeParse(await response.json().catch(() => undefined));
    if (told.success) throw new StepFailed(told.data.code, told.data.detail);
    throw new StepFailed('unexpected-answer', `status ${response.status}`);
  }
}

const jsonBody = (sent: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(sent),
});
