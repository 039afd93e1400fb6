/** JPKI over HTTP on a free port, as the wiring mounts it: what relying parties and openssl talk to in tests. */
import type { TestContext } from 'node:test';
import { createHttpServer, createLog } from '@ishizue/http';
import type { JpkiContext } from '../jpki-context.ts';
import { jpkiRoutes } from '../jpki-routes.ts';
import { createOcspResponder, OCSP_PATH } from '../ocsp/ocsp-responder.ts';

/** Starts it and answers its origin. */
export async function serveJpki(
  t: Pick<TestContext, 'after'>,
  context: JpkiContext,
  trustedProxies: readonly string[] = [],
): Promise<string> {
  const log = createLog({ service: 'test', destination: { write: () => undefined } });
  const server = createHttpServer({ name: 'JPKI', version: '1.0.0', log, trustedProxies });
  server.mount(jpkiRoutes(context));
  server.mountRaw({ prefix: OCSP_PATH, access: 'public', handler: createOcspResponder(context) });
  const { origin } = await server.listen();
  t.after(() => server.close());
  return origin;
}
