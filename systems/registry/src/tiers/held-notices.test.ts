import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { openConflicts } from '../municipal/residence-conflicts.ts';
import {
  changesAbove,
  giveCodes,
  heldAbove,
  heldBackAt,
  ledgerEntries,
  superuserOf,
  ticketsOf,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { details, moveInWith } from '../testing/samples.ts';

const CHIYODA = '131016';

let requests = 0;
async function record(country: TestCountry, municipality: string, event: CounterEvent) {
  const requestId = `held-request-${++requests}`;
  const recorded = await recordEvent(country.context, municipality, testAccess, requestId, event);
  await country.settle();
  return mustSucceed(recorded, event.reason);
}

/** Open conflicts at a municipality, as `at code entering>holding`. */
async function conflictsOf(country: TestCountry, municipality: string): Promise<readonly string[]> {
  const conflicts = await openConflicts(country.context, municipality, testAccess);
  return conflicts.map(({ at, code, entering, holding }) => `${at} ${code} ${entering}>${holding}`);
}

async function opened(t: Parameters<typeof testCountry>[0]): Promise<{ country: TestCountry; sql: Sql }> {
  const country = await testCountry(t, { municipalities: [KIYOSE, CHIYODA, KAMAKURA] });
  for (const municipality of [KIYOSE, CHIYODA, KAMAKURA]) await giveCodes(country, municipality, 60);
  return { country, sql: superuserOf(t, country.database) };
}

test('a move-in under another person’s valid code replaces nobody: both municipalities are told', async (t) => {
  const { country, sql } = await opened(t);
  for (const [elsewhere, site] of [
    [KAMAKURA, 'national'],
    [CHIYODA, 'prefectural/13'],
  ] as const) {
    const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
    const before = await Promise.all([null, '13'].map((tier) => heldAbove(sql, tier, residentCode)));
    const skip = (await ledgerEntries(sql)).length;
    const stranger = { ...details, name: '山田　太郎', birthDate: '1970-01-01', sex: 1 as const };
    await record(country, elsewhere, moveInWith({ residentCode, details: stranger }));
    // what the municipality goes on to say of the stranger waits as well
    const lot = '1番地';
    const correction = { reason: 'minor-correction', residentCode, eventDate: '2026-11-12', lot } as const;
    await record(country, elsewhere, correction);

    assert.deepEqual(
      await Promise.all([null, '13'].map((tier) => heldAbove(sql, tier, residentCode))),
      before,
    );
    assert.deepEqual(await heldBackAt(sql, site), [
      `${residentCode} ${elsewhere} 1 identity-differs`,
      `${residentCode} ${elsewhere} 2 behind-held`,
    ]);
    const told = `${site} identity-differs ${elsewhere}>${KIYOSE}`;
    assert.deepEqual(await conflictsOf(country, elsewhere), [told]);
    assert.ok((await conflictsOf(country, KIYOSE)).includes(told));
    const entries = (await ledgerEntries(sql, skip)).filter((entry) => entry.site === site);
    assert.deepEqual(
      entries.slice(0, 2).map(({ result }) => result),
      ['identity-differs', 'behind-held'],
    );
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('no second current residence: the entry waits for the move-out, and then all tiers follow', async (t) => {
  const { country, sql } = await opened(t);
  for (const [elsewhere, site] of [
    [KAMAKURA, 'national'],
    [CHIYODA, 'prefectural/13'],
  ] as const) {
    const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
    await record(country, elsewhere, moveInWith({ residentCode, eventDate: '2026-11-11' }));
    assert.equal((await heldAbove(sql, null, residentCode))?.municipality, KIYOSE);
    const told = `${site} resident-elsewhere ${elsewhere}>${KIYOSE}`;
    for (const municipality of [elsewhere, KIYOSE])
      assert.deepEqual(await conflictsOf(country, municipality), [told]);

    const destination = '引っ越し先';
    await record(country, KIYOSE, { reason: 'move-out', residentCode, eventDate: '2026-11-11', destination });
    assert.partialDeepStrictEqual(await heldAbove(sql, null, residentCode), {
      municipality: elsewhere,
      status: 'resident',
      sequence: 1,
    });
    const changes = [`${KIYOSE} 1 move-in`, `${KIYOSE} 2 move-out`, `${elsewhere} 1 move-in`];
    assert.deepEqual((await changesAbove(sql, null, residentCode)).toSorted(), changes.toSorted());
    assert.deepEqual(await heldBackAt(sql, site), []);
    for (const municipality of [elsewhere, KIYOSE])
      assert.deepEqual(await conflictsOf(country, municipality), [], 'a settled conflict is still shown');
  }
  assert.deepEqual(await ticketsOf(country), []);
});

test('a municipality does not enter its former resident’s code for somebody else', async (t) => {
  const { country } = await opened(t);
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  await record(country, KIYOSE, {
    reason: 'move-out',
    residentCode,
    eventDate: '2026-10-20',
    destination: '海外',
  });
  const event = moveInWith({ residentCode, details: { ...details, birthDate: '1990-05-16' } });
  const refused = await recordEvent(country.context, KIYOSE, testAccess, 'another-person', event);
  assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'identity-differs');
});

test('an undone entry under another person’s code keeps nobody out where the site knew nobody by the code', async (t) => {
  const { country, sql } = await opened(t);
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  const stranger = { ...details, name: '山田　太郎', birthDate: '1970-01-01', sex: 1 as const };
  await record(country, KAMAKURA, moveInWith({ residentCode, details: stranger }));
  const basis = '住民票コードの誤り';
  await record(country, KAMAKURA, {
    reason: 'undo',
    residentCode,
    eventDate: '2026-11-12',
    undoes: 1,
    basis,
  });
  assert.equal((await heldAbove(sql, '14', residentCode))?.name, stranger.name);

  const leaving = { reason: 'move-out', residentCode, destination: '神奈川県鎌倉市' } as const;
  await record(country, KIYOSE, { ...leaving, eventDate: '2026-11-13' });
  await record(country, KAMAKURA, moveInWith({ residentCode, eventDate: '2026-11-13' }));
  for (const tier of ['14', null]) {
    const { name, municipality, status } = (await heldAbove(sql, tier, residentCode)) ?? {};
    assert.deepEqual([name, municipality, status], [details.name, KAMAKURA, 'resident']);
  }
  // now the site knows somebody, and the undone entry lets nobody else in
  await record(country, KAMAKURA, { ...leaving, eventDate: '2026-11-14' });
  const refused = await recordEvent(
    country.context,
    KAMAKURA,
    testAccess,
    'stranger-again',
    moveInWith({ residentCode, details: stranger, eventDate: '2026-11-15' }),
  );
  assert.equal(refused.ok ? 'recorded' : refused.failure.code, 'identity-differs');
  assert.deepEqual(await heldBackAt(sql, 'prefectural/14'), []);
  assert.deepEqual(await ticketsOf(country), []);
});

test('who is held back behind an entry under their code is let in when that entry is undone', async (t) => {
  const { country, sql } = await opened(t);
  const [free] = await sql<{ code: string }[]>`
    SELECT resident_code AS code FROM registry.municipal_free_code WHERE municipality_code = ${CHIYODA} LIMIT 1`;
  const residentCode = free?.code ?? '';
  const stranger = { ...details, name: '山田　太郎', birthDate: '1970-01-01', sex: 1 as const };
  await record(country, KIYOSE, moveInWith({ residentCode, details: stranger }));
  await record(country, CHIYODA, moveInWith({ residentCode }));
  assert.deepEqual(await heldBackAt(sql, 'prefectural/13'), [
    `${residentCode} ${CHIYODA} 1 identity-differs`,
  ]);
  const basis = '住民票コードの誤り';
  await record(country, KIYOSE, { reason: 'undo', residentCode, eventDate: '2026-11-12', undoes: 1, basis });
  for (const tier of ['13', null]) {
    const { name, municipality } = (await heldAbove(sql, tier, residentCode)) ?? {};
    assert.deepEqual([name, municipality], [details.name, CHIYODA]);
  }
  for (const municipality of [CHIYODA, KIYOSE])
    assert.deepEqual(await conflictsOf(country, municipality), []);
});

test('an entry that is undone before it was let in leaves no trace in what the tiers hold', async (t) => {
  const { country, sql } = await opened(t);
  const { residentCode } = await record(country, KIYOSE, moveInWith({ eventDate: '2026-10-01' }));
  const before = await heldAbove(sql, null, residentCode);
  const stranger = { ...details, name: '山田　太郎' };
  await record(country, KAMAKURA, moveInWith({ residentCode, details: stranger }));
  await record(country, KAMAKURA, {
    reason: 'undo',
    residentCode,
    eventDate: '2026-11-20',
    undoes: 1,
    basis: '住民票コードの誤り',
  });
  assert.deepEqual(await heldAbove(sql, null, residentCode), before);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  for (const municipality of [KAMAKURA, KIYOSE])
    assert.deepEqual(await conflictsOf(country, municipality), []);
  assert.deepEqual(await ticketsOf(country), []);
});
