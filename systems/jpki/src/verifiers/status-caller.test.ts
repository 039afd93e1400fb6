/** Who asks for a status is known by the client certificate that the proxy in front has proved, and by nothing else. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  decodePem,
  encodeCertId,
  encodeOcspRequest,
  parseCertificate,
  parseOcspResponse,
} from '@ishizue/x509';
import { readAnswerCounts } from '../counts/answer-counts.ts';
import { publishCrls } from '../crl/publish-crls.ts';
import { CERTIFICATE_KINDS } from '../profile/certificate-kind.ts';
import { testJpki } from '../testing/index.ts';
import { serveJpki } from '../testing/serve-jpki.ts';
import { decideByTwo, liveVerifier, makeClient, officer } from '../testing/verifiers.ts';
import { decideStatusCaller, mayAskAbout, statusCallers, THE_PUBLIC } from './status-caller.ts';
import { changeVerifier } from './verifier-office.ts';
import type { VerifierState } from './verifier-store.ts';

const LOOPBACK = ['127.0.0.0/8', '::1'];
const DAY = '2026-11-20';

async function opened(t: TestContext, statusFor: 'everyone' | 'verifiers' = 'everyone') {
  const { context, issue, enrol } = await testJpki(t, {
    parts: (plain) => ({ findStatusCaller: statusCallers({ ...plain, statusFor }) }),
  });
  const [residentCode = ''] = await enrol([{}]);
  const { certificate } = await issue({ residentCode });
  const authority = await context.authorities.findCurrent('authentication');
  assert.ok(authority);
  await publishCrls(context);
  const question = encodeOcspRequest([
    encodeCertId('sha256', authority.hashes, mustSucceed(parseCertificate(certificate), 'issued').serial),
  ]);
  const list = `/crl/${Buffer.from(authority.keyIdentifier).toString('hex')}`;
  const counted = async (): Promise<readonly string[]> => {
    await context.counts.flush();
    const rows = await readAnswerCounts(context, { from: DAY, to: DAY });
    return rows.map((row) => `${row.verifier || '-'} ${row.service} ${row.kind} ${row.answer} ${row.count}`);
  };
  return { context, question, list, counted };
}

/** The header of RFC 9440. */
const headerOf = (pem: string): Record<string, string> => {
  const [der = new Uint8Array()] = mustSucceed(decodePem('CERTIFICATE', pem), 'PEM');
  return { 'client-cert': `:${Buffer.from(der).toString('base64')}:` };
};

function asker(origin: string, question: Uint8Array, list: string) {
  return {
    ocsp: async (headers: Record<string, string> = {}): Promise<string> => {
      const body = Buffer.from(question);
      const response = await fetch(`${origin}/ocsp`, { method: 'POST', body, headers });
      return mustSucceed(parseOcspResponse(Buffer.from(await response.arrayBuffer())), 'an answer').status;
    },
    crl: async (headers: Record<string, string> = {}): Promise<string> => {
      const response = await fetch(`${origin}${list}`, { headers });
      if (response.headers.get('content-type') !== 'application/problem+json')
        return String((await response.arrayBuffer()).byteLength > 0 && response.status);
      const problem: unknown = await response.json();
      return /"code":"([a-z-]+)"/.exec(JSON.stringify(problem))?.[1] ?? '';
    },
  };
}

test('a live verifier is served what its terms name, counted under its name, and from the next request no more', async (t) => {
  const { context, question, list, counted } = await opened(t);
  const client = makeClient();
  await liveVerifier(context, 'verifier/pf', { clientCertificate: client.pem });
  const ask = asker(await serveJpki(t, context, LOOPBACK), question, list);
  const own = headerOf(client.pem);
  const nginx = { 'client-cert': encodeURIComponent(client.pem) };
  assert.deepEqual(
    [await ask.ocsp(own), await ask.ocsp(nginx), await ask.crl(own)],
    ['successful', 'successful', '200'],
  );
  assert.deepEqual(
    [await ask.ocsp(), await ask.ocsp(headerOf(makeClient().pem))],
    ['successful', 'successful'],
  );
  assert.deepEqual(await counted(), [
    '- ocsp authentication good 2',
    'verifier/pf crl authentication sent 1',
    'verifier/pf ocsp authentication good 2',
  ]);
  mustSucceed(await changeVerifier(context, officer(), 'verifier/pf', 'suspend'), 'suspend');
  assert.deepEqual([await ask.ocsp(own), await ask.crl(own)], ['unauthorized', 'verifier-suspended']);
  await decideByTwo(context, 'verifier/pf', { act: 'restore' });
  assert.equal(await ask.ocsp(own), 'successful');
  assert.ok((await counted()).includes('verifier/pf ocsp authentication unauthorized 1'));
});

test('what no trusted proxy says of a client is not heard', async (t) => {
  const { context, question, list, counted } = await opened(t);
  const client = makeClient();
  await liveVerifier(context, 'verifier/pf', { clientCertificate: client.pem });
  const ask = asker(await serveJpki(t, context), question, list);
  assert.equal(await ask.ocsp(headerOf(client.pem)), 'successful');
  assert.deepEqual(await counted(), ['- ocsp authentication good 1']);
});

test('where a status is for verifiers, nobody else is told one: also of an answer that is kept', async (t) => {
  const { context, question, list, counted } = await opened(t, 'verifiers');
  const client = makeClient();
  const bySignature = makeClient();
  const byList = makeClient();
  await liveVerifier(context, 'verifier/all', { clientCertificate: client.pem });
  const services = { services: ['latest-attributes' as const] };
  await liveVerifier(context, 'verifier/signature', {
    ...services,
    clientCertificate: bySignature.pem,
    certificateKinds: ['signature'],
  });
  await liveVerifier(context, 'verifier/list', { clientCertificate: byList.pem, methods: ['crl'] });
  const ask = asker(await serveJpki(t, context, LOOPBACK), question, list);
  assert.equal(await ask.ocsp(headerOf(client.pem)), 'successful');
  for (const headers of [
    {},
    headerOf(makeClient().pem),
    { 'client-cert': ':AAAA' },
    headerOf(bySignature.pem),
    headerOf(byList.pem),
  ])
    assert.equal(await ask.ocsp(headers), 'unauthorized');
  assert.equal(await ask.crl(), 'verifier-unknown');
  assert.equal(await ask.crl(headerOf(bySignature.pem)), 'certificate-kind-not-permitted');
  assert.equal(await ask.crl(headerOf(byList.pem)), '200');
  assert.deepEqual(await counted(), [
    '- crl authentication verifier-unknown 1',
    '- ocsp authentication unauthorized 3',
    'verifier/all ocsp authentication good 1',
    'verifier/list crl authentication sent 1',
    'verifier/list ocsp authentication unauthorized 1',
    'verifier/signature crl authentication certificate-kind-not-permitted 1',
    'verifier/signature ocsp authentication unauthorized 1',
  ]);
});

test('only who is live is served, by the methods of the terms', () => {
  const rights = { verifier: 'verifier/pf', methods: ['ocsp'], certificateKinds: ['signature'] } as const;
  const refusalOf = (state: VerifierState, method: 'ocsp' | 'crl') =>
    decideStatusCaller('everyone', method, { ...rights, state }).refusal?.code;
  assert.equal(refusalOf('live', 'ocsp'), undefined);
  assert.equal(refusalOf('live', 'crl'), 'method-not-permitted');
  assert.equal(refusalOf('suspended', 'ocsp'), 'verifier-suspended');
  for (const state of [
    'notified',
    'technical-documents-released',
    'test-environment',
    'connection-test',
    'ended',
  ] as const)
    assert.equal(refusalOf(state, 'ocsp'), 'verifier-not-live');
  assert.equal(decideStatusCaller('everyone', 'crl', undefined), THE_PUBLIC);
  assert.equal(decideStatusCaller('verifiers', 'crl', undefined).refusal?.code, 'verifier-unknown');
});

test('what is for one purpose is asked about on card and phone alike', () => {
  const rights = {
    verifier: 'verifier/pf',
    methods: ['ocsp'],
    certificateKinds: ['authentication'],
  } as const;
  const caller = decideStatusCaller('verifiers', 'ocsp', { ...rights, state: 'live' });
  const asked = CERTIFICATE_KINDS.filter((kind) => mayAskAbout(caller, kind));
  assert.deepEqual(asked, ['authentication', 'phone-authentication']);
});
