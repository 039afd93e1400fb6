/** A signer on a real socket in this process, and clients of it, all closed after the test. */
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import type { SignerLints } from '../lints.ts';
import { SignerClient } from '../signer-client.ts';
import { type Signer, type SignerOptions, startSigner } from '../start-signer.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const PASSPHRASE = 'seven stones in the river';
export const CHEAP_SCRYPT = { log2N: 10, r: 8, p: 1 };

/** Lints that let pass what contains no byte 0xBD; the planted fault is that byte. */
const byteLints: SignerLints = {
  certificate: { leaf: refuseByte, root: refuseByte },
  crl: refuseByte,
  ocsp: refuseByte,
};

function refuseByte(tbs: Buffer): { rule: string; detail: string }[] {
  return tbs.includes(0xbd) ? [{ rule: 'no-bad-byte', detail: `at ${tbs.indexOf(0xbd)}` }] : [];
}

export function signerOptions(folder: string, changes: Partial<SignerOptions> = {}): SignerOptions {
  return {
    keyStorePath: join(folder, 'keys'),
    statePath: join(folder, 'state'),
    socketPath: join(folder, 'run', 'signer.sock'),
    passphrase: PASSPHRASE,
    lints: byteLints,
    scryptCost: CHEAP_SCRYPT,
    ...changes,
  };
}

export interface RunningSigner {
  readonly signer: Signer;
  readonly folder: string;
  readonly connect: () => Promise<SignerClient>;
}

export async function runningSigner(
  t: TestContext,
  changes: Partial<SignerOptions> = {},
): Promise<RunningSigner> {
  const folder = await temporaryFolder(t);
  const options = signerOptions(folder, changes);
  const signer = mustSucceed(await startSigner(options), 'starting the signer');
  const clients: SignerClient[] = [];
  t.after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await signer.close();
  });
  const connect = async (): Promise<SignerClient> => {
    const client = mustSucceed(await SignerClient.connect(options.socketPath), 'connecting');
    clients.push(client);
    return client;
  };
  return { signer, folder, connect };
}
