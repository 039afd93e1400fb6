/** A resident’s consent through a running server: her card signs it, a verifier is answered, and she sees that it was. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { openSoftwareCard, type SoftwareCard } from '@ishizue/card';
import { Database, startCluster } from '@ishizue/db';
import { decodeLeaf } from '@ishizue/ledger';
import { mustSucceed } from '@ishizue/outcome';
import { NAME, serverForTest, verifierForTest } from './verifiers-for-test.ts';

const PINS = { authentication: '1234', signature: 'CONSENT25' } as const;

test('a resident consents with her card, the verifier is told her address of now, she sees it, and withdraws', async (t) => {
  const scene = await serverForTest(t);
  const { data, origin, server, run, operator, post, signIn } = scene;
  const register = path.join(data, 'register.csv');
  await run('generate', '--municipality', '132217', '--people', '40', '--out', register);
  assert.equal((await run('import', register, '--municipality', '132217')).code, 0);
  const first = await operator('verifier-officer', 'card-clerk');
  const second = await operator('verifier-officer');
  const token = await signIn(first);
  const verifier = verifierForTest(scene);
  await run('verifier', 'register', NAME, '--terms', verifier.terms, ...first.words);
  for (const act of ['release-documents', 'open-test-environment', 'begin-connection-test'])
    await post('/national/verifiers/acts', { verifier: NAME, act, purpose: 'a test' }, token);
  const { told } = await run('verifier', 'propose', NAME, 'go-live', ...first.words);
  assert.equal((await run('verifier', 'approve', told.id, ...second.words)).told.state, 'live');

  const order = async (residentCode: string): Promise<string | undefined> => {
    const wish = { requestId: `r-${residentCode}`, residentCode, terminal: 't-1' };
    const { applicationId = '' } = await post('/national/cards/applications', wish, token);
    const at = { terminal: 't-1' };
    const { cardId } = await post(`/national/cards/applications/${applicationId}/make`, at, token);
    if (cardId !== undefined) await post(`/national/cards/${cardId}/hand-over`, at, token);
    return cardId;
  };
  const { cardId, address } = await firstWithCard(data, order);
  const card = await openSoftwareCard(path.join(data, 'cards'), cardId);
  for (const kind of ['authentication', 'signature'] as const)
    mustSucceed(await card.setPin(kind, PINS[kind]), 'a PIN');

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
  server.signalGroup('SIGINT');
  assert.equal((await server.ended).code, 0);
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
    if (cardId !== undefined) return { cardId, address };
  }
  throw new Error('no card could be made');
}
