/**
 * The transport to another process: POST of the envelope as JSON to `/links/envelopes` of the site's server, which
 * answers the acknowledgement, or a problem (RFC 9457) whose `code` is the receiver's. Nothing it answers is trusted
 * but the acknowledgement's signature, which the dispatcher checks.
 */
import { fail, ok, type Result } from '@ishizue/outcome';
import { z } from 'zod';
import { ACKNOWLEDGEMENT_WIRE_BYTES_MAX, type Acknowledgement } from './acknowledgement.ts';
import { parseJson } from './envelope.ts';
import { isCode, type Transport } from './transport.ts';

/** Where a receiving server takes envelopes. */
export const ENVELOPES_PATH = '/links/envelopes';

export interface HttpTransportOptions {
  /** The base URL of the server that serves a site, undefined where none is known. */
  readonly baseUrlOf: (site: string) => string | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

const acknowledgementShape = z.strictObject({ header: z.string(), signature: z.base64() });
const problemShape = z.object({ code: z.custom<string>(isCode) });

export function httpTransport(options: HttpTransportOptions): Transport {
  const timeoutMs = options.timeoutMs ?? 30_000;
  return {
    deliver: async (toSite, envelope) => {
      const base = options.baseUrlOf(toSite);
      if (base === undefined) return fail('site-unreachable', `no address of ${toSite}`);
      try {
        const response = await options.fetch(new URL(ENVELOPES_PATH, base), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(envelope),
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        });
        return readAnswer(response.ok, await boundedText(response));
      } catch (error) {
        const isTimeout = error instanceof Error && error.name === 'TimeoutError';
        return isTimeout
          ? fail('transport-timeout', `no answer in ${timeoutMs} ms`)
          : fail('transport-failed', error instanceof Error ? error.constructor.name : 'unknown');
      }
    },
  };
}

function readAnswer(isSuccess: boolean, text: string): Result<Acknowledgement> {
  const value = parseJson(text);
  if (isSuccess) {
    const parsed = acknowledgementShape.safeParse(value);
    return parsed.success ? ok(parsed.data) : fail('acknowledgement-malformed', 'not an acknowledgement');
  }
  const problem = problemShape.safeParse(value);
  return problem.success
    ? fail(problem.data.code, 'the receiver’s answer')
    : fail('transport-failed', 'no problem document');
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > ACKNOWLEDGEMENT_WIRE_BYTES_MAX) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
