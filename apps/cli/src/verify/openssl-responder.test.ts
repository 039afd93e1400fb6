/** `ishizue verify --ocsp` against the responder of the openssl program, over HTTP. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodePem, serialNumber } from '@ishizue/x509';
import { issue, makeRoot, OpensslDesk, opensslMissing } from '@ishizue/x509/testing';

const PROGRAM = path.join(import.meta.dirname, '../main.ts');
const START_MS_MAX = 20_000;

/** The address at which openssl answers for an authority, by its own list of what there is. */
async function opensslResponder(t: TestContext, desk: OpensslDesk): Promise<string> {
  const words = 'ocsp -index index.txt -CA root.pem -rsigner root.pem -rkey root.key -port 0 -ndays 1';
  const child = spawn('openssl', words.split(' '), {
    cwd: desk.directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  const port = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const found = /ACCEPT \S*:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(`openssl ended: ${said}`)));
    setTimeout(() => reject(new Error(`openssl does not begin: ${said}`)), START_MS_MAX).unref();
  });
  return `http://127.0.0.1:${await port}/`;
}

/** What the verb says of a certificate: its exit code and its failure. */
function verdictOn(desk: OpensslDesk, file: string, url: string): Promise<readonly unknown[]> {
  const words = ['verify', file, '--anchor', 'root.pem', '--ocsp', url, '--json'];
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: desk.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve([code, JSON.parse(said).failure?.code])),
  );
}

test('openssl’s answers are believed: good, revoked, unknown; and none where nobody answers', {
  skip: opensslMissing,
}, async (t) => {
  using desk = new OpensslDesk();
  const root = makeRoot();
  const serials = { good: 0x0a01, revoked: 0x0a02, unknown: 0x0a03 };
  desk.put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  desk.put('root.key', root.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  for (const [name, serial] of Object.entries(serials))
    desk.put(
      `${name}.pem`,
      encodePem('CERTIFICATE', issue(root, { serial: serialNumber(serial) }).certificate.der),
    );
  const row = (...fields: readonly string[]): string => `${fields.join('\t')}\n`;
  desk.put(
    'index.txt',
    row('V', '491231145959Z', '', '0A01', 'unknown', '/CN=Good') +
      row('R', '491231145959Z', '260301000000Z,keyCompromise', '0A02', 'unknown', '/CN=Revoked'),
  );
  const url = await opensslResponder(t, desk);
  // one after the other: the responder of openssl serves one at a time
  assert.deepEqual(await verdictOn(desk, 'good.pem', url), [0, undefined]);
  assert.deepEqual(await verdictOn(desk, 'revoked.pem', url), [1, 'certificate-revoked']);
  assert.deepEqual(await verdictOn(desk, 'unknown.pem', url), [1, 'ocsp-status-unknown']);
  assert.deepEqual(await verdictOn(desk, 'good.pem', 'http://127.0.0.1:1/'), [1, 'ocsp-unavailable']);
});
