/** `ishizue verify` as a process: exit codes, PEM and DER, and nothing unusable that looks like a verdict. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { encodePem } from '@ishizue/x509';
import { issue, makeRoot } from '@ishizue/x509/testing';

const PROGRAM = path.join(import.meta.dirname, 'main.ts');

test('exit 0 says valid, 1 invalid with its reason, 2 that nothing can be said', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-verify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, content: Uint8Array | string): void =>
    writeFileSync(path.join(folder, name), content);
  const root = makeRoot();
  const leaf = issue(root);
  put('root.pem', encodePem('CERTIFICATE', root.certificate.der));
  put('leaf.pem', encodePem('CERTIFICATE', leaf.certificate.der));
  put('leaf.der', leaf.certificate.der);
  put('broken.pem', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  put('unsigned.pdf', '%PDF-1.7\n%%EOF\n');
  put('message', Buffer.from('30800609', 'hex'));

  const run = (line: string) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'verify', ...line.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };
  const told = (line: string): readonly unknown[] => {
    const { status, stdout } = run(`${line} --json`);
    const { valid, failure } = JSON.parse(stdout);
    return [status, valid, failure?.code];
  };
  const asked = '--anchor root.pem --no-revocation';
  assert.deepEqual(told(`leaf.der ${asked}`), [0, true, undefined]);
  assert.deepEqual(told('leaf.pem --anchor root.pem'), [1, false, 'status-unknown']);
  assert.deepEqual(told(`unsigned.pdf ${asked}`), [1, false, 'pdf-no-signature']);
  assert.deepEqual(told(`message ${asked}`), [2, undefined, 'truncated']);
  assert.deepEqual(told(`leaf.pem ${asked} --crl broken.pem`), [2, undefined, 'pem-invalid']);
  assert.deepEqual(told(`leaf.pem ${asked} --unknown`), [2, undefined, 'usage']);
  const people = run(`leaf.pem ${asked}`);
  assert.match(people.stdout, /✔ signature by the key above \[RFC 5280 6\.1\.3 \(a\)\(1\)\] CN=Somebody/);
  assert.match(people.stdout, /– not revoked \(not asked\)/);
  assert.match(people.stdout, /\nvalid: the certificate holds at /);
});
