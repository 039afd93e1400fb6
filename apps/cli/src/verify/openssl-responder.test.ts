/** `ishizue verify --ocsp` against the responder of the openssl program, over HTTP. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { encodePem, serialNumber } from '@ishizue/x509';
import {
  issue,
  makeRoot,
  OpensslDesk,
  type OpensslResponder,
  opensslResponderMissing,
  startOpensslResponder,
} from '@ishizue/x509/testing';

const PROGRAM = path.join(import.meta.dirname, '../main.ts');

/** What the verb says of a certificate: its exit code and its failure. */
function verdictOn(
  desk: OpensslDesk,
  { start }: OpensslResponder,
  file: string,
  url: string,
): Promise<readonly unknown[]> {
  const words = ['verify', file, '--anchor', 'root.pem', '--ocsp', url, '--json'];
  const child = start(process.execPath, [PROGRAM, ...words], {
    cwd: desk.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => resolve([code, JSON.parse(said).failure?.code])),
  );
}

test('openssl’s answers are believed: good, revoked, unknown; and none where nobody answers', {
  skip: opensslResponderMissing,
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
  const responder = await startOpensslResponder(
    desk.directory,
    '-index index.txt -CA root.pem -rsigner root.pem -rkey root.key -ndays 1',
  );
  t.after(responder.stop);
  const { url } = responder;
  // one after the other: the responder of openssl serves one at a time
  assert.deepEqual(await verdictOn(desk, responder, 'good.pem', url), [0, undefined]);
  assert.deepEqual(await verdictOn(desk, responder, 'revoked.pem', url), [1, 'certificate-revoked']);
  assert.deepEqual(await verdictOn(desk, responder, 'unknown.pem', url), [1, 'ocsp-status-unknown']);
  assert.deepEqual(await verdictOn(desk, responder, 'good.pem', 'http://127.0.0.1:1/'), [
    1,
    'ocsp-unavailable',
  ]);
});
