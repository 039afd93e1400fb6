/** The key server beside a running server: operators at the command line, a terminal over HTTP. */
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { signSiteRequest } from '@ishizue/access';
import { systemClock } from '@ishizue/clock';
import {
  assembleSigned,
  attribute,
  crlEntries,
  encodeCertificationRequestInfo,
  encodeName,
  encodePem,
  parseCrl,
  signatureAlgorithm,
} from '@ishizue/x509';
import { commandLine } from './command-line-for-test.ts';
import { openedDataForTest, startServer } from './started-for-test.ts';

const SITE = 'municipal/132217';
const TERMINAL = `${SITE}/t-1`;

test('a lost terminal is refused from its next request on; a site’s key changes and messages go on; root acts take two', async (t) => {
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
  const officer = await operator('key-officer', 'key-custodian');
  const two = await operator('key-custodian');
  const signIn = async ({ id, secret }: { id: string; secret: string }) => {
    const { token } = await post('/national/operator-sessions', { operator: id, secret });
    return (what: string, body: object) =>
      post(`/national/key-server/${what}`, { ...body, purpose: 'a test' }, token);
  };
  const post = async (to: string, body: object, token?: string): Promise<Record<string, string>> => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await fetch(new URL(to, origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, string>;
  };
  const byOfficer = await signIn(officer);

  const { privateKey, request } = requestOf(TERMINAL);
  const enrolled = await byOfficer('enrolments', { node: TERMINAL, kind: 'terminal', request });
  const keyId = enrolled['serial'] ?? JSON.stringify(enrolled);
  const ask = async (): Promise<readonly unknown[]> => {
    const url = new URL('/key-server/self', origin);
    const signer = { keyId, clock: systemClock, sign: (base: Buffer) => sign(null, base, privateKey) };
    const answer = await fetch(url, { headers: await signSiteRequest({ method: 'GET', url }, signer) });
    const told = (await answer.json()) as { readonly node?: string; readonly code?: string };
    return [answer.status, told.node ?? told.code];
  };
  assert.deepEqual(await ask(), [200, TERMINAL]);
  const lost = { node: TERMINAL, reason: 'keyCompromise' };
  assert.deepEqual(await byOfficer('revocations', lost), { node: TERMINAL, certificates: 1 });
  assert.equal((await ask())[0], 401);
  const list = await fetch(new URL('/key-server/crl/1', origin));
  const crl = parseCrl(new Uint8Array(await list.arrayBuffer()));
  assert.ok(crl.ok);
  const serials = [...crlEntries(crl.value)].map(({ serial }) => Buffer.from(serial).toString('hex'));
  assert.deepEqual(serials, [keyId]);

  const rotated = await run('key', 'rotate', SITE, ...officer.words);
  assert.equal(rotated.code, 0, JSON.stringify(rotated.told));
  const [state] = (await run('key', 'list', '--prefix', SITE)).told.nodes;
  assert.deepEqual([state.node, state.state, state.acceptedKeys], [SITE, 'active', 2]);
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', '132217', '--people', '20', '--out', register);
  // its codes come over the links, from a centre that believes the new key
  assert.equal((await run('import', register, '--municipality', '132217')).code, 0);

  const revoke = { act: { kind: 'revoke-site', node: SITE } };
  const byTwo = await signIn(two);
  assert.equal((await byTwo('rotations', { node: SITE }))['code'], 'not-permitted');
  const { id = '' } = await byOfficer('proposals', revoke);
  assert.equal((await byOfficer(`proposals/${id}/approval`, {}))['code'], 'second-person-needed');
  const approved = await run('key', 'approve', id, ...two.words);
  assert.equal(approved.told.approvedBy, two.id, JSON.stringify(approved.told));
  assert.equal((await byOfficer('rotations', { node: SITE }))['code'], 'node-revoked');
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
});

function requestOf(node: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const info = encodeCertificationRequestInfo({
    subject: encodeName([attribute('CN', node)]),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }),
  });
  const der = assembleSigned(info, signatureAlgorithm('ed25519'), sign(null, info, privateKey));
  return { privateKey, request: encodePem('CERTIFICATE REQUEST', der) };
}
