/**
 * OCSP over HTTP (RFC 6960 appendix A): POST of the request, or GET with the request in base64 behind the path. On the raw
 * path, because answers are small and many. An answer is of this instant, so nobody may keep it.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientCertificateOf, type RawHandler, readBody } from '@ishizue/http';
import { ocspErrorResponse, ocspRequestInPath } from '@ishizue/x509';
import type { JpkiContext } from '../jpki-context.ts';
import { createOcspAnswerer, OCSP_REQUEST_BYTES_MAX } from './answer-ocsp.ts';

/** Where the wiring mounts the responder, for all authorities. */
export const OCSP_PATH = '/ocsp';

type Answer = (request: Uint8Array) => Promise<Uint8Array>;

/** The handler for `mountRaw({ prefix: OCSP_PATH, access: 'public', handler })`. */
export function createOcspResponder(context: JpkiContext): RawHandler {
  const answerFor = createOcspAnswerer(context);
  return async (request, response) => {
    const certificate = clientCertificateOf(request.headers);
    const findCaller = () => context.findStatusCaller('ocsp', certificate);
    const answer = (der: Uint8Array) => answerFor(der, findCaller);
    if (request.method === 'POST') await answerPost(answer, request, response);
    else if (request.method === 'GET') send(response, await answerGet(answer, request.url ?? ''));
    else response.writeHead(405, { allow: 'GET, POST', 'content-length': 0 }).end();
  };
}

async function answerPost(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request, OCSP_REQUEST_BYTES_MAX);
  if (body.ok) return send(response, await answer(body.value));
  response.writeHead(body.failure.code === 'body-too-large' ? 413 : 400, {
    connection: 'close',
    'content-length': 0,
  });
  response.end();
}

function answerGet(answer: Answer, target: string): Promise<Uint8Array> | Uint8Array {
  const request = ocspRequestInPath(OCSP_PATH, target);
  return request === undefined ? ocspErrorResponse('malformedRequest') : answer(request);
}

function send(response: ServerResponse, der: Uint8Array): void {
  response.writeHead(200, {
    'content-type': 'application/ocsp-response',
    'content-length': der.length,
    'cache-control': 'no-store',
  });
  response.end(der);
}
