import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Result } from '@ishizue/outcome';
import { encodePem } from '@ishizue/x509';
import { makeRoot } from '@ishizue/x509/testing';
import { readCertificates, readLists } from './read-inputs.ts';
import { verifyFile } from './verify-file.ts';
import { parseVerifyOptions } from './verify-options.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

test('options that cannot be meant are refused, and none is passed over', () => {
  const code = (line: string): string => codeOf(parseVerifyOptions(line.split(' ')));
  assert.equal(code('a.pem --anchor root.pem'), 'ok');
  assert.equal(code('a.pem'), 'usage');
  assert.equal(code('a.pem b.pem --anchor root.pem'), 'usage');
  assert.equal(code('--anchor root.pem'), 'usage');
  assert.equal(code('a.pem --anchor root.pem --unknown'), 'usage');
  assert.equal(code('a.pem --anchor root.pem --time 2020-02-30'), 'time-invalid');
  assert.equal(code('a.pem --anchor root.pem --time yesterday'), 'time-invalid');
  assert.equal(code('a.pem --anchor root.pem --time 2026-04-01T00:00:00'), 'time-invalid', 'where?');
  assert.equal(code('a.pem --anchor root.pem --time 2026-04-01T00:00:00+09:00'), 'ok');
  assert.equal(code('a.pem --anchor root.pem --policy 1.2.x'), 'policy-invalid');
  assert.equal(code('a.pem --anchor root.pem --ocsp file:///etc/passwd'), 'url-invalid');
  const several = parseVerifyOptions(
    'a --anchor b --anchor c --crl d --crl e --policy 1.2 --policy 1.3'.split(' '),
  );
  assert.ok(several.ok);
  assert.deepEqual(several.value.anchors, ['b', 'c']);
  assert.deepEqual(several.value.crls, ['d', 'e']);
  assert.deepEqual(several.value.policies, ['1.2', '1.3']);
  assert.equal(several.value.asksStatus, true);
});

test('a file that cannot be read makes the whole question unusable', async (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-verify-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, content: Uint8Array | string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const { der } = makeRoot().certificate;
  const pem = encodePem('CERTIFICATE', der);
  const good = readCertificates([put('der', der), put('pem', `before\n${pem}between\n${pem}`)]);
  assert.ok(good.ok);
  assert.equal(good.value.length, 3);
  const code = (content: Uint8Array | string): string => codeOf(readCertificates([put('bad', content)]));
  assert.equal(code(''), 'truncated');
  assert.equal(code('hello'), 'unexpected-tag');
  assert.equal(code(Buffer.concat([der, Buffer.from([0])])), 'trailing-data');
  assert.equal(code('-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n'), 'pem-invalid');
  assert.equal(code('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n'), 'pem-invalid');
  assert.equal(code(Buffer.alloc((1 << 20) + 1)), 'too-large');
  assert.equal(codeOf(readCertificates([path.join(folder, 'nowhere')])), 'file-missing');
  assert.equal(codeOf(readCertificates([folder])), 'file-missing');
  assert.equal(codeOf(readLists([put('list', der)])), 'unexpected-tag');
  const question = { anchors: [], chain: [], crls: [], asksStatus: false, at: 0 };
  assert.equal(codeOf(await verifyFile(Buffer.of(0x30), question)), 'truncated');
  assert.equal(codeOf(await verifyFile(Buffer.alloc(0), question)), 'truncated');
});
