/**
 * The program of a thread that holds one session of the token: calls of PKCS#11 block, so they must not be made where the
 * signer answers others. The driver is native and not built by an install: it is loaded here, when a token is configured.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { TokenFault, type TokenPlace, type TokenReply, type TokenRequest } from './token-messages.ts';
import { TokenSession } from './token-session.ts';

const place = workerData as TokenPlace;
let session: TokenSession | undefined;

async function loadSession(): Promise<TokenSession> {
  const loaded = await import('pkcs11js').catch((error: unknown) => {
    throw new TokenFault(
      'token-driver-missing',
      `pkcs11js is not built (${error instanceof Error ? error.message.split('\n')[0] : 'unknown'}): npm run build:token`,
    );
  });
  return new TokenSession(loaded.default, place);
}

async function answer(request: TokenRequest): Promise<TokenReply> {
  session ??= await loadSession();
  switch (request.ask) {
    case 'open':
      session.open();
      return { ok: true, value: undefined };
    case 'close':
      session.close();
      return { ok: true, value: undefined };
    case 'finalize':
      session.finalize();
      return { ok: true, value: undefined };
    case 'generate':
      return { ok: true, value: session.generate(request.algorithm, request.label) };
    case 'sign':
      return { ok: true, value: session.sign(request.algorithm, request.id, request.input) };
  }
}

parentPort?.on('message', (request: TokenRequest) => {
  void answer(request)
    .catch((error: unknown): TokenReply => {
      const code = error instanceof TokenFault ? error.code : 'token-away';
      return { ok: false, code, detail: error instanceof Error ? error.message : 'an unknown fault' };
    })
    .then((reply) => parentPort?.postMessage(reply, []));
});
