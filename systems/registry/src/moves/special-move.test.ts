import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import {
  everything,
  giveCodes,
  heldAbove,
  heldBackAt,
  ledgerEntries,
  superuserOf,
  ticketsOf,
} from '../testing/behind-the-scenes.ts';
import { KAMAKURA, KIYOSE, sealed, shownCard, testAccess, testCountry } from '../testing/index.ts';
import { carryOutPlannedMoves } from './carry-out-planned-moves.ts';
import { declareMoveOut } from './declare-move-out.ts';
import {
  anotherRequest,
  declarationOf,
  declareSpecially,
  householdAt,
  incomingOf,
  moveInSpecially,
  plansOf,
  recordsOf,
} from './moves-for-tests.ts';
import { informationRequestState, readIncomingMove, requestInformation } from './read-incoming-move.ts';

const SAPPORO = '011002';
const ODAWARA = '142069';
const codeOf = (result: { readonly ok: boolean } & object): string =>
  'failure' in result ? (result as { failure: { code: string } }).failure.code : 'ok';

test('a family with one card moves: the information goes ahead, the notice comes back, and the old record is deleted on the day of the move', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const number = sealed('123456789018');
  await sql`UPDATE registry.municipal_resident SET individual_number = ${number} WHERE resident_code = ${head}`;
  const written = (await ledgerEntries(sql, 0)).length;
  await declareSpecially(country, [head, child]);
  assert.deepEqual(await incomingOf(sql, head), [`${KAMAKURA} here`]);
  assert.deepEqual(await recordsOf(sql, head), [`${KIYOSE} resident`]);

  const card = await shownCard(country.moves, KAMAKURA, 'move-in', head);
  const seen = mustSucceed(
    await readIncomingMove(country.moves, KAMAKURA, testAccess, card),
    'the information',
  );
  assert.deepEqual(
    seen.map(({ residentCode, head: ofHousehold, individualNumber, address, cardId }) => [
      residentCode,
      ofHousehold,
      individualNumber,
      address,
      cardId,
    ]),
    [
      [head, '石川　遥', number, '東京都清瀬市中里五丁目842番地　中里荘203', 'card-1'],
      [child, '石川　遥', null, '東京都清瀬市中里五丁目842番地　中里荘203', null],
    ],
  );
  const moved = mustSucceed(await moveInSpecially(country, KAMAKURA, [head, child]), 'the move-in');
  assert.equal(moved.isLate, false);
  await country.settle();

  const gone = `${KIYOSE} moved-out 2026-11-18 神奈川県鎌倉市御成町18番10号`;
  for (const code of [head, child]) {
    assert.deepEqual(await recordsOf(sql, code), [gone, `${KAMAKURA} resident`]);
    assert.deepEqual(await plansOf(sql, code), [`out ${KAMAKURA} ${KAMAKURA} 2026-11-18`]);
    assert.deepEqual(await incomingOf(sql, code), [`${KAMAKURA} used`]);
    assert.equal((await heldAbove(sql, null, code))?.municipality, KAMAKURA);
    assert.equal((await heldAbove(sql, null, code))?.status, 'resident');
  }
  const [entered] = await sql`
    SELECT individual_number AS number, household_number = (SELECT household_number FROM registry.municipal_resident
        WHERE municipality_code = ${KAMAKURA} AND resident_code = ${child}) AS together, relationship, retained_until
    FROM registry.municipal_resident WHERE municipality_code = ${KAMAKURA} AND resident_code = ${head}`;
  assert.deepEqual(
    { ...entered },
    {
      number,
      together: true,
      relationship: '世帯主',
      retained_until: null,
    },
  );
  assert.deepEqual(await ticketsOf(country), []);
  assert.deepEqual(await heldBackAt(sql, 'national'), []);
  const entries = (await ledgerEntries(sql, written)).filter(
    ({ site, subject }) => subject === country.pseudonyms.of(site, head).toString('hex'),
  );
  const told = entries.map(({ site, fields }) => `${site} ${fields.join(' ')}`);
  for (const line of [
    'municipal/132217 move-out-plan',
    'national move-out-information',
    'municipal/142042 move-out-information received',
    'municipal/142042 move-out-information',
    'municipal/142042 resident-record move-in',
    'national move-in-notice',
    'municipal/132217 move-in-notice',
  ])
    assert.ok(told.includes(line), `no entry: ${line}`);
});

test('who arrives elsewhere has the information asked for with the card: once, and the planned destination loses it', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, ODAWARA] });
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  await declareSpecially(country, [head, child]);
  assert.equal(codeOf(await moveInSpecially(country, ODAWARA, [head, child])), 'nobody-expected');

  const ask = async (at: string, person: string) => {
    const card = await shownCard(country.moves, at, 'move-in', person);
    const asked = mustSucceed(
      await requestInformation(country.moves, at, testAccess, KIYOSE, card),
      'asking',
    );
    await country.settle();
    return mustSucceed(await informationRequestState(country.moves, at, asked.requestId), 'the request');
  };
  assert.deepEqual(await ask(KAMAKURA, head), { state: 'refused', code: 'information-already-given' });
  assert.deepEqual(await ask(ODAWARA, head), { state: 'answered', code: null });
  assert.deepEqual(await incomingOf(sql, child), [`${KAMAKURA} withdrawn`, `${ODAWARA} here`]);
  assert.deepEqual(await ask(ODAWARA, head), { state: 'refused', code: 'information-already-given' });
  assert.deepEqual(await ask(KAMAKURA, child), { state: 'refused', code: 'information-already-given' });
  assert.deepEqual(await plansOf(sql, child), [`planned ${ODAWARA} ${ODAWARA}`]);

  mustSucceed(await moveInSpecially(country, ODAWARA, [head, child]), 'the move-in');
  await country.settle();
  assert.deepEqual(await recordsOf(sql, head), [
    `${KIYOSE} moved-out 2026-11-18 神奈川県小田原市御成町18番10号`,
    `${ODAWARA} resident`,
  ]);
  assert.equal((await heldAbove(sql, null, head))?.municipality, ODAWARA);
  assert.deepEqual(await ticketsOf(country), []);
});

test('a card that was signed for another act, another municipality or by another card opens nothing, here or there', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, ODAWARA] });
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  await declareSpecially(country, [head]);
  const read = async (card: Awaited<ReturnType<typeof shownCard>>) =>
    codeOf(await readIncomingMove(country.moves, KAMAKURA, testAccess, card));
  const good = await shownCard(country.moves, KAMAKURA, 'move-in', head);
  assert.equal(await read(await shownCard(country.moves, ODAWARA, 'move-in', head)), 'challenge-unknown');
  assert.equal(await read(await shownCard(country.moves, KAMAKURA, 'move-out', head)), 'challenge-unknown');
  assert.equal(await read({ ...good, certificate: Buffer.from(child) }), 'card-not-proved');
  assert.equal(await read(good), 'challenge-unknown'); // spent by the try before
  assert.equal(await read(await shownCard(country.moves, KAMAKURA, 'move-in', child)), 'nobody-expected');
  country.moves.revoked.add(head);
  const asked = await shownCard(country.moves, ODAWARA, 'move-in', head);
  const refused = await requestInformation(country.moves, ODAWARA, testAccess, KIYOSE, asked);
  assert.equal(codeOf(refused), 'certificate-not-current');
  const before = await everything(sql);
  assert.equal(codeOf(await moveInSpecially(country, KAMAKURA, [head])), 'certificate-not-current');
  assert.deepEqual(await everything(sql), before);
});

test('the old municipality proves the card itself: a request that a municipality made up is refused', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA, ODAWARA] });
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', other = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  await declareSpecially(country, [head]);
  // Odawara's counter is deceived: it lets a card pass that is another's
  const deceived = { ...country.moves, proveCard: async () => proveCardAs(head) };
  const card = await shownCard(country.moves, ODAWARA, 'move-in', other);
  const asked = await requestInformation(deceived, ODAWARA, testAccess, KIYOSE, card);
  const { requestId } = mustSucceed(asked, 'asking');
  await country.settle();
  const state = await informationRequestState(country.moves, ODAWARA, requestId);
  assert.deepEqual(mustSucceed(state, 'the request'), { state: 'refused', code: 'card-not-proved' });
  assert.deepEqual(await incomingOf(sql, head), [`${KAMAKURA} here`]);
});

const proveCardAs = (residentCode: string) => ({
  ok: true as const,
  value: { residentCode, cardId: 'card-1' },
});

test('the planned day deletes the record as of that day; a later notice puts the destination right and nothing else', async (t) => {
  const country = await testCountry(t, { municipalities: [KIYOSE, KAMAKURA] });
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = ''] = await householdAt(country, KIYOSE, ['石川　遥']);
  await declareSpecially(country, [head], { destination: '神奈川県鎌倉市' });
  const carryOut = () => carryOutPlannedMoves(country.moves, KIYOSE, 'night');
  assert.deepEqual(await carryOut(), { left: 0, moot: 0, expired: 0 }); // today is the planned day
  country.clock.advance(86_400_000);
  assert.deepEqual(await carryOut(), { left: 1, moot: 0, expired: 0 });
  assert.deepEqual(await carryOut(), { left: 0, moot: 0, expired: 0 });
  await country.settle();
  assert.deepEqual(await recordsOf(sql, head), [`${KIYOSE} moved-out 2026-11-20 神奈川県鎌倉市`]);
  assert.equal((await heldAbove(sql, '13', head))?.status, 'moved-out');
  mustSucceed(await moveInSpecially(country, KAMAKURA, [head]), 'the move-in');
  await country.settle();
  assert.deepEqual(await recordsOf(sql, head), [
    `${KIYOSE} moved-out 2026-11-20 神奈川県鎌倉市御成町18番10号`,
    `${KAMAKURA} resident`,
  ]);
  assert.deepEqual(await plansOf(sql, head), [`out ${KAMAKURA} ${KAMAKURA} 2026-11-18`]);
  assert.equal((await heldAbove(sql, null, head))?.municipality, KAMAKURA);
});

test('thirty days after the planned day, or fourteen after the move, the special move-in has lost its effect', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [one = ''] = await householdAt(country, KIYOSE, ['石川　遥']);
  const [two = ''] = await householdAt(country, KIYOSE, ['髙橋　花子']);
  await declareSpecially(country, [one]);
  await declareSpecially(country, [two], { plannedOn: '2026-12-01' });
  country.clock.advance(13 * 86_400_000); // 3 December: the move of 18 November is fifteen days ago
  assert.equal(codeOf(await moveInSpecially(country, KAMAKURA, [two])), 'special-move-in-over');
  country.clock.advance(18 * 86_400_000); // 21 December: 31 days after 20 November
  const late = await moveInSpecially(country, KAMAKURA, [one], { movedOn: '2026-12-20' });
  assert.equal(codeOf(late), 'special-move-in-over');
  assert.equal((await carryOutPlannedMoves(country.moves, KIYOSE, 'night')).expired, 1);
  await carryOutPlannedMoves(country.moves, KAMAKURA, 'night');
  assert.deepEqual(await incomingOf(sql, one), [`${KAMAKURA} over`]);
  assert.deepEqual(await plansOf(sql, one), [`expired ${KAMAKURA}`]);
  const inTime = await moveInSpecially(country, KAMAKURA, [two], { movedOn: '2026-12-10' });
  assert.equal(codeOf(inTime), 'ok');
});

test('a declaration that does not fit is refused with its code, and nothing has changed', async (t) => {
  const country = await testCountry(t);
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const [head = '', child = ''] = await householdAt(country, KIYOSE, ['石川　遥', '石川　葵']);
  const [stranger = ''] = await householdAt(country, KIYOSE, ['髙橋　花子']);
  const before = await everything(sql);
  const declare = async (
    changes: Partial<ReturnType<typeof declarationOf>>,
    codes: readonly string[] = [head],
  ) =>
    codeOf(
      await declareMoveOut(
        country.moves,
        KIYOSE,
        testAccess,
        anotherRequest(),
        declarationOf(codes, changes),
      ),
    );
  const cardOf = (code: string) => shownCard(country.moves, KIYOSE, 'move-out', code);
  assert.equal(await declare({ plannedOn: '2026-02-30' }), 'planned-date-invalid');
  assert.equal(await declare({ plannedOn: '2028-11-20' }), 'planned-date-invalid');
  assert.equal(await declare({ plannedOn: '2026-01-09' }), 'planned-date-invalid');
  assert.equal(await declare({ destinationMunicipality: KIYOSE }), 'destination-not-elsewhere');
  assert.equal(await declare({ destinationMunicipality: '000000' }), 'municipality-not-served');
  const toSapporo = { destinationMunicipality: SAPPORO, card: await cardOf(head) };
  assert.equal(await declare(toSapporo), 'municipality-not-served');
  assert.equal(await declare({ destination: '鎌倉\u0007' }), 'text-refused');
  assert.equal(await declare({}, ['50000000009']), 'resident-not-found');
  assert.equal(await declare({}, [head, stranger]), 'not-one-household');
  assert.equal(await declare({ card: await cardOf(stranger) }), 'card-not-of-mover');
  assert.equal(await declare({ card: await cardOf(child) }, [head, child]), 'declarer-not-head');
  const old = { plannedOn: '2026-10-20', card: await cardOf(head) };
  assert.equal(await declare(old), 'special-move-in-over');
  assert.deepEqual(await everything(sql), before);

  const again = declarationOf([head]);
  const twice = await Promise.all(
    [1, 2].map(() => declareMoveOut(country.moves, KIYOSE, testAccess, 'the-same-request', again)),
  );
  assert.deepEqual(twice.map(codeOf), ['ok', 'ok']);
  const other = { ...again, plannedOn: '2026-11-25' };
  const reused = await declareMoveOut(country.moves, KIYOSE, testAccess, 'the-same-request', other);
  assert.equal(codeOf(reused), 'request-id-reused');
  assert.equal(await declare({}, [head, child]), 'already-planned');
  assert.deepEqual(await plansOf(sql, head), ['planned']);
});
