/**
 * A resident and her card through a running server: it signs a consent, a verifier is answered, and she sees that it was;
 * she puts certificates on a phone. Two officers make a next generation beside the server.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { handOverAtCounter, openSoftwareCard, type SoftwareCard } from '@ishizue/card';
import { Database, startCluster } from '@ishizue/db';
import { decodeLeaf } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { generationByTwo } from './ceremony-for-test.ts';
import { phoneForTest } from './phone-for-test.ts';
import { NAME, serverForTest, verifierForTest } from './verifiers-for-test.ts';

const PINS = { authentication: '1234', signature: 'CONSENT25' } as const;

const ends: (() => void)[] = [];
let scene: Awaited<ReturnType<typeof setUp>>;

// one server for all: bringing one up, with a register and a card, takes longer than what is tried in it
before(async () => {
  scene = await setUp({ after: (work) => ends.unshift(work) });
});

after(async () => {
  scene.served.server.signalGroup('SIGINT');
  const { code } = await scene.served.server.ended;
  for (const end of ends) end();
  assert.equal(code, 0);
});

async function setUp(t: { after(work: () => void): void }) {
  const served = await serverForTest(t);
  const { data, run, operator, post, signIn } = served;
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', '132217', '--people', '40', '--out', register);
  assert.equal((await run('import', register, '--municipality', '132217')).code, 0);
  const first = await operator('verifier-officer', 'card-clerk', 'ceremony-officer', 'phone-call-centre');
  const second = await operator('verifier-officer', 'ceremony-officer');
  const token = await signIn(first);
  const order = async (residentCode: string): Promise<string | undefined> => {
    const wish = { requestId: `r-${residentCode}`, residentCode, terminal: 't-1' };
    const { applicationId = '' } = await post('/national/cards/applications', wish, token);
    const at = { terminal: 't-1' };
    const { cardId } = await post(`/national/cards/applications/${applicationId}/make`, at, token);
    if (cardId === undefined) return undefined;
    const card = await openSoftwareCard(path.join(data, 'cards'), cardId);
    if (!(await card.readCertificate('signature')).ok) return undefined; // left out: her name has no substitute
    const municipality = '132217';
    const counter = { cardId, applicationId, municipality, terminal: 't-1', card, pins: PINS };
    await handOverAtCounter((to, body) => post(`/national${to}`, body, token), counter);
    return cardId;
  };
  const { cardId, address, residentCode } = await firstWithCard(data, order);
  const card = await openSoftwareCard(path.join(data, 'cards'), cardId);
  return { served, first, second, token, card, address, residentCode };
}

test('she consents, the verifier is told her address of now, she sees it, and withdraws', async () => {
  const { served, first, second, token, card, address } = scene;
  const { origin, run, post, signIn } = served;
  const verifier = verifierForTest(served);
  await run('verifier', 'register', NAME, '--terms', verifier.terms, ...first.words);
  for (const act of ['release-documents', 'open-test-environment', 'begin-connection-test'])
    await post('/national/verifiers/acts', { verifier: NAME, act, purpose: 'a test' }, token);
  const proposed = { verifier: NAME, proposed: { act: 'go-live' }, purpose: 'a test' };
  const { id: proposal = '' } = await post('/national/verifiers/proposals', proposed, token);
  const approval = { purpose: 'a test' };
  await post(`/national/verifiers/proposals/${proposal}/approval`, approval, await signIn(second));
  const lastDay = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const [, draft] = await verifier.ask('consent-drafts', { items: ['address'], lastDay });
  const { id, statement } = draft as { readonly id: string; readonly statement: string };
  const signed = await signWith(card, 'signature', Buffer.from(statement));
  const [status] = await verifier.ask('consents', { id, ...signed });
  assert.equal(status, 201);
  assert.deepEqual(await verifier.ask('latest-attributes', { consent: id }), [200, { address }]);

  const seen = await accessesOf(origin, post, card);
  assert.ok(seen.includes(`person consent address ok`), seen.join('\n'));
  assert.ok(seen.includes(`${NAME} latest-attributes address ok`), seen.join('\n'));
  const text = await (await fetch(`${origin}/national/consents/${id}/withdrawal-statement`)).text();
  const withdrawal = await signWith(card, 'signature', Buffer.from(text));
  assert.deepEqual(await post(`/national/consents/${id}/withdrawal`, withdrawal), {});
  assert.deepEqual(await verifier.ask('latest-attributes', { consent: id }), [410, 'consent-withdrawn']);
});

test('a generation that two officers made at the command line is known to the running server at once', () =>
  generationByTwo(scene.served, { kind: 'phone-signature', officers: [scene.first, scene.second] }));

test('she puts certificates on a phone, then on another one; its loss and its end', async () => {
  const { served, token, card, residentCode } = scene;
  const { origin, post } = served;
  const phone = phoneForTest(served, (statement) => signWith(card, 'signature', statement));
  const one = await phone.apply();
  assert.deepEqual([one.generation, one.state, await phone.stateOf(one)], [1, 'good', 'good']);
  assert.deepEqual(await phone.handIn(one), [201, one.serial], 'handed in again, the same certificates');
  const two = await phone.apply();
  assert.deepEqual([await phone.stateOf(one), two.state], ['revoked', 'good'], 'one phone');
  assert.deepEqual(await phone.handIn(one), [409, 'certificate-revoked']);
  assert.deepEqual(await phone.end(one), [200, { revoked: 0, alreadyRevoked: 2 }]);
  const lost = { residentCode, terminal: 't-1' };
  assert.equal((await post('/national/phone-loss-reports', lost))['code'], 'sign-in-required');
  const counted: unknown = await post('/national/phone-loss-reports', lost, token);
  assert.deepEqual(counted, { revoked: 2, alreadyRevoked: 0 });
  assert.equal(await phone.stateOf(two), 'revoked');
  assert.equal((await post('/national/phone-loss-reports', lost, token))['code'], 'phone-unknown');
  const three = await phone.apply();
  assert.deepEqual(await phone.end(three), [200, { revoked: 2, alreadyRevoked: 0 }]);
  const nobody = { ...three, application: '00000000-0000-4000-8000-000000000000' };
  assert.deepEqual(await phone.end(nobody), [404, 'phone-unknown']);
  assert.deepEqual(await phone.handIn(nobody), [404, 'application-unknown']);
  const seen = await accessesOf(origin, post, card);
  assert.ok(
    seen.some((line) => / phone-loss-report phone-signature-certificate .*revoked$/.test(line)),
    seen.join('\n'),
  );
});

async function signWith(card: SoftwareCard, kind: 'authentication' | 'signature', what: Buffer) {
  const certificate = mustSucceed(await card.readCertificate(kind, PINS[kind]), 'the certificate');
  const signature = mustSucceed(await card.sign(kind, PINS[kind], what), 'the signature');
  return { certificate: certificate.toString('base64'), signature: signature.toString('base64') };
}

/** What the resident sees of the national site, signed in with the card. */
async function accessesOf(
  origin: string,
  post: (to: string, body: object) => Promise<Record<string, string>>,
  card: SoftwareCard,
): Promise<readonly string[]> {
  const { id: challengeId, challenge = '' } = await post('/sign-in/challenges', {});
  const signed = await signWith(card, 'authentication', Buffer.from(challenge, 'base64'));
  const { token = '' } = await post('/sign-in', { challengeId, ...signed });
  const answer = await fetch(`${origin}/me/accesses`, { headers: { authorization: `Bearer ${token}` } });
  const { accesses } = (await answer.json()) as { readonly accesses: readonly { readonly leaf: string }[] };
  return accesses.map(({ leaf }) => {
    const { actorKind, actor, affair, fields, result } = mustSucceed(decodeLeaf(leaf), 'a leaf');
    return [actorKind === 'person' ? 'person' : actor, affair, ...fields, result].join(' ');
  });
}

interface WithCard {
  readonly cardId: string;
  readonly address: string;
  readonly residentCode: string;
}

/** A grown-up whose card can be made: not everybody’s name can be written in a certificate. */
async function firstWithCard(
  data: string,
  order: (residentCode: string) => Promise<string | undefined>,
): Promise<WithCard> {
  const cluster = await startCluster({ home: path.join(data, 'postgres') }); // adopts the one that runs
  const database = new Database({ server: cluster.address, name: 'ishizue', owners: [], roleSecret: '' });
  const superuser = database.superuser();
  const persons = await superuser<{ residentCode: string; address: string }[]>`
    SELECT resident_code AS "residentCode", address FROM registry.national_person
    WHERE status = 'resident' AND birth_date < '1990' AND birth_date !~ '-00' ORDER BY resident_code LIMIT 8`;
  await superuser.end();
  cluster.leave();
  for (const { residentCode, address } of persons) {
    const cardId = await order(residentCode);
    if (cardId !== undefined) return { cardId, address, residentCode };
  }
  throw new Error('no card could be made');
}
