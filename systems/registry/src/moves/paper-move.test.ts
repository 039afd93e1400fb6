import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { recordEvent } from '../municipal/record-event.ts';
import {
  everything,
  giveCodes,
  heldAbove,
  heldBackAt,
  superuserOf,
  ticketsOf,
  writeRaw,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, testAccess, testCountry } from '../testing/index.ts';
import { cancelPlannedMove } from './cancel-planned-move.ts';
import { carryOutPlannedMoves } from './carry-out-planned-moves.ts';
import { declareMoveOut } from './declare-move-out.ts';
import { MOVE_IN_NOTICE } from './move-messages.ts';
import { issueMoveOutCertificate } from './move-out-certificate.ts';
import {
  anotherRequest,
  declarationOf,
  declareSpecially,
  householdAt,
  incomingOf,
  moveInByPaper,
  moveInSpecially,
  plansOf,
  recordsOf,
} from './moves-for-tests.ts';
import { toNational } from './relayed.ts';
import { settleArrival, unsettledArrivals } from './unsettled-arrivals.ts';

const ODAWARA = '142069';
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

test('with a certificate: who moves is deleted on the day of the move, who stays behind stays, and papers are counted', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const declared = await declareMoveOut(
    country.moves,
    KIYOSE,
    testAccess,
    anotherRequest(),
    declarationOf([head, child]),
  );
  const { moveId } = mustSucceed(declared, 'the declaration');
  const issue = async () => {
    const issued = await issueMoveOutCertificate(country.moves, KIYOSE, testAccess, moveId);
    return mustSucceed(issued, 'the certificate');
  };
  const { movers, issue: first } = await issue();
  assert.deepEqual([movers.length, first, (await issue()).issue], [2, 1, 2]);
  assert.deepEqual(await incomingOf(sql, head), []); // nothing travels but the paper

  const moved = await moveInByPaper(country, KAMAKURA, [{ residentCode: head, name: '石川　遥' }]);
  assert.equal(mustSucceed(moved, 'the move-in').isLate, false);
  await country.settle();
  assert.deepEqual(await recordsOf(sql, head), [
    `${KIYOSE} moved-out 2026-11-18 神奈川県鎌倉市御成町18番10号`,
    `${KAMAKURA} resident`,
  ]);
  assert.deepEqual(await plansOf(sql, head), [`out ${KAMAKURA} 2026-11-18`]);
  assert.deepEqual(await recordsOf(sql, child), [`${KIYOSE} resident`]);
  assert.deepEqual(await plansOf(sql, child), ['planned']);
  // the entry was on its way before the notice: the conflict that it made has settled itself
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  const [conflict] =
    await sql`SELECT count(*) AS open FROM registry.municipal_conflict WHERE settled_at IS NULL`;
  assert.equal(conflict?.['open'], 0);
  assert.equal((await heldAbove(sql, null, head))?.municipality, KAMAKURA);
});

test('a mover who does not go takes the plan back: before the day nothing has happened, after it the deletion is undone', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const moveId = await declareSpecially(country, [head, child]);
  const cancel = (code: string) =>
    cancelPlannedMove(country.moves, KIYOSE, testAccess, { moveId, residentCodes: [code] });
  assert.equal(codeOf(await cancel(child)), 'ok');
  assert.equal(codeOf(await cancel(child)), 'move-not-planned');
  await country.settle();
  assert.deepEqual(await incomingOf(sql, child), [`${KAMAKURA} withdrawn`]);
  assert.equal(codeOf(await moveInSpecially(country, KAMAKURA, [head, child])), 'mover-not-expected');
  country.clock.advance(2 * 86_400_000);
  assert.equal((await carryOutPlannedMoves(country.moves, KIYOSE, 'night')).left, 1);
  await country.settle();
  assert.equal((await heldAbove(sql, null, head))?.status, 'moved-out');
  assert.equal(codeOf(await cancel(head)), 'ok');
  await country.settle();
  assert.deepEqual(await recordsOf(sql, head), [`${KIYOSE} resident`]);
  assert.equal((await heldAbove(sql, null, head))?.status, 'resident');
  assert.deepEqual(await incomingOf(sql, head), [`${KAMAKURA} withdrawn`]);
  const [{ reasons } = { reasons: '' }] = await sql<{ reasons: string }[]>`
    SELECT string_agg(e.reason, ' ' ORDER BY e.sequence) AS reasons FROM registry.municipal_event e
    JOIN registry.municipal_resident r USING (municipality_code, resident_number) WHERE resident_code = ${head}`;
  assert.equal(reasons, 'move-in move-out undo');
  assert.deepEqual(await ticketsOf(country), []);
});

test('a family is entered whole or not at all, and a request once', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const movers = [head, child].map((residentCode, n) => ({
    residentCode,
    name: ['石川　遥', '石川　葵'][n] ?? '',
  }));
  const before = await everything(sql);
  const future = { movedOn: '2026-11-21' };
  assert.equal(codeOf(await moveInByPaper(country, KAMAKURA, movers, future)), 'event-in-the-future');
  const broken = [
    movers[0] ?? { residentCode: '', name: '' },
    { residentCode: '50000000001', name: '石川　葵' },
  ];
  assert.equal(codeOf(await moveInByPaper(country, KAMAKURA, broken)), 'resident-code-check-digit');
  assert.equal(
    codeOf(await moveInByPaper(country, KAMAKURA, movers, { from: KAMAKURA })),
    'came-from-itself',
  );
  assert.equal(
    codeOf(await moveInByPaper(country, KAMAKURA, movers, { from: ODAWARA })),
    'municipality-not-served',
  );
  assert.deepEqual(await everything(sql), before);
  const late = await moveInByPaper(country, KAMAKURA, movers, { movedOn: '2026-11-05' });
  assert.equal(mustSucceed(late, 'the move-in').isLate, true);
  assert.equal(codeOf(await moveInByPaper(country, KAMAKURA, movers)), 'resident-already-current');
});

test('a notice that the old municipality cannot act on waits for an officer, and deletes nobody', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, ODAWARA] });
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [undeclared = ''] = await householdAt(country, KIYOSE, ['石川　遥']);
  const [planned = ''] = await householdAt(country, KIYOSE, ['髙橋　花子']);
  await declareSpecially(country, [planned]);
  const notice = (residentCode: string, changes: object = {}) =>
    toNational(MOVE_IN_NOTICE, {
      from: KAMAKURA,
      to: KIYOSE,
      correlation: 'planted',
      residentCode,
      name: '髙橋　花子',
      birthDate: '1990-05-06',
      sex: 2 as const,
      movedOn: '2026-11-18',
      address: '神奈川県鎌倉市御成町18番10号',
      ...changes,
    });
  await writeRaw(country, [
    notice(undeclared, { name: '石川　遥' }),
    notice(planned, { birthDate: '1990-05-07' }),
    notice(planned, { movedOn: '2025-12-31' }),
    notice(planned, { movedOn: '2026-11-21' }),
    notice('50000000009'),
  ]);
  country.wake();
  await country.settle();
  const list = () => unsettledArrivals(country.moves, KIYOSE, testAccess);
  assert.deepEqual(
    (await list()).map(({ code }) => code),
    [
      'no-planned-move',
      'identity-differs',
      'event-before-entry',
      'event-in-the-future',
      'resident-not-found',
    ],
  );
  for (const code of [undeclared, planned])
    assert.deepEqual(await recordsOf(sql, code), [`${KIYOSE} resident`]);
  assert.deepEqual(await plansOf(sql, planned), [`planned ${KAMAKURA}`]);
  const [oldest] = await list();
  assert.equal(codeOf(await settleArrival(country.moves, KIYOSE, testAccess, oldest?.arrivalId ?? 0)), 'ok');
  const again = await settleArrival(country.moves, KIYOSE, testAccess, oldest?.arrivalId ?? 0);
  assert.equal(codeOf(again), 'arrival-unknown');
  assert.equal((await list()).length, 4);
});

test('a planned mover who dies first has no plan any more', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [elder = ''] = await householdAt(country, KIYOSE, ['石川　遥']);
  await declareSpecially(country, [elder]);
  const death = { reason: 'death' as const, residentCode: elder, eventDate: '2026-11-20' };
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, anotherRequest(), death), 'the death');
  country.clock.advance(2 * 86_400_000);
  assert.deepEqual(await carryOutPlannedMoves(country.moves, KIYOSE, 'night'), {
    left: 0,
    moot: 1,
    expired: 0,
  });
  assert.deepEqual(await plansOf(sql, elder), [`cancelled ${KAMAKURA}`]);
});

test('a relayed message that is not of its sender, or for nobody who is served, is parked at the national site', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [person = ''] = await householdAt(country, KIYOSE, ['石川　遥']);
  const body = {
    from: KIYOSE,
    to: KAMAKURA,
    correlation: 'planted',
    residentCode: person,
    moveId: 'planted-move',
  };
  const link = `municipal/${KIYOSE}>national:registry`;
  const message = (subject: string, changes: object) => ({
    link,
    subject,
    topic: 'move-out-withdrawn',
    body: { ...body, residentCode: subject, ...changes },
  });
  await writeRaw(country, [
    message('00000000001', { from: KAMAKURA }),
    message('00000000002', { to: ODAWARA }),
    message('00000000003', { extra: 'unsaid' }),
    message('00000000004', { residentCode: person }),
    message('00000000005', { to: KIYOSE }),
    message('00000000006', { correlation: '12345678901' }),
    message(person, {}),
  ]);
  country.wake();
  await country.settle();
  const parked = [1, 3, 4, 5, 6].map(() => `${link} relayed-invalid`);
  assert.deepEqual(await ticketsOf(country), [`${link} municipality-not-served`, ...parked]);
  const [told] = await sql`
    SELECT count(*) AS count FROM ledger.entry WHERE site = 'municipal/142042' AND correlation = 'planted'`;
  assert.equal(told?.['count'], 1);
});
