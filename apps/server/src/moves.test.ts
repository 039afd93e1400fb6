/** Two municipalities on the running server, a real card: a copy at the other counter, a paper, and a move with the card. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { handOverAtCounter, openSoftwareCard } from '@ishizue/card';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { z } from 'zod';
import { readConfiguration } from './configuration.ts';
import { openCountry } from './country.ts';
import { serve } from './serve.ts';
import { addSiteOperator } from './site-operators.ts';
import { openedData } from './testing/index.ts';

const KIYOSE = 'municipal/132217';
const KAMAKURA = 'municipal/142042';
const TERMINAL = 't-1';
const PIN = '1234';

test('a resident gets a copy at another city’s counter, then moves there with the card; the old city learns of it', async (t) => {
  const data = await openedData(t);
  const configuration = readConfiguration({ ISHIZUE_DATA: data, ISHIZUE_DEMONSTRATION: 'off' });
  const country = await openCountry({ configuration, municipalities: ['132217', '142042'] });
  t.after(() => country.close());
  const quiet = { write: () => undefined };
  const served = await serve(country, { host: '127.0.0.1', port: 0, version: 'test', logTo: quiet });
  t.after(() => served.close());
  const tokens = new Map<string, string>();
  for (const [site, roles] of [
    [KIYOSE, ['registrar']],
    [KAMAKURA, ['registrar']],
    ['national', ['card-clerk', 'identity-reader']],
  ] as const) {
    const order = { site, displayName: site, roles };
    const { id, secret } = mustSucceed(await addSiteOperator(country, order), site);
    tokens.set(site, mustSucceed(await country.operators.signIn(site, id, secret), site).token);
  }
  const send = (site: string, to: string, body: object): Promise<Response> =>
    fetch(`${served.origin}/${site}${to}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${tokens.get(site) ?? ''}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  const act = async <Shape extends z.ZodType>(site: string, to: string, body: object, shape: Shape) => {
    const response = await send(site, to, body);
    const text = await response.text();
    assert.ok(response.ok, `${to}: ${response.status} ${text}`);
    return shape.parse(text === '' ? undefined : JSON.parse(text));
  };
  const recorded = z.object({ residentCode: z.string() });
  const today = dateInTokyo(systemClock.now());
  const event = {
    reason: 'move-in',
    residentCode: null,
    eventDate: '2020-04-01',
    details: {
      name: '石川　遥',
      nameKana: 'イシカワ　ハルカ',
      birthDate: '1990-05-06',
      sex: 2,
      domicile: '東京都清瀬市元町一丁目4番',
    },
    address: { town: '元町一丁目', lot: '4番5号' },
    previousAddress: '国外',
  };
  const entry = { requestId: 'first-entry-1', terminal: TERMINAL, event };
  await send(KIYOSE, '/events', entry); // a counter that has just opened asks for its first codes
  await country.settle(20_000);
  const { residentCode } = await act(KIYOSE, '/events', entry, recorded);
  await country.settle(20_000);

  const { applicationId } = await act(
    'national',
    '/cards/applications',
    { requestId: 'first-card-1', residentCode, terminal: TERMINAL },
    z.object({ applicationId: z.string() }),
  );
  const at = { terminal: TERMINAL };
  const made = z.object({ cardId: z.string() });
  const { cardId } = await act('national', `/cards/applications/${applicationId}/make`, at, made);
  const chip = await openSoftwareCard(path.join(data, 'cards'), cardId);
  await handOverAtCounter((to, body) => act('national', to, body, z.unknown()), {
    cardId,
    applicationId,
    municipality: '132217',
    terminal: TERMINAL,
    card: chip,
    pins: { authentication: PIN },
  });
  const show = async (site: string, to: string): Promise<object> => {
    const shape = z.object({ id: z.string(), challenge: z.string() });
    const { id, challenge } = await act(site, to, {}, shape);
    const signed = await chip.sign('authentication', PIN, Buffer.from(challenge, 'base64'));
    const certificate = mustSucceed(await chip.readCertificate('authentication'), 'the certificate');
    return {
      challengeId: id,
      certificate: certificate.toString('base64'),
      signature: mustSucceed(signed, 'the signature').toString('base64'),
    };
  };

  const wish = { extent: 'person', withRelationship: true, withResidentCode: false, withNationality: false };
  const copyBody = { residence: '132217', wish, terminal: TERMINAL };
  const { requestId } = await act(
    KAMAKURA,
    '/wide-area-copies',
    { ...copyBody, card: await show(KAMAKURA, '/wide-area-copies/challenges') },
    z.object({ requestId: z.string() }),
  );
  await country.settle(20_000);
  const document = await send(KAMAKURA, `/wide-area-copies/${requestId}/document`, at);
  assert.equal(document.status, 200);
  assert.equal(document.headers.get('content-type'), 'application/pdf');
  assert.equal((await send(KAMAKURA, `/wide-area-copies/${requestId}/document`, at)).status, 410);
  const forged = { ...copyBody, card: { ...(await show(KAMAKURA, '/moves/in/challenges')) } };
  assert.equal((await send(KAMAKURA, '/wide-area-copies', forged)).status, 410); // signed for another act

  const plan = {
    terminal: TERMINAL,
    movers: [{ residentCode }],
    plannedOn: today,
    destinationMunicipality: '142042',
    destination: '神奈川県鎌倉市御成町18番10号',
  };
  await act(KIYOSE, '/moves/out', { requestId: 'paper-plan-1', ...plan }, z.object({ moveId: z.string() }));
  const paper = await send(KIYOSE, '/moves/out/certificates', { moveId: 'paper-plan-1', terminal: TERMINAL });
  assert.equal(paper.headers.get('content-type'), 'application/pdf');
  const cancelled = { moveId: 'paper-plan-1', residentCodes: [residentCode], terminal: TERMINAL };
  assert.equal((await send(KIYOSE, '/moves/out/cancellations', cancelled)).status, 204);
  const card = await show(KIYOSE, '/moves/out/challenges');
  await act(
    KIYOSE,
    '/moves/out',
    { requestId: 'card-plan-1', ...plan, card },
    z.object({ moveId: z.string() }),
  );
  const noPaper = await send(KIYOSE, '/moves/out/certificates', {
    moveId: 'card-plan-1',
    terminal: TERMINAL,
  });
  assert.equal(noPaper.status, 409);
  await country.settle(20_000);

  const expected = await act(
    KAMAKURA,
    '/moves/in/expected',
    { card: await show(KAMAKURA, '/moves/in/challenges'), terminal: TERMINAL },
    z.object({
      movers: z.array(z.object({ cardId: z.string().nullable(), details: z.object({ name: z.string() }) })),
    }),
  );
  assert.deepEqual(expected.movers, [{ cardId, details: { name: '石川　遥' } }]);
  const moveIn = {
    basis: 'special',
    requestId: 'card-move-in-1',
    terminal: TERMINAL,
    movedOn: today,
    address: { town: '御成町', lot: '18番10号' },
    movers: [{ residentCode, relationship: '世帯主' }],
    card: await show(KAMAKURA, '/moves/in/challenges'),
  };
  await act(KAMAKURA, '/moves/in', moveIn, z.object({ isLate: z.literal(false) }));
  await country.settle(20_000);
  const asked = { residentCode, terminal: TERMINAL };
  const held = await act(
    'national',
    '/persons/look-up',
    asked,
    z.object({ municipality: z.string(), status: z.string(), address: z.string() }),
  );
  assert.deepEqual(held, {
    municipality: '142042',
    status: 'resident',
    address: '神奈川県鎌倉市御成町18番10号',
  });
  const gone = await send(KIYOSE, '/residents/look-up', asked);
  assert.match(await gone.text(), /resident-not-current/);
  for (const hostile of [
    { ...moveIn, requestId: 'x' },
    { ...moveIn, movers: [] },
    { ...moveIn, basis: 'certificate' },
    { ...moveIn, extra: 1 },
    { ...moveIn, movers: Array.from({ length: 21 }, () => moveIn.movers[0]) },
  ])
    assert.equal((await send(KAMAKURA, '/moves/in', hostile)).status, 400);
});
