/** Another implementation reads what the node authority signed: certificates, and the list that names the ended ones. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { encodePem } from '@ishizue/x509';
import { enrolNode } from './node/enrol.ts';
import { revokeTerminal } from './node/revoke-nodes.ts';
import { nodeAuthorities } from './root/authorities.ts';
import { findList } from './root/publish-lists.ts';
import { by, stillClock, terminalRequest, testKeyServer } from './testing/key-server-for-test.ts';

const TERMINAL = 'municipal/132217/t-1';
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'the openssl program is not installed';

test('openssl verifies a node certificate, and refuses it by the list once the terminal is revoked', {
  skip,
}, async (t) => {
  const clock = stillClock();
  const { context } = await testKeyServer(t, clock);
  const folder = mkdtempSync(path.join(tmpdir(), 'nodes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const { request } = terminalRequest(TERMINAL);
  const issued = await enrolNode(context, by('o-officer'), { node: TERMINAL, kind: 'terminal', request });
  const [authority] = await nodeAuthorities(context);
  assert.ok(issued.ok && authority);
  const root = put('root.pem', encodePem('CERTIFICATE', authority.certificate.der));
  const leaf = put('leaf.pem', encodePem('CERTIFICATE', issued.value.certificate));
  const openssl = (...words: readonly string[]) => {
    const run = spawnSync('openssl', words, { encoding: 'utf8', timeout: 60_000 });
    return { status: run.status, text: run.stdout + run.stderr };
  };
  const verify = (...more: readonly string[]) =>
    openssl(
      'verify',
      '-attime',
      String(clock.now() / 1000 + 2),
      '-x509_strict',
      '-CAfile',
      root,
      ...more,
      leaf,
    );
  assert.deepEqual(verify(), { status: 0, text: `${leaf}: OK\n` });
  assert.match(
    openssl('x509', '-in', leaf, '-noout', '-subject').text,
    /OU ?= ?Terminals, CN ?= ?municipal\/132217\/t-1/,
  );

  const revoked = await revokeTerminal(context, by('o-officer'), { node: TERMINAL, reason: 'keyCompromise' });
  assert.ok(revoked.ok);
  const list = await findList(context, 1);
  assert.ok(list);
  const crl = put('list.pem', encodePem('X509 CRL', list));
  assert.match(openssl('crl', '-in', crl, '-CAfile', root, '-noout').text, /verify OK/);
  const told = verify('-crl_check', '-CRLfile', crl);
  assert.notEqual(told.status, 0);
  assert.match(told.text, /certificate revoked/);
  const shown = openssl('crl', '-in', crl, '-noout', '-text').text;
  assert.match(shown, /Key Compromise/);
  assert.ok(shown.toLowerCase().includes(issued.value.serial));
});
