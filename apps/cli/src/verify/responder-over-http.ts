/** An OCSP responder over HTTP (RFC 6960 appendix A.1): a POST, bounded in time and in the size of its answer. */
import { randomBytes } from 'node:crypto';
import type { OcspSource } from '@ishizue/verification';

const LIMIT_MS = 10_000;
const ANSWER_BYTES_MAX = 65_536;

export const responderOverHttp = (url: URL): OcspSource => ({
  nonce: () => randomBytes(32),
  ask: async (request) => {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/ocsp-request' },
        body: Buffer.from(request),
        redirect: 'error',
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      return response.ok && response.body !== null ? await readBody(response.body) : undefined;
    } catch {
      return undefined; // no answer is a refusal, whatever kept it away
    }
  },
});

async function readBody(body: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
