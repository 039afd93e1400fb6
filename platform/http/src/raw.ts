/**
 * The raw path: handlers on bare node:http for small binary answers at tens of thousands a second, where a router, a
 * schema and a line of log for each request would cost more than the work. Only for what everyone may ask.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, ok, type Result } from '@ishizue/outcome';

/** A handler on the raw path; it must end the response, or reject. */
export type RawHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
) => void | Promise<void>;

/** A handler and where it stands: the prefix itself and everything below it. */
export interface RawMount {
  readonly prefix: `/${string}`;
  /** Raw handlers see no caller, so they can only be public; the mount says so like every route. */
  readonly access: 'public';
  readonly handler: RawHandler;
}

/** The mount that a target belongs to. */
export function findRaw(mounts: readonly RawMount[], target: string): RawMount | undefined {
  for (const mount of mounts) {
    if (!target.startsWith(mount.prefix)) continue;
    const next = target.charCodeAt(mount.prefix.length);
    if (Number.isNaN(next) || next === 47 || next === 63) return mount; // end, slash, question mark
  }
  return undefined;
}

/**
 * The body of a request, at most `bytesMax` bytes. A body that is too large is not read on: the caller answers 413
 * and the connection is closed after the response.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Result<Buffer, 'body-too-large' | 'body-aborted'>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let received = 0;
    const finish = (result: Result<Buffer, 'body-too-large' | 'body-aborted'>): void => {
      request.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
      resolve(result);
    };
    const refuse = (): void => {
      request.pause();
      finish(fail('body-too-large', `The body is larger than ${bytesMax} bytes`));
    };
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > bytesMax) refuse();
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      const [only] = chunks;
      finish(ok(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, received)));
    };
    const onAbort = (): void => finish(fail('body-aborted', 'The request ended before its body'));
    if (Number(request.headers['content-length']) > bytesMax) {
      refuse();
      return;
    }
    request.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
  });
}
