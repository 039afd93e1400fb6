/** The services over HTTP, as a verifier, a holder and a clerk use them; hostile input is turned away at the door. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Actor, createHttpServer, createLog, RateLimit } from '@ishizue/http';
import { ok } from '@ishizue/outcome';
import { call, consentScene, FIRM, OPERATOR } from './testing/consents.ts';
import { verifierServiceRoutes, verifierServiceStatuses } from './verifier-service-routes.ts';

test('a consent over HTTP: drafted, signed by the card, answered from, seen and withdrawn', async (t) => {
  const scene = await consentScene(t);
  const { context, residentCode } = scene;
  const server = createHttpServer({
    name: 'Test',
    version: '1.0.0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    // signatures and sessions are @ishizue/access's; here a header says who it is
    authenticate: ({ headers }) => {
      const [kind = '', name = ''] = String(headers['x-actor'] ?? '').split(' ');
      const actors: Readonly<Record<string, Actor>> = {
        site: { kind: 'site', site: name, keyId: 'k' },
        clerk: { kind: 'operator', site: 'national', operator: name, roles: ['consent-clerk'], session: 's' },
      };
      return ok({ actor: actors[kind] ?? { kind: 'anonymous' } });
    },
  });
  const rateLimit = new RateLimit({ clock: context.clock, burst: 100, perMinute: 100 });
  const routes = verifierServiceRoutes(context, { services: rateLimit, withdrawals: rateLimit });
  server.mount({ prefix: '/national', site: 'national', routes, statuses: verifierServiceStatuses });
  const { origin } = await server.listen();
  t.after(() => server.close());
  const send = async (actor: string, path: string, body: object) => {
    const response = await fetch(`${origin}/national/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(actor !== '' && { 'x-actor': actor }) },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, told: text === '' ? {} : JSON.parse(text) };
  };
  const pf = `site ${OPERATOR}`;
  const { onBehalfOf } = call;
  const services = 'verifier-services';
  const wish = { onBehalfOf, items: ['name', 'sex'], lastDay: '2027-11-20' };
  const drafted = await send(pf, `${services}/consent-drafts`, wish);
  assert.equal(drafted.status, 201);
  const { id, statement } = drafted.told;
  const base64 = (of: string) => {
    const { certificate, signature } = scene.signed(of);
    return { certificate: certificate.toString('base64'), signature: signature.toString('base64') };
  };
  const handedIn = await send(pf, `${services}/consents`, { onBehalfOf, id, ...base64(statement) });
  assert.deepEqual([handedIn.status, handedIn.told.id], [201, id]);
  const asked = { onBehalfOf, consent: id };
  const answered = await send(pf, `${services}/latest-attributes`, asked);
  assert.deepEqual([answered.status, answered.told], [200, { name: '髙橋　遥', sex: 2 }]);
  const links = { kind: 'signature', serials: [scene.serial()], links: ['newer', 'older', 'other'] };
  const linked = await send(pf, `${services}/serial-links`, links);
  assert.equal(linked.status, 200);
  const [{ other, ...rest }] = linked.told.answers;
  assert.deepEqual(rest, { serial: scene.serial(), result: 'ok', older: [], newer: [] });
  assert.match(other, /^[0-7][0-9a-f]{7}$/);
  const ofFirm = await send(pf, `${services}/serial-links`, { onBehalfOf, ...links });
  assert.deepEqual([ofFirm.status, ofFirm.told.code], [403, 'service-not-permitted']);

  const listed = await send('clerk o-1', 'consents/searches', { residentCode, terminal: 't-1' });
  assert.deepEqual(
    [listed.told[0].verifier, listed.told[0].items, listed.told[0].withdrawnAt],
    [FIRM, ['name', 'sex'], null],
  );
  const text = await (await fetch(`${origin}/national/consents/${id}/withdrawal-statement`)).text();
  const withdrawn = await send('', `consents/${id}/withdrawal`, base64(text));
  assert.equal(withdrawn.status, 204);
  const refused = await send(pf, `${services}/latest-attributes`, asked);
  assert.deepEqual([refused.status, refused.told.code], [410, 'consent-withdrawn']);

  const statuses = [
    await send('', `${services}/latest-attributes`, asked),
    await send('clerk o-1', `${services}/latest-attributes`, asked),
    await send('', 'consents/searches', { residentCode, terminal: 't-1' }),
    await send(pf, `${services}/latest-attributes`, { consent: "x' OR true --" }),
    await send(pf, `${services}/consent-drafts`, { ...wish, items: ['name', 'name'] }),
    await send(pf, `${services}/consent-drafts`, { ...wish, items: ['individual-number'] }),
    await send(pf, `${services}/serial-links`, { ...links, serials: ['00000001'] }),
    await send(pf, `${services}/serial-links`, { ...links, serials: Array(501).fill('12345678') }),
    await send('', `consents/${id}/withdrawal`, base64(`${text} `)),
    await send('clerk o-1', `consents/${id}/counter-withdrawal`, {
      residentCode: '24727059608',
      terminal: 't',
    }),
  ].map(({ status, told }) => `${status} ${told.code}`);
  assert.deepEqual(statuses, [
    '401 sign-in-required',
    '403 not-permitted',
    '401 sign-in-required',
    ...Array(5).fill('400 request-invalid'),
    '422 challenge-signature-invalid',
    '404 consent-unknown',
  ]);
});
