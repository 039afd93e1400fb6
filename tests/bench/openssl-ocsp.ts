/**
 * `openssl ocsp` beside our responder: the same certificates, good by its own list, answered by one process a core with a key
 * of the same kind. It reads no database and no HTTP/1.1: each question is a connection. Its key is its own, since that of
 * our responders never leaves the signer, so its answers are believed by that key.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { mustSucceed } from '@ishizue/outcome';
import {
  type Certificate,
  encodePem,
  formatSerialNumber,
  parseOcspResponse,
  verifySignature,
} from '@ishizue/x509';
import { makeKey, makeRoot, type OpensslResponder, startOpensslResponder } from '@ishizue/x509/testing';
import type { OcspLoadReport } from './ocsp-load-order.ts';

const ENDS = '491231145959Z';

export interface OpensslOcsp extends OpensslResponder {
  /** Throws unless each answer is good, signed, and has its question's nonce. */
  readonly verify: (samples: OcspLoadReport['samples']) => void;
}

/** Starts it with an empty folder of its own, for certificates of these issuers. */
export async function startOpensslOcsp(
  folder: string,
  keyType: 'rsa' | 'p256',
  certificates: readonly Certificate[],
  issuers: readonly Certificate[],
): Promise<OpensslOcsp> {
  const { key, certificate } = makeRoot({}, makeKey(keyType));
  const files = {
    'index.txt': certificates
      .map(({ serial }) => hexOf(serial))
      .map((serial) => `V\t${ENDS}\t\t${serial}\tunknown\t/CN=${serial}\n`)
      .join(''),
    'issuers.pem': issuers.map(({ der }) => encodePem('CERTIFICATE', der)).join(''),
    'responder.pem': encodePem('CERTIFICATE', certificate.der),
    'responder.key': String(key.privateKey.export({ format: 'pem', type: 'pkcs8' })),
  };
  await mkdir(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const responder = await startOpensslResponder(
    folder,
    `-index index.txt -CA issuers.pem -rsigner responder.pem -rkey responder.key -resp_key_id -multi ${availableParallelism()}`,
  );
  return {
    ...responder,
    verify: (samples) => samples.forEach((sample) => verifySample(sample, certificate)),
  };
}

/** As openssl writes numbers into its list: whole octets, and no sign octet. */
const hexOf = (serial: Uint8Array): string =>
  formatSerialNumber(serial)
    .replace(/^(00)+/, '')
    .toUpperCase();

function verifySample({ nonce, response }: OcspLoadReport['samples'][number], responder: Certificate): void {
  const { basic } = mustSucceed(parseOcspResponse(Buffer.from(response, 'base64')), 'an answer of openssl');
  if (!basic) throw new Error('openssl answers with an error');
  mustSucceed(verifySignature(basic, responder.publicKey), 'an answer of openssl');
  const isGood = basic.responses.every(({ status }) => status.status === 'good');
  const isAsked = Buffer.from(basic.nonce ?? '').toString('base64') === nonce;
  if (!isGood || !isAsked) throw new Error('openssl answers something else');
}
