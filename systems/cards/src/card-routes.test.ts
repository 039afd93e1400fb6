import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Actor, anonymous, createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { KIYOSE } from '@ishizue/registry/testing';
import { CARD_CLERK } from './card-clerk.ts';
import { cardRoutes, cardStatuses } from './card-routes.ts';
import { handOverRoutes, handOverStatuses } from './hand-over/hand-over-routes.ts';
import { CARD_FACTORY, shipmentRoutes, shipmentStatuses } from './shipment/shipment-routes.ts';
import { type CardsCountry, cardsCountry } from './testing/index.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');

const actors: Readonly<Record<string, Actor>> = {
  clerk: { kind: 'operator', site: 'national', operator: 'o-clerk1', roles: [CARD_CLERK], session: 's' },
  factory: { kind: 'operator', site: 'national', operator: 'o-maker1', roles: [CARD_FACTORY], session: 's' },
  other: { kind: 'operator', site: 'national', operator: 'o-other1', roles: ['auditor'], session: 's' },
  municipal: {
    kind: 'operator',
    site: 'municipal/132217',
    operator: 'o-city01',
    roles: [CARD_CLERK],
    session: 's',
  },
};

interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function serve(t: TestContext, country: CardsCountry, logged: string[] = []) {
  const log = createLog({ service: 'test', destination: { write: (line) => logged.push(line) } });
  const server = createHttpServer({
    name: 'test',
    version: '0',
    log,
    authenticate: ({ headers }) =>
      ok({ actor: actors[headers.authorization?.replace('Bearer ', '') ?? ''] ?? anonymous }),
  });
  const stateRateLimit = new RateLimit({ clock: country.clock, burst: 6, perMinute: 6 });
  const routes = cardRoutes({ context: country.cards, workshop: country.workshop, stateRateLimit });
  server.mount({ prefix: '', site: 'national', routes, statuses: cardStatuses });
  const shipment = shipmentRoutes({ context: country.cards, workshop: country.workshop, typeface });
  server.mount({ prefix: '', site: 'national', routes: shipment, statuses: shipmentStatuses });
  const handOvers = handOverRoutes(country.cards);
  server.mount({ prefix: '', site: 'national', routes: handOvers, statuses: handOverStatuses });
  const { origin } = await server.listen();
  t.after(() => server.close());
  return async (method: string, path: string, body?: unknown, as = 'clerk'): Promise<Reply> => {
    const response = await fetch(origin + path, {
      method,
      headers: {
        authorization: `Bearer ${as}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Reply['body'] };
  };
}

test('a clerk takes an application, orders the card and hands it over; the applicant sees the state', async (t) => {
  const country = await cardsCountry(t);
  const [residentCode = ''] = await country.settleIn([{ resident_number: '1' }]);
  const logged: string[] = [];
  const call = await serve(t, country, logged);
  const wish = { requestId: 'r-1', residentCode, terminal: 't-1' };
  const applied = await call('POST', '/cards/applications', wish);
  assert.equal(applied.status, 201);
  const id = String(applied.body['applicationId']);
  assert.deepEqual(applied.body, { applicationId: id, state: 'accepted' });
  assert.deepEqual((await call('POST', '/cards/applications', wish)).body, applied.body);
  assert.deepEqual(await call('GET', `/cards/applications/${id}`, undefined, ''), {
    status: 200,
    body: { state: 'accepted' },
  });
  const made = await call('POST', `/cards/applications/${id}/make`, { terminal: 't-1' });
  assert.deepEqual([made.status, made.body['state'], made.body['expiresOn']], [200, 'made', '2036-02-17']);
  const cardId = String(made.body['cardId']);
  assert.equal((await call('POST', `/cards/${cardId}/delivery`, { terminal: 't-1' })).status, 200);
  const shown = {
    applicationId: id,
    cardId,
    municipality: KIYOSE,
    receiver: 'holder',
    documents: ['passport'],
  };
  const opening = { requestId: 'h-1', ...shown, terminal: 't-2' };
  const opened = await call('POST', '/cards/hand-overs', opening);
  assert.equal(opened.status, 201);
  assert.deepEqual((await call('POST', '/cards/hand-overs', opening)).body, opened.body);
  const inReader = country.workshop.inReader(cardId);
  const completion = {
    municipality: KIYOSE,
    certificate: Buffer.from(await inReader.readCertificate()).toString('base64'),
    signature: Buffer.from(
      await inReader.sign(Buffer.from(String(opened.body['challenge']), 'base64')),
    ).toString('base64'),
    resembles: true,
    comparedWith: 'camera',
    faceSha256: null,
    terminal: 't-2',
  };
  const handed = await call('POST', `/cards/hand-overs/${String(opened.body['id'])}/completion`, completion);
  assert.deepEqual([handed.status, handed.body['state']], [200, 'active']);
  assert.deepEqual((await call('GET', `/cards/applications/${id}`, undefined, '')).body, {
    state: 'handed-over',
  });
  const entries = await country.database.superuser()`
    SELECT DISTINCT actor, terminal FROM ledger.entry WHERE affair LIKE 'card-%' ORDER BY actor, terminal`;
  assert.deepEqual(
    entries.map((row) => `${String(row['actor'])} ${String(row['terminal'])}`),
    ['holder-of-application-id ', 'o-clerk1 t-1', 'o-clerk1 t-2'],
  );
  assert.ok(logged.length > 0);
  assert.ok(!logged.some((line) => line.includes(residentCode)), 'no log line holds the resident code');
});

test('factory and municipality, each by its role: run, pack, list, send, scan, close, set up; a card that came to nothing', async (t) => {
  const country = await cardsCountry(t);
  const codes = await country.settleIn([{ resident_number: '1' }, { resident_number: '2' }]);
  const call = await serve(t, country);
  for (const residentCode of codes)
    await call('POST', '/cards/applications', {
      requestId: `r-${residentCode}`,
      residentCode,
      terminal: 't-1',
    });
  const at = { terminal: 't-1' };
  const factory = (path: string, body: object) => call('POST', path, { ...body, ...at }, 'factory');
  const clerk = (path: string, body: object) => call('POST', path, { ...body, ...at });
  assert.equal((await clerk('/cards/factory-runs', { factory: 'east' })).status, 403);
  const run = await factory('/cards/factory-runs', { factory: 'east' });
  const [one = '', two = ''] = run.body['made'] as readonly string[];
  assert.deepEqual(run.body, { taken: 2, made: [one, two], troubles: [] });
  assert.deepEqual((await factory(`/cards/${one}/print`, {})).body['code'], 'print-unknown');
  const parcel = await factory('/cards/parcels', { requestId: 'p-1', municipality: KIYOSE });
  const number = String(parcel.body['number']);
  assert.equal(parcel.status, 201);
  assert.equal((await factory(`/cards/parcels/${number}/dispatch`, {})).body['state'], 'sent');
  const scan = async (cardId: string) => {
    const reply = await clerk(`/cards/parcels/${number}/arrivals`, { municipality: KIYOSE, cardId });
    return [reply.status, reply.body['code']];
  };
  assert.deepEqual(
    [await scan(one), await scan(one)],
    [
      [204, undefined],
      [409, 'card-scanned-before'],
    ],
  );
  assert.deepEqual(
    (await clerk(`/cards/parcels/${number}/closing`, { municipality: KIYOSE })).body['missing'],
    [two],
  );
  assert.equal((await clerk(`/cards/${one}/set-up`, { municipality: KIYOSE })).status, 200);
  assert.equal((await clerk(`/cards/${two}/loss-underway`, {})).body['state'], 'void');
  assert.equal((await clerk(`/cards/${two}/destruction`, {})).status, 204);
  assert.equal((await clerk(`/cards/${one}/destruction`, {})).body['code'], 'card-not-void');
  const again = await factory(`/cards/parcels/${number}/return`, { cardIds: [], isWhole: true });
  assert.equal(again.body['state'], 'returned');
});

test('failures are problems with their codes, and only clerks of the national site act', async (t) => {
  const country = await cardsCountry(t);
  const [residentCode = ''] = await country.settleIn([{ resident_number: '1' }]);
  const call = await serve(t, country);
  const apply = async (body: unknown, as?: string) => {
    const reply = await call('POST', '/cards/applications', body, as);
    return [reply.status, reply.body['code']];
  };
  const wish = { requestId: 'r-1', residentCode, terminal: 't-1' };
  assert.deepEqual(await apply(wish, ''), [401, 'sign-in-required']);
  assert.deepEqual(await apply(wish, 'other'), [403, 'not-permitted']);
  assert.deepEqual(await apply(wish, 'municipal'), [403, 'not-permitted']);
  assert.deepEqual(await apply({ ...wish, residentCode: '12345678901' }), [422, 'resident-code-check-digit']);
  assert.deepEqual(await apply({ ...wish, residentCode: '24727059608' }), [422, 'person-unknown']);
  assert.deepEqual(await apply({ ...wish, name: 'x' }), [400, 'request-invalid']);
  assert.deepEqual(await apply({ ...wish, requestId: 'x'.repeat(65) }), [400, 'request-invalid']);
  assert.deepEqual(await apply(wish), [201, undefined]);
  assert.deepEqual(await apply({ ...wish, requestId: 'r-2' }), [409, 'application-already-open']);
  const act = async (path: string) => {
    const reply = await call('POST', path, { terminal: 't-1' });
    return [reply.status, reply.body['code']];
  };
  assert.deepEqual(await act('/cards/applications/123/make'), [422, 'application-id-malformed']);
  assert.deepEqual(await act('/cards/applications/00000000000000000079444/make'), [
    404,
    'application-unknown',
  ]);
  assert.deepEqual(await act('/cards/0000000000000000/delivery'), [404, 'card-unknown']);
  assert.deepEqual(await act('/cards/parcels/P000000019/dispatch'), [403, 'not-permitted']);
});

test('nobody can try application ids quickly', async (t) => {
  const country = await cardsCountry(t);
  const call = await serve(t, country);
  const codes: unknown[] = [];
  for (let n = 0; n < 8; n++)
    codes.push(
      (await call('GET', '/cards/applications/00000000000000000079444', undefined, '')).body['code'],
    );
  assert.deepEqual(codes, [
    ...Array(6).fill('application-unknown'),
    'too-many-requests',
    'too-many-requests',
  ]);
});
