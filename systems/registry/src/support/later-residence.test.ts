/** Somebody under a support measure moves on after it was announced: the next municipality is told by itself. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import {
  countWaiting,
  giveCodes,
  holdLink,
  keepLocked,
  ledgerEntries,
  sendRaw,
  superuserOf,
  ticketsOf,
  until,
} from '../testing/behind-the-scenes.ts';
import {
  grantSupport,
  KAMAKURA,
  KIYOSE,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import { findSupported } from './find-supported.ts';
import { applyForSupport, recordSupportStep } from './record-support-step.ts';
import { supportOf } from './support-lists.ts';
import type { SupportStep } from './support-measure.ts';
import { SUPPORT_FLAG, SUPPORT_RESIDENCE } from './support-message.ts';

const CHIYODA = '131016';
let requests = 0;

async function opened(t: TestContext): Promise<{ country: TestCountry; sql: Sql }> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  for (const municipality of [KIYOSE, CHIYODA, KAMAKURA]) await giveCodes(country, municipality, 60);
  return { country, sql: superuserOf(t, country.database) };
}

async function say(country: TestCountry, municipality: string, event: CounterEvent): Promise<string> {
  const recorded = await recordEvent(country.context, municipality, testAccess, `later-${++requests}`, event);
  return mustSucceed(recorded, event.reason).residentCode;
}

async function record(country: TestCountry, municipality: string, event: CounterEvent): Promise<string> {
  const residentCode = await say(country, municipality, event);
  await country.settle();
  return residentCode;
}

async function move(country: TestCountry, residentCode: string, from: string, to: string): Promise<void> {
  const eventDate = '2026-11-19';
  await record(country, from, { reason: 'move-out', residentCode, eventDate, destination: '転出先' });
  await record(country, to, moveInWith({ residentCode, eventDate }));
}

const supportedAt = async (country: TestCountry, municipality: string, code: string): Promise<boolean> =>
  (await findSupported(country.context, municipality, testAccess, [code])).has(code);

test('whoever moves on after the announcement is known at the next municipality at once, and the decider knows that it is', async (t) => {
  const { country, sql } = await opened(t);
  const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  const other = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  await grantSupport(country, KIYOSE, code);
  assert.equal(await supportedAt(country, KAMAKURA, code), false);
  const skip = (await ledgerEntries(sql)).length;
  await move(country, code, KIYOSE, KAMAKURA);
  await move(country, other, KIYOSE, KAMAKURA);
  assert.equal(await supportedAt(country, KAMAKURA, code), true);
  assert.equal(await supportedAt(country, KAMAKURA, other), false, 'nobody else is');
  assert.equal(await supportedAt(country, CHIYODA, code), false, 'nor anywhere else');
  const [measure] = (await supportOf(country.context, KIYOSE, testAccess, code)).measures;
  assert.deepEqual([measure?.told, measure?.notReached, measure?.version], [[KAMAKURA], [], 1]);
  const entries = (await ledgerEntries(sql, skip)).filter(({ fields }) => fields.includes('later-residence'));
  assert.deepEqual(
    entries.map(({ site, result }) => [site, result]),
    [
      ['national', 'ok'],
      [`municipal/${KIYOSE}`, 'ok'],
    ],
  );
  // and on from there: who decided is told by way of the nation, whoever announces the entry
  await move(country, code, KAMAKURA, CHIYODA);
  assert.equal(await supportedAt(country, CHIYODA, code), true);
  assert.deepEqual(await ticketsOf(country), []);
});

test('the entry first and then the announcement, or both at once on their links: the next municipality is told', async (t) => {
  const { country } = await opened(t);
  const step = (measureId: string, wish: SupportStep) => {
    const request = { municipality: KIYOSE, access: testAccess, requestId: `later-${++requests}` };
    return recordSupportStep(country.context, request, measureId, wish);
  };
  const on = '2026-11-20';
  for (const isAtOnce of [false, true, true, true, true]) {
    const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
    const request = { municipality: KIYOSE, access: testAccess, requestId: `later-${++requests}` };
    const applied = await applyForSupport(country.context, request, {
      act: 'apply',
      on,
      residentCode: code,
      included: [],
      kind: 'stalking',
      abusers: [],
      tell: [],
    });
    const { measureId } = mustSucceed(applied, 'the application');
    mustSucceed(
      await step(measureId, { act: 'opinion', body: 'police', givenOn: on, finding: 'needed' }),
      'opinion',
    );
    await record(country, KIYOSE, { ...leaving, residentCode: code });
    const entered = say(country, KAMAKURA, moveInWith({ residentCode: code, eventDate: '2026-11-19' }));
    if (!isAtOnce) {
      await entered;
      await country.settle();
    }
    mustSucceed(await step(measureId, { act: 'grant', on }), 'the grant');
    await entered;
    await country.settle();
    assert.equal(await supportedAt(country, KAMAKURA, code), true, `at once: ${isAtOnce}`);
  }
  assert.deepEqual(await ticketsOf(country), []);
});

const leaving = { reason: 'move-out', eventDate: '2026-11-19', destination: '鎌倉市' } as const;

test('the very first entry that the nation hears of, at once with the announcement: one waits for the other', async (t) => {
  const { country, sql } = await opened(t);
  const letKiyoseOn = await holdLink(sql, `municipal/${KIYOSE}>prefectural/13:registry`);
  const code = await say(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  // the announcement has read the books, and cannot write its flag
  const letFlagsBe = await keepLocked(
    sql,
    (tx) => tx`LOCK TABLE registry.national_support_flag IN EXCLUSIVE MODE`,
  );
  await grantSupport({ context: country.context, settle: () => Promise.resolve() }, KIYOSE, code);
  await until(async () => (await countWaiting(sql)) === 2, 'the held link and the announcement wait');
  await say(country, KAMAKURA, moveInWith({ residentCode: code, eventDate: '2026-11-19' }));
  await until(async () => (await countWaiting(sql)) === 3, 'the entry waits for the announcement');
  await letFlagsBe();
  await until(() => supportedAt(country, KAMAKURA, code), 'the next municipality is told');
  await letKiyoseOn();
  await country.settle();
});

test('an entry that was held back is told of when it is let in', async (t) => {
  const { country } = await opened(t);
  const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  await grantSupport(country, KIYOSE, code);
  await record(country, KAMAKURA, moveInWith({ residentCode: code, eventDate: '2026-11-19' }));
  assert.equal(await supportedAt(country, KAMAKURA, code), false, 'the nation does not take it over yet');
  await record(country, KIYOSE, {
    reason: 'move-out',
    residentCode: code,
    eventDate: '2026-11-19',
    destination: '鎌倉市',
  });
  assert.equal(await supportedAt(country, KAMAKURA, code), true);
});

test('under a changed code the measure of the old one is found; what has run out or was ended is announced to nobody', async (t) => {
  const { country, sql } = await opened(t);
  const old = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  const measureId = await grantSupport(country, KIYOSE, old);
  const code = await record(country, KIYOSE, {
    reason: 'resident-code-change',
    residentCode: old,
    eventDate: '2026-11-19',
  });
  await move(country, code, KIYOSE, KAMAKURA);
  assert.equal(await supportedAt(country, KAMAKURA, code), true);

  const told = async () =>
    (await ledgerEntries(sql)).filter(({ fields }) => fields.includes('later-residence')).length;
  const before = await told();
  const end = { municipality: KIYOSE, access: testAccess, requestId: `later-${++requests}` };
  const ended = await recordSupportStep(country.context, end, measureId, {
    act: 'end',
    on: '2026-11-20',
    reason: 'own-wish',
  });
  mustSucceed(ended, 'the end');
  await country.settle();
  country.clock.advance(86_400_000);
  await move(country, code, KAMAKURA, CHIYODA);
  assert.equal(await supportedAt(country, CHIYODA, code), false);
  assert.equal(await told(), before, 'the nation asks nobody');
});

test('expired on its way: the decider announces nothing, and says so on its ledger', async (t) => {
  const { country, sql } = await opened(t);
  const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  const measureId = await grantSupport(country, KIYOSE, code);
  country.clock.advance(400 * 86_400_000);
  const body = { measureId, residentCode: code, municipality: KAMAKURA };
  const link = `national>municipal/${KIYOSE}:registry`;
  await sendRaw(country, [{ link, subject: measureId, topic: SUPPORT_RESIDENCE, body }]);
  const entries = (await ledgerEntries(sql)).filter(({ fields }) => fields.includes('later-residence'));
  assert.deepEqual(
    entries.map(({ result }) => result),
    ['measure-not-in-force'],
  );
  assert.deepEqual(await ticketsOf(country), []);
});

test('hostile: of nobody’s measure, of another person, malformed, or from a municipality: parked, and nothing is announced', async (t) => {
  const { country, sql } = await opened(t);
  const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  const other = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  const measureId = await grantSupport(country, KIYOSE, code);
  const skip = (await ledgerEntries(sql)).length;
  const link = `national>municipal/${KIYOSE}:registry`;
  const nobody = '00000000-0000-4000-8000-000000000000';
  const sound = { measureId, residentCode: code, municipality: KAMAKURA };
  const wrong = [
    [nobody, { ...sound, measureId: nobody }],
    [measureId, { ...sound, residentCode: other }],
    [measureId, { ...sound, municipality: KIYOSE }],
    [nobody, sound],
    [measureId, { ...sound, note: 'x' }],
  ] as const;
  for (const [subject, body] of wrong)
    await sendRaw(country, [{ link, subject, topic: SUPPORT_RESIDENCE, body: { ...body } }]);
  const upwards = {
    link: `municipal/${KAMAKURA}>national:registry`,
    subject: measureId,
    topic: SUPPORT_RESIDENCE,
  };
  await sendRaw(country, [{ ...upwards, body: sound }]);
  // behind the first of a subject the others wait
  assert.deepEqual(await ticketsOf(country), [
    `${upwards.link} support-residence-invalid`,
    `${link} support-measure-unknown +1`,
    `${link} support-measure-unknown +2`,
  ]);
  assert.equal(await supportedAt(country, KAMAKURA, code), false);
  const entries = (await ledgerEntries(sql, skip)).filter(({ fields }) => fields.includes('later-residence'));
  assert.deepEqual(entries, []);
});

test('a measure whose random id has ten digits in a row is announced as any other: the ledger takes ids, not codes', async (t) => {
  const { country } = await opened(t);
  const code = await record(country, KIYOSE, moveInWith({ eventDate: '2026-11-01' }));
  await move(country, code, KIYOSE, KAMAKURA);
  const body = {
    origin: KIYOSE,
    measureId: '6d3ab3a4-2f0f-4c8b-9d51-a1234567890b',
    version: 1,
    persons: [code],
    validFrom: '2026-11-20',
    validUntil: '2027-11-19',
    abusers: [],
    tell: [],
  };
  const link = `municipal/${KIYOSE}>national:registry`;
  await sendRaw(country, [{ link, subject: body.measureId, topic: SUPPORT_FLAG, body }]);
  await country.settle();
  assert.equal(await supportedAt(country, KAMAKURA, code), true);
  // whoever told of it has no such measure, and parks what comes back: nothing else is wrong
  assert.ok((await ticketsOf(country)).every((ticket) => !ticket.includes('handler-threw')));
});
