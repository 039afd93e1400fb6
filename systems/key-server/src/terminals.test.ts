/** Terminals: enrolled by their certification request, found by their certificate until they are revoked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { enrolNode } from './node/enrol.ts';
import { findNodeSigner, listNodes } from './node/nodes.ts';
import { revokeTerminal } from './node/revoke-nodes.ts';
import {
  actsOf,
  by,
  codeOf,
  stillClock,
  terminalRequest,
  testKeyServer,
} from './testing/key-server-for-test.ts';

const SITE = 'municipal/132217';
const TERMINAL = `${SITE}/t-1`;
const officer = () => by('o-officer');

test('a terminal is known by its certificate until the moment it is revoked, and never again', async (t) => {
  const clock = stillClock();
  const server = await testKeyServer(t, clock);
  const { context } = server;
  const { request, publicKey } = terminalRequest(TERMINAL);
  const enrolled = await enrolNode(context, officer(), { node: TERMINAL, kind: 'terminal', request });
  assert.ok(enrolled.ok);
  const { serial } = enrolled.value;
  const found = await findNodeSigner(context, serial);
  assert.deepEqual([found?.node, found?.kind], [TERMINAL, 'terminal']);
  assert.ok(found?.publicKey.equals(publicKey));

  const lost = { node: TERMINAL, reason: 'keyCompromise' } as const;
  assert.equal(codeOf(await revokeTerminal(context, { ...officer(), purpose: '' }, lost)), 'purpose-missing');
  assert.equal(codeOf(await revokeTerminal(context, officer(), lost)), 'ok');
  assert.equal(await findNodeSigner(context, serial), undefined);
  assert.equal(codeOf(await revokeTerminal(context, officer(), lost)), 'node-revoked');
  assert.equal(
    codeOf(await revokeTerminal(context, officer(), { ...lost, node: SITE })),
    'site-needs-two-persons',
  );
  assert.equal(codeOf(await revokeTerminal(context, officer(), { ...lost, node: 'nobody' })), 'node-unknown');
  const next = terminalRequest(TERMINAL);
  const order = { node: TERMINAL, kind: 'terminal', request: next.request } as const;
  assert.equal(codeOf(await enrolNode(context, officer(), order)), 'node-revoked');
  const [state] = await listNodes(context, TERMINAL);
  assert.deepEqual([state?.state, state?.acceptedKeys], ['revoked', 0]);
  clock.advance(1);
  assert.deepEqual((await actsOf(server)).slice(2), [
    `key-enrol o-officer key-officer ${TERMINAL} ok`,
    `key-revoke o-officer key-officer ${TERMINAL} ok`,
    `key-revoke o-officer key-officer ${TERMINAL} node-revoked`,
    `key-revoke o-officer key-officer ${SITE} site-needs-two-persons`,
    'key-revoke o-officer key-officer node-unknown',
    `key-enrol o-officer key-officer ${TERMINAL} node-revoked`,
  ]);
});

test('a renewal is a certificate for the next key: both are accepted until the overlap is over', async (t) => {
  const clock = stillClock();
  const { context } = await testKeyServer(t, clock);
  const first = terminalRequest(TERMINAL);
  const enrol = (request: string) =>
    enrolNode(context, officer(), { node: TERMINAL, kind: 'terminal', request });
  const one = await enrol(first.request);
  clock.advance(86_400_000);
  assert.equal(codeOf(await enrol(first.request)), 'key-certified');
  const two = await enrol(terminalRequest(TERMINAL).request);
  assert.ok(one.ok && two.ok && two.value.overlapEnds !== undefined);
  const accepted = async () => [
    (await findNodeSigner(context, one.value.serial)) !== undefined,
    (await findNodeSigner(context, two.value.serial)) !== undefined,
  ];
  assert.deepEqual(await accepted(), [true, true]);
  clock.advance(two.value.overlapEnds - clock.now());
  assert.deepEqual(await accepted(), [false, true]);
  clock.advance(two.value.notAfter - clock.now() + 1);
  assert.deepEqual(await accepted(), [false, false]);
  assert.equal((await listNodes(context, TERMINAL))[0]?.state, 'expired');
});

test('what does not prove its key, or names another node, is refused with a code, and nothing is enrolled', async (t) => {
  const { context } = await testKeyServer(t, stillClock());
  const right = terminalRequest(TERMINAL).request;
  const signedByAnother = terminalRequest(TERMINAL, terminalRequest(TERMINAL).privateKey).request;
  const cases: readonly (readonly [string, string, string])[] = [
    [TERMINAL, 'no request', 'request-malformed'],
    [TERMINAL, right + right, 'request-malformed'],
    [TERMINAL, signedByAnother, 'possession-not-proved'],
    [TERMINAL, terminalRequest(`${SITE}/t-2`).request, 'request-of-another-node'],
    ['municipal/999999/t-1', terminalRequest('municipal/999999/t-1').request, 'site-unknown'],
    ['Terminal', right, 'node-name-invalid'],
    [`${SITE}/${'t'.repeat(64)}`, right, 'node-name-invalid'],
    ['t-1', terminalRequest('t-1').request, 'site-unknown'],
    [SITE, terminalRequest(SITE).request, 'site-unknown'], // not a terminal: ‘municipal’ is no site
  ];
  for (const [node, request, code] of cases)
    assert.equal(
      codeOf(await enrolNode(context, officer(), { node, kind: 'terminal', request })),
      code,
      node,
    );
  assert.equal((await listNodes(context)).length, 2);
  assert.equal((await context.sql`SELECT FROM key_server.certificate`).count, 2);
});
