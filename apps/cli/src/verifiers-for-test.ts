/** What the tests of verifiers through a running server share: officers, and a verifier that signs its requests. */
import { execFileSync } from 'node:child_process';
import { createHash, sign, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { signSiteRequest } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

export const NAME = 'verifier/bank';
const TERMS = {
  kind: 'platform-operator',
  title: '検証銀行',
  purpose: '口座開設時の本人確認',
  contact: 'pki@example.jp',
  feeClass: 'per-answer',
  certificateKinds: ['signature', 'authentication'],
  methods: ['ocsp'],
  services: ['newer-serials', 'latest-attributes'],
  entrustedTo: null,
};

/** A running server with its command line; `run` answers what a verb said last. */
export async function serverForTest(t: { after(work: () => void): void }) {
  const data = await openedDataForTest(t);
  const { server, origin } = await startServer(t, data);
  const { run } = commandLine(t, data);
  const operator = async (...roles: readonly string[]) => {
    const words = roles.flatMap((role) => ['--role', role]);
    const { told } = await run('operator', 'add', '--site', 'national', '--name', 'somebody', ...words);
    const { operator: id, secret } = told as { operator: string; secret: string };
    const file = path.join(data, `${id}.secret`);
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return { id, secret, words: ['--operator', id, '--secret-file', file, '--purpose', 'a test'] };
  };
  const post = async (to: string, body: object, token?: string) => {
    const answer = await fetch(new URL(to, origin), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    return (text === '' ? {} : JSON.parse(text)) as Record<string, string>;
  };
  const signIn = async ({ id, secret }: { readonly id: string; readonly secret: string }) =>
    (await post('/national/operator-sessions', { operator: id, secret }))['token'];
  return { data, server, origin, run, operator, post, signIn };
}

/** A verifier with a client certificate that it made for itself with the openssl program, and a file of its terms. */
export function verifierForTest({ data, origin }: { readonly data: string; readonly origin: string }) {
  const [keyFile, certificateFile] = [path.join(data, 'client.key'), path.join(data, 'client.pem')];
  const line = `req -x509 -newkey ed25519 -nodes -keyout ${keyFile} -out ${certificateFile} -days 30 -subj /CN=bank`;
  execFileSync('openssl', line.split(' '), { stdio: 'ignore' });
  const pem = readFileSync(certificateFile, 'utf8');
  const keyId = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  const key = readFileSync(keyFile, 'utf8');
  const terms = path.join(data, 'terms.json');
  writeFileSync(terms, JSON.stringify({ ...TERMS, clientCertificate: pem }));
  /** The status, and the code of the failure or the answer. */
  const ask = async (service: string, wish: object): Promise<readonly [number, unknown]> => {
    const url = new URL(`/national/verifier-services/${service}`, origin);
    const body = Buffer.from(JSON.stringify(wish));
    const signer = { keyId, clock: systemClock, sign: (base: Buffer) => sign(null, base, key) };
    const headers = await signSiteRequest({ method: 'POST', url, body }, signer);
    const answer = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body,
    });
    const told = (await answer.json()) as Record<string, unknown>;
    return [answer.status, told['code'] ?? told];
  };
  return { keyId, terms, ask };
}
