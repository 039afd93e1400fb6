/**
 * Whoever has the whole database has no individual number: a running country does what is done with numbers, and then every
 * row of every table of every system is searched for every number that was given. What leaves by its doors is in clear.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { dateInTokyo, systemClock } from '@ishizue/clock';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import {
  type Access,
  collectAnswer,
  municipalSite,
  ProvisionDesk,
  registerAgency,
  runBatch,
  SearchDesk,
} from '@ishizue/registry';
import { z } from 'zod';
import { readConfiguration } from './configuration.ts';
import { type Country, openCountry } from './country.ts';
import { serve } from './serve.ts';
import { addSiteOperator } from './site-operators.ts';
import { openedData } from './testing/index.ts';

const KIYOSE = municipalSite('132217');
const KAMAKURA = municipalSite('142042');
const AGENCY = 'agency/pension';
const SETTLED_MS = 30_000;
const at = { terminal: 't-1' };
const terms = { row: '77', affair: 'annex-1-77', caseNumber: 'case-1' };
const recorded = z.object({ residentCode: z.string() });

const officer: Access = {
  actorKind: 'operator',
  actor: 'o-test',
  terminal: 't-1',
  article: '住民基本台帳法 第30条の9',
  affair: 'register-agency',
  correlation: 'test',
};

const adult = {
  name: '石川　遥',
  nameKana: 'イシカワ　ハルカ',
  birthDate: '1990-05-06',
  sex: 2,
  domicile: '東京都清瀬市元町一丁目4番',
};

type Act = <Shape extends z.ZodType>(
  site: string,
  to: string,
  body: object,
  shape: Shape,
) => Promise<z.infer<Shape>>;

async function openOffice(t: TestContext): Promise<{ country: Country; act: Act }> {
  const configuration = readConfiguration({
    ISHIZUE_DATA: await openedData(t),
    ISHIZUE_DEMONSTRATION: 'off',
  });
  const country = await openCountry({ configuration, municipalities: ['132217', '142042'] });
  t.after(() => country.close());
  const quiet = { write: () => undefined };
  const served = await serve(country, { host: '127.0.0.1', port: 0, version: 'test', logTo: quiet });
  t.after(() => served.close());
  const tokens = new Map<string, string>();
  for (const [site, roles] of [
    [KIYOSE, ['registrar']],
    [KAMAKURA, ['registrar']],
    ['national', ['identity-reader', 'numbering-officer']],
  ] as const) {
    const { id, secret } = mustSucceed(
      await addSiteOperator(country, { site, displayName: site, roles }),
      site,
    );
    tokens.set(site, mustSucceed(await country.operators.signIn(site, id, secret), site).token);
  }
  const act: Act = async (site, to, body, shape) => {
    const headers = {
      authorization: `Bearer ${tokens.get(site) ?? ''}`,
      'content-type': 'application/json',
    };
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`${served.origin}/${site}${to}`, request);
    const text = await response.text();
    assert.ok(response.ok, `${to}: ${response.status} ${text}`);
    return shape.parse(text.startsWith('{') ? JSON.parse(text) : undefined);
  };
  return { country, act };
}

/** The number of a resident as an officer of the municipality reads it. */
async function numberOf(act: Act, site: string, residentCode: string, not = ''): Promise<string> {
  const shape = z.object({ residents: z.array(z.object({ individualNumber: z.string().nullable() })) });
  for (let tries = 0; tries < 400; tries++) {
    const { residents } = await act(site, '/residents/look-up', { residentCode, ...at }, shape);
    const number = residents[0]?.individualNumber ?? null;
    if (number !== null && number !== not) {
      assert.match(number, /^\d{12}$/);
      return number;
    }
    await sleep(50);
  }
  throw new Error('the number never came');
}

/** Does something while what the municipality says to the nation stays on its way. */
async function whileHeld(sql: Sql, link: string, work: () => Promise<void>): Promise<void> {
  const session = await sql.reserve();
  try {
    await session`BEGIN`;
    await session`
      SELECT FROM link.inbound i JOIN link.link l ON l.id = i.link_id WHERE l.name = ${link} FOR UPDATE OF i`;
    await work();
  } finally {
    await session`ROLLBACK`;
    session.release();
  }
}

/** In which tables a text stands, in whatever column, as text or as its bytes. */
async function tablesWith(sql: Sql, texts: readonly string[]): Promise<readonly string[]> {
  const forms = texts.flatMap((text) => [text, Buffer.from(text).toString('hex')]);
  const tables = await sql<{ name: string }[]>`
    SELECT schemaname || '.' || tablename AS name FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await sql`
      SELECT FROM ${sql(name)} r, unnest(${forms}::text[]) AS f(form) WHERE strpos(r::text, f.form) > 0 LIMIT 1`;
    if (rows.length > 0) found.push(name);
  }
  return found;
}

test('after a life with numbers no table of any system has one, and the doors have told them', async (t) => {
  const { country, act } = await openOffice(t);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const { registry } = country.systems;
  const today = dateInTokyo(systemClock.now());
  const home = { town: '元町一丁目', lot: '4番5号' };
  const event = { reason: 'move-in', residentCode: null, eventDate: '2020-04-01', details: adult };
  const entry = {
    requestId: 'first-entry-1',
    ...at,
    event: { ...event, address: home, previousAddress: '国外' },
  };
  await act(KIYOSE, '/events', entry, recorded).catch(() => undefined); // the first one asks for codes
  await country.settle(SETTLED_MS);
  const { residentCode } = await act(KIYOSE, '/events', entry, recorded);
  const born = {
    reason: 'birth',
    parentResidentCode: residentCode,
    eventDate: '2026-11-01',
    name: '石川　葵',
    nameKana: 'イシカワ　アオイ',
    sex: 1,
    relationship: '子',
  };
  const child = await act(KIYOSE, '/events', { requestId: 'birth-0001', ...at, event: born }, recorded);
  const first = await numberOf(act, KIYOSE, residentCode);
  const childs = await numberOf(act, KIYOSE, child.residentCode);
  await country.settle(SETTLED_MS);

  // a second residence, typed in with its number, is held back at the nation
  const second = {
    ...event,
    residentCode: child.residentCode,
    individualNumber: childs,
    eventDate: '2026-11-10',
    details: { ...adult, name: '石川　葵', nameKana: 'イシカワ　アオイ', birthDate: '2026-11-01', sex: 1 },
    address: { town: '御成町', lot: '18番10号' },
    previousAddress: '東京都清瀬市',
  };
  await act(KAMAKURA, '/events', { requestId: 'second-0001', ...at, event: second }, recorded);
  await country.settle(SETTLED_MS);
  const held = await sql`SELECT body ->> 'individualNumber' AS number FROM registry.held_notice`;
  assert.ok(held.length > 0 && held.every(({ number }) => String(number).length === 28));

  // the number is changed, and what says so stays on its way for a while
  const order = {
    kind: 'replacement',
    requestId: 'change-0001',
    residentCode,
    basis: 'on-request',
    evidence: '通知書の写しが別人に渡り、なりすましの申込みがあった。届出書のとおり。',
  };
  let changed = '';
  await whileHeld(sql, `${KIYOSE}>prefectural/13:registry`, async () => {
    await act(KIYOSE, '/number-orders', { order, ...at }, z.unknown());
    changed = await numberOf(act, KIYOSE, residentCode, first);
    const waiting = await sql`
      SELECT o.body FROM link.outbox o JOIN link.link l ON l.id = o.link_id
      WHERE l.name = ${`${KIYOSE}>prefectural/13:registry`}`;
    assert.ok(waiting.length > 0, 'a message with the number is on its way');
    assert.deepEqual(await tablesWith(sql, [first, changed, childs]), []);
  });
  await country.settle(SETTLED_MS);

  // with the certificate, typed in with its number, to the other municipality
  const plan = {
    ...at,
    requestId: 'paper-plan-1',
    movers: [{ residentCode }],
    plannedOn: today,
    destinationMunicipality: '142042',
    destination: '神奈川県鎌倉市御成町18番10号',
  };
  await act(KIYOSE, '/moves/out', plan, z.unknown());
  await act(KIYOSE, '/moves/out/certificates', { moveId: 'paper-plan-1', ...at }, z.unknown());
  const details = {
    ...adult,
    formerSurname: null,
    formerSurnameKana: null,
    alias: null,
    aliasKana: null,
    nationality: 'JPN',
    residenceStatus: null,
    stayExpiresOn: null,
    familyRegisterHead: null,
  };
  const moveIn = {
    basis: 'certificate',
    requestId: 'paper-move-in-1',
    ...at,
    movedOn: today,
    address: { town: '御成町', lot: '18番10号' },
    from: '132217',
    plannedOn: today,
    previousAddress: '東京都清瀬市元町一丁目4番5号',
    movers: [{ residentCode, individualNumber: changed, details, relationship: '世帯主' }],
  };
  await act(KAMAKURA, '/moves/in', moveIn, z.unknown());
  await country.settle(SETTLED_MS);
  assert.equal(await numberOf(act, KAMAKURA, residentCode), changed, 'what was typed in is the same number');
  const looked = await act(
    'national',
    '/persons/look-up',
    { residentCode, ...at },
    z.object({ individualNumber: z.string() }),
  );
  assert.equal(looked.individualNumber, changed);

  const agency = { agency: AGENCY, name: '年金', rows: ['77'], keyId: 'k', publicKey: Buffer.alloc(32, 1) };
  mustSucceed(await registerAgency(registry, officer, agency), 'the agency');
  const desk = new ProvisionDesk(registry);
  const ask = (individualNumber: string) =>
    desk.ask({
      agency: AGENCY,
      request: { ...terms, items: ['individual-number', 'name'], person: { individualNumber } },
    });
  assert.equal(mustSucceed(await ask(changed), 'by number').individualNumber, changed);
  const retired = await ask(first);
  assert.equal(!retired.ok && retired.failure.code, 'number-retired');
  const found = await new SearchDesk(registry).ask({
    agency: AGENCY,
    request: {
      ...terms,
      items: ['individual-number'],
      search: 'strict',
      person: { name: '石川　遥', birthDate: '1990-05-06', address: '神奈川県鎌倉市御成町18番10号' },
    },
  });
  assert.equal(mustSucceed(found, 'the search').person.individualNumber, changed);
  const job = {
    agency: AGENCY,
    jobId: 'job-1',
    row: '77',
    affair: 'annex-1-77',
    key: 'individual-number',
    items: ['individual-number'],
  } as const;
  async function* file(): AsyncGenerator<string> {
    yield await Promise.resolve(`case_key,person_key\r\na,${changed}\r\nb,${first}\r\n`);
  }
  assert.equal(mustSucceed(await runBatch(registry, job, file()), 'the job').given, 1);
  assert.deepEqual(await tablesWith(sql, [first, changed, childs]), [], 'nor in an answer that waits');
  let answer = '';
  for await (const piece of mustSucceed(await collectAnswer(registry, AGENCY, 'job-1'), 'answer'))
    answer += piece;
  assert.match(answer, new RegExp(`"a",ok,${changed}\r\n"b",number-retired,`));
  await act('national', '/numbering/notices/batches', { batchId: 'batch-0001', ...at }, z.unknown());
  const death = { reason: 'death', residentCode: child.residentCode, eventDate: today };
  await act(KIYOSE, '/events', { requestId: 'death-00001', ...at, event: death }, recorded);
  await country.settle(SETTLED_MS);

  assert.ok((await tablesWith(sql, [residentCode])).length > 5, 'the search finds what is there');
  assert.deepEqual(await tablesWith(sql, [first, changed, childs]), []);
});
