/** Who may do what over HTTP: the counter of the holder's municipality, the call centre, the officer of combined cards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, anonymous, createHttpServer, createLog } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { suspendCard } from '../card/void-card.ts';
import { CARD_COUNTER } from './counter-desk.ts';
import { cardLifeRoutes } from './counter-routes.ts';
import { lifeCountry } from './life-for-tests.ts';
import { cardDeskStatuses, cardLifeStatuses } from './life-statuses.ts';
import { COMBINED_CARD_OFFICER, cardDeskRoutes } from './national-routes.ts';

const operator = (site: string, role: string): Actor => ({
  kind: 'operator',
  site,
  operator: `o-${role}`,
  roles: [role],
  session: 's',
});
const ACTORS: Readonly<Record<string, Actor>> = {
  kiyose: operator(`municipal/${KIYOSE}`, CARD_COUNTER),
  kamakura: operator(`municipal/${KAMAKURA}`, CARD_COUNTER),
  centre: operator('national', 'call-operator'),
  combined: operator('national', COMBINED_CARD_OFFICER),
};

test('each act is open to its role at its site; failures are problems with their codes', async (t) => {
  const world = await lifeCountry(t, 2);
  const [holder, other] = world.holders;
  assert.ok(holder && other);
  const server = createHttpServer({
    name: 'test',
    version: '0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    authenticate: ({ headers }) =>
      ok({ actor: ACTORS[headers.authorization?.replace('Bearer ', '') ?? ''] ?? anonymous }),
  });
  for (const municipality of [KIYOSE, KAMAKURA])
    server.mount({
      prefix: `/municipal/${municipality}`,
      site: `municipal/${municipality}`,
      routes: cardLifeRoutes(world.life, municipality),
      statuses: cardLifeStatuses,
    });
  const site = 'national';
  server.mount({ prefix: '/national', site, routes: cardDeskRoutes(world.life), statuses: cardDeskStatuses });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const call = async (as: string, path: string, body: object): Promise<readonly [number, unknown]> => {
    const response = await fetch(origin + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, terminal: 't-1' }),
    });
    const answered = (await response.json()) as Readonly<Record<string, unknown>>;
    return [
      response.status,
      answered['code'] ?? answered['state'] ?? answered['lines'] ?? answered['total_yen'],
    ];
  };
  const at = (municipality: string, act: string, { cardId } = holder): string =>
    `/municipal/${municipality}/cards/${cardId}/${act}`;
  const face = { kind: 'address', changedOn: '2026-11-20' };
  assert.deepEqual(await call('centre', at(KIYOSE, 'face-additions'), face), [403, 'not-permitted']);
  assert.deepEqual(await call('kamakura', at(KIYOSE, 'face-additions'), face), [403, 'not-permitted']);
  assert.deepEqual(await call('kamakura', at(KAMAKURA, 'face-additions'), face), [
    403,
    'desk-not-of-residence',
  ]);
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'face-additions'), { ...face, text: 'x' }), [
    400,
    'request-invalid',
  ]);
  assert.equal((await call('kiyose', at(KIYOSE, 'face-additions'), face))[0], 200);
  const due = `/municipal/${KIYOSE}/cards/due/list`;
  assert.deepEqual(await call('kamakura', due, {}), [403, 'not-permitted']);
  assert.deepEqual(await call('kiyose', due, { after: 'x' }), [400, 'cursor-malformed']);
  assert.deepEqual(await call('kiyose', due, { until: '2026-12-31' }), [200, undefined]);
  mustSucceed(await suspendCard(world.country.cards, testAccess, holder.cardId), 'the call');
  const seen = { isHolderPresent: true, documents: ['passport'] };
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'found'), seen), [200, 'active']);
  const combined = { kind: 'driving-licence', recordNumber: '306012345670' };
  const path = `/national/cards/${other.cardId}/combined-documents`;
  assert.deepEqual(await call('centre', path, combined), [403, 'not-permitted']);
  assert.deepEqual(await call('combined', path, combined), [200, 'combined']);
  assert.deepEqual(
    await call('combined', `${path}/end`, { kind: 'driving-licence', reason: 'document-ended' }),
    [200, 'ended'],
  );
  assert.deepEqual(
    await call('combined', `${path}/follow`, { recordNumber: '306012345670', isSignatureFiled: true }),
    [404, 'not-combined'],
  );
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'kind', other), { toFaceAuthentication: true }), [
    200,
    undefined,
  ]);
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'continuing-use'), { declaredOn: '2026-11-20' }), [
    409,
    'continuing-use-not-due',
  ]);
  assert.deepEqual(
    await call('kiyose', at(KIYOSE, 'face-additions/9/read-back'), {
      chip: { name: 'x', address: 'x', birthDate: '1980-02-17', sex: 2 },
    }),
    [404, 'addition-unknown'],
  );
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'loss-notice'), { isLostAtHome: false }), [
    422,
    'police-number-missing',
  ]);
  assert.deepEqual(await call('kiyose', at(KIYOSE, 'end'), { reason: 'damaged' }), [200, 'void']);
  const terms = { requestId: 'again', residentCode: holder.residentCode, ground: 'damaged', isExpress: true };
  assert.deepEqual(
    await call('kiyose', `/municipal/${KIYOSE}/cards/terms`, {
      ...terms,
      isOnline: false,
      withCertificates: true,
    }),
    [200, 2000],
  );
  assert.deepEqual(
    await call('kiyose', at(KIYOSE, 'departure'), { departsOn: '2026-12-01', isJapanese: true }),
    [409, 'card-state-refused'],
  );
});
