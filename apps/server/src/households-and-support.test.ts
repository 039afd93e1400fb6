/**
 * Households and support measures through the running server of two municipalities: an officer moves a family in, splits it,
 * the other officer grants a measure, and the municipality where the person has lived refuses a copy.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import { mustSucceed } from '@ishizue/outcome';
import { readConfiguration } from './configuration.ts';
import { type Country, openCountry } from './country.ts';
import { type ServedCountry, serve } from './serve.ts';
import { addSiteOperator } from './site-operators.ts';
import { openedData } from './testing/index.ts';

const KIYOSE = 'municipal/132217';
const KAMAKURA = 'municipal/142042';
const terminal = 't-1';
const ends: (() => unknown)[] = [];
const today = dateInTokyo(systemClock.now());
let country: Country;
let served: ServedCountry;
// told, not thrown: a trouble of the moment is tried again, and nobody may throw into the dispatcher
const troubles: string[] = [];

before(async () => {
  const data = await openedData({ after: (work) => ends.unshift(work) });
  const configuration = readConfiguration({ ISHIZUE_DATA: data, ISHIZUE_DEMONSTRATION: 'off' });
  country = await openCountry({
    configuration,
    municipalities: ['132217', '142042'],
    onTrouble: ({ code, detail }) => troubles.push(`${code}: ${detail}`),
  });
  ends.unshift(() => country.close());
  served = await serve(country, {
    host: '127.0.0.1',
    port: 0,
    version: 'test',
    logTo: { write: () => undefined },
  });
  ends.unshift(() => served.close());
});

after(async () => {
  for (const end of ends) await end();
});

interface Told {
  readonly status: number;
  readonly code?: string;
  readonly residentCode?: string;
  readonly residentNumber?: string;
  readonly measureId?: string;
  readonly validUntil?: string;
  readonly actNumber?: number;
  readonly households?: readonly object[];
  readonly flags?: readonly object[];
  readonly measures?: readonly { readonly told: readonly string[] }[];
}

type Ask = (path: string, body: object) => Promise<Told>;

/** Signs an officer in; answers how to ask at the site. */
async function officerAt(site: string, ...roles: readonly string[]): Promise<Ask> {
  const { id, secret } = mustSucceed(
    await addSiteOperator(country, { site, displayName: '花子', roles }),
    site,
  );
  const { token } = mustSucceed(await country.operators.signIn(site, id, secret), 'sign-in');
  return async (path, body) => {
    const response = await fetch(`${served.origin}/${site}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, terminal }),
    });
    return { ...((await response.json()) as object), status: response.status };
  };
}

let requests = 0;
const requestId = (): string => `server-request-${++requests}`;

const details = { name: '佐藤　春', nameKana: 'サトウ　ハル', birthDate: '1990-05-06', sex: 2 };
const address = { town: '元町一丁目', lot: '1番1号' };

async function moveIn(ask: Ask, more: object = {}): Promise<Told> {
  const event = {
    reason: 'move-in',
    residentCode: null,
    eventDate: today,
    details,
    address,
    previousAddress: '大阪府大阪市',
    ...more,
  };
  for (let tries = 0; tries < 100; tries++) {
    const told = await ask('events', { requestId: requestId(), event });
    if (told.code !== 'resident-codes-exhausted') return told;
    await country.settle(20_000); // the first asking fills the store
  }
  assert.fail('no codes came');
}

test('households are changed and support measures bite through the running server', async () => {
  const registrar = await officerAt(KIYOSE, 'registrar');
  const elsewhere = await officerAt(KAMAKURA, 'registrar');
  const mother = (await moveIn(elsewhere)).residentCode;
  const left = { reason: 'move-out', residentCode: mother, eventDate: today, destination: '東京都清瀬市' };
  assert.equal((await elsewhere('events', { requestId: requestId(), event: left })).status, 201);
  const home = (await moveIn(registrar, { residentCode: mother })).residentNumber;
  const sister = await moveIn(registrar, {
    details: { ...details, name: '佐藤　夏', birthDate: '1992-01-01' },
    joins: { householdNumber: home, relationship: '妹' },
  });
  assert.equal(sister.status, 201);

  const members = (relationship: string) => [{ residentCode: sister.residentCode, relationship }];
  const split = (relationship: string) => ({
    requestId: requestId(),
    act: {
      kind: 'split',
      eventDate: today,
      households: [
        { householdNumber: home, members: [{ residentCode: mother, relationship: '世帯主' }] },
        { householdNumber: null, members: members(relationship) },
      ],
    },
  });
  const refused = await registrar('household-acts', split('友人'));
  assert.deepEqual([refused.status, refused.code], [422, 'relationship-unknown']);
  assert.equal((await registrar('household-acts', split('世帯主'))).status, 201);
  assert.deepEqual((await registrar('households/without-head/list', {})).households, []);

  const officer = await officerAt(KIYOSE, 'support-officer');
  const application = {
    on: today,
    residentCode: mother,
    kind: 'domestic-violence',
    abusers: [{ name: '佐藤　冬', birthDate: null }],
  };
  assert.equal((await registrar('support-measures', { requestId: requestId(), application })).status, 403);
  const { measureId } = await officer('support-measures', { requestId: requestId(), application });
  const step = (wish: object) =>
    officer(`support-measures/${measureId}/steps`, { requestId: requestId(), step: wish });
  assert.equal((await step({ act: 'grant', on: today })).code, 'opinion-missing');
  await step({ act: 'opinion', body: 'police', givenOn: today, finding: 'needed' });
  assert.equal((await step({ act: 'grant', on: today })).status, 201);
  await country.settle(20_000);

  const known = await officer('support-measures/look-up', { residentCode: mother });
  assert.deepEqual(known.measures?.[0]?.told, ['142042']);
  const judge = (requester: object) =>
    elsewhere('copy-requests/judgement', { residentCode: mother, extent: 'person', requester });
  assert.equal(
    (await judge({ kind: 'other', name: '佐藤　冬', birthDate: null })).code,
    'requester-is-abuser',
  );
  assert.equal(
    (await judge({ kind: 'other', name: '山田　花', birthDate: null })).code,
    'support-measure-in-force',
  );
  assert.equal((await judge({ kind: 'self', isProvedByPhotograph: true })).status, 200);
  assert.deepEqual(
    troubles.filter((trouble) => !trouble.startsWith('receiver-unavailable')),
    [],
  );
});
