/** What a counter, the call centre and the officer of combined documents do with cards in their holders' hands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { suspendCard } from '../card/void-card.ts';
import { combine, followLicence, separate } from '../combined-documents/combine.ts';
import { addToFace } from '../face-additions/add-to-face.ts';
import { FACE_LINES_MAX } from '../face-additions/face-column.ts';
import { agreeTerms, type TermsWish } from '../issue-terms/agree-terms.ts';
import { switchKind } from '../kinds/face-authentication.ts';
import { giveUpLost, resumeFound } from '../loss/lost-and-found.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { codeOf, type Holder, kamakura, kiyose, lifeCountry } from './life-for-tests.ts';
import { COUNTER_END_REASONS, endAtCounter } from './return-card.ts';

test('a lost card is stopped at once by its one holder’s data; found or given up at the counter', async (t) => {
  const world = await lifeCountry(t, 3);
  const { life, country, standing } = world;
  const [found, given, dead] = world.holders;
  assert.ok(found && given && dead);
  const call = ({ cardId }: Holder) => suspendCard(country.cards, testAccess, cardId);
  for (let times = 0; times < 2; times++) assert.equal(codeOf(await call(found)), 'ok');
  assert.equal(await standing(found), 'suspended holder-call');
  const held = ['authentication: certificateHold', 'signature: certificateHold'];
  assert.deepEqual(country.certification.standingOf(found.cardId), held);
  assert.equal(codeOf(await call(given)), 'ok');

  const bring = (more: object = {}, desk = kiyose) =>
    resumeFound(life, desk, {
      cardId: found.cardId,
      isHolderPresent: true,
      documents: ['passport'],
      ...more,
    });
  assert.equal(codeOf(await bring({}, kamakura)), 'desk-not-of-residence');
  assert.equal(codeOf(await bring({ isHolderPresent: false })), 'holder-not-present');
  assert.equal(codeOf(await bring({ documents: ['student-card'] })), 'identity-not-proved');
  const resumed = await bring();
  assert.ok(resumed.ok && resumed.value.needsCertificates && resumed.value.state === 'active');
  assert.deepEqual(country.certification.standingOf(found.cardId), held, 'a hold is final');
  assert.equal(codeOf(await bring()), 'card-state-refused');

  const giveUp = (more: object = {}) =>
    giveUpLost(life, kiyose, { cardId: given.cardId, isLostAtHome: false, ...more });
  assert.equal(codeOf(await giveUp()), 'police-number-missing');
  assert.equal(codeOf(await giveUp({ police: { station: '東村山警察署', number: '第123号' } })), 'ok');
  assert.equal(await standing(given), 'void lost');
  assert.equal(codeOf(await call(given)), 'card-state-refused');
  const death = { reason: 'death', residentCode: dead.residentCode, eventDate: '2026-11-20' } as const;
  assert.equal(codeOf(await recordEvent(country.context, KIYOSE, testAccess, 'death', death)), 'ok');
  await country.settle();
  assert.equal(await standing(dead), 'void death');
  assert.equal(codeOf(await call(dead)), 'card-state-refused');
  const refusals = await world.sql<{ result: string }[]>`
    SELECT DISTINCT result FROM ledger.entry WHERE fields @> ARRAY['card', 'resume']::text[] AND result <> 'ok' ORDER BY 1`;
  assert.deepEqual(
    refusals.map(({ result }) => result),
    ['card-state-refused', 'desk-not-of-residence', 'holder-not-present', 'identity-not-proved'],
  );
  await assertSoundHistories(world.sql);
});

test('the face has as many lines as it has; a full column, a switch of kind and every end are in the history', async (t) => {
  const world = await lifeCountry(t, 2 + COUNTER_END_REASONS.length);
  const { life, country, standing } = world;
  const [holder, plain, ...enders] = world.holders;
  assert.ok(holder && plain);
  const { cardId } = holder;
  const add = (changedOn = '2026-11-20') => addToFace(life, kiyose, { cardId, kind: 'address', changedOn });
  assert.equal(codeOf(await add('2026-11-21')), 'change-day-invalid');
  assert.equal(codeOf(await add('2026-11-19')), 'change-day-invalid', 'before the card was made');
  let lines = 0;
  for (;;) {
    const added = await add();
    if (!added.ok) {
      assert.equal(added.failure.code, 'face-full');
      break;
    }
    lines += added.value.lines.length;
    assert.equal(added.value.isLate, false);
  }
  assert.ok(lines <= FACE_LINES_MAX && lines > FACE_LINES_MAX - 2, `${lines} lines`);
  const [column] = await world.sql`
    SELECT count(*)::int AS lines, max(line) AS last FROM cards.face_line WHERE card_id = ${cardId}`;
  assert.deepEqual({ ...column }, { lines, last: lines });
  const switched = await switchKind(life, kiyose, { cardId, toFaceAuthentication: true });
  assert.equal(codeOf(switched), 'face-full');
  const live = ['authentication: live', 'signature: live'];
  assert.deepEqual(country.certification.standingOf(cardId), live, 'a refused switch takes nothing away');
  const turn = (toFaceAuthentication: boolean) =>
    switchKind(life, kiyose, { cardId: plain.cardId, toFaceAuthentication });
  const toFace = await turn(true);
  assert.ok(toFace.ok);
  assert.deepEqual(
    [toFace.value.pins, toFace.value.fee_yen, toFace.value.addition?.lines],
    ['lock', 0, ['令和8年11月20日 顔認証']],
  );
  assert.deepEqual(country.certification.standingOf(plain.cardId), [
    'authentication: live',
    'signature: cessationOfOperation',
  ]);
  const again = await turn(true);
  assert.ok(again.ok && again.value.addition === null);
  const back = await turn(false);
  assert.ok(back.ok && back.value.pins === 'set');
  assert.equal(await standing(plain), 'active face-authentication-ended');
  world.passDays(15);
  const late = await addToFace(life, kiyose, { cardId: plain.cardId, kind: 'name', changedOn: '2026-11-20' });
  assert.ok(late.ok && late.value.isLate, 'told after the fourteenth day');
  for (const [index, reason] of COUNTER_END_REASONS.entries()) {
    const ending = enders[index];
    assert.ok(ending);
    assert.equal(codeOf(await endAtCounter(life, kiyose, { cardId: ending.cardId, reason })), 'ok');
    assert.equal(await standing(ending), `void ${reason}`);
    assert.equal(
      codeOf(await endAtCounter(life, kiyose, { cardId: ending.cardId, reason })),
      'card-state-refused',
    );
    assert.ok(country.certification.standingOf(ending.cardId).every((each) => !each.endsWith('live')));
  }
  world.passDays(4000);
  assert.equal(await world.lapse(), 2, 'both others are past their last day');
  assert.equal(await standing(plain), 'void expired');
  await assertSoundHistories(world.sql);
});

test('terms of a card are proved by its history; documents that a card carries end with it, and a licence follows', async (t) => {
  const world = await lifeCountry(t, 4);
  const { life, country } = world;
  const [driver, loser, giver, other] = world.holders;
  assert.ok(driver && loser && giver && other);
  const wish = (holder: Holder, more: Partial<TermsWish>) =>
    agreeTerms(life, kiyose, {
      requestId: `terms-${holder.cardId}`,
      residentCode: holder.residentCode,
      ground: 'lost',
      isExpress: false,
      isOnline: true,
      withCertificates: true,
      ...more,
    });
  assert.equal(codeOf(await wish(loser, {})), 'ground-not-proved', 'the card is not lost');
  assert.equal(codeOf(await wish(loser, { ground: 'office-fault' })), 'ground-not-proved');
  assert.equal(codeOf(await wish(loser, { ground: 'first' })), 'ground-not-proved', 'there was a card');
  const lost = await giveUpLost(life, kiyose, { cardId: loser.cardId, isLostAtHome: true });
  assert.equal(codeOf(lost), 'ok');
  const ordinary = await wish(loser, {});
  assert.ok(ordinary.ok);
  assert.deepEqual(
    [ordinary.value.card_yen, ordinary.value.certificates_yen, ordinary.value.dueOn],
    [800, 200, null],
  );
  assert.deepEqual(await wish(loser, {}), ordinary);
  assert.equal(codeOf(await wish(loser, { isExpress: true })), 'request-id-reused');
  const express = await wish(loser, { requestId: 'express', isExpress: true });
  assert.ok(express.ok);
  assert.deepEqual([express.value.total_yen, express.value.dueOn], [2000, '2026-11-27']);

  const licence = { cardId: driver.cardId, kind: 'driving-licence', isPermanentResident: false } as const;
  const carry = (recordNumber: string) => combine(country.cards, testAccess, { ...licence, recordNumber });
  for (let times = 0; times < 2; times++) assert.equal(codeOf(await carry('306012345670')), 'ok');
  assert.equal(codeOf(await carry('306012345671')), 'already-combined');
  const residence = { ...licence, kind: 'residence-card', recordNumber: 'AB12345678CD' } as const;
  assert.equal(codeOf(await combine(country.cards, testAccess, residence)), 'stay-not-on-card');
  assert.equal(
    codeOf(await combine(country.cards, testAccess, { ...residence, isPermanentResident: true })),
    'ok',
  );
  const apart = { cardId: driver.cardId, kind: 'residence-card', reason: 'holder-wish' } as const;
  assert.equal(codeOf(await separate(country.cards, testAccess, apart)), 'ok');
  assert.equal(codeOf(await separate(country.cards, testAccess, apart)), 'not-combined');

  // the column is full: another card, free, to which the licence follows
  while (
    (await addToFace(life, kiyose, { cardId: driver.cardId, kind: 'address', changedOn: world.today() })).ok
  );
  const free = await wish(driver, { ground: 'face-full', requestId: 'renewed', isExpress: true });
  assert.ok(free.ok && free.value.total_yen === 0 && free.value.dueOn === '2026-11-27');
  assert.equal(codeOf(await endAtCounter(life, kiyose, { cardId: driver.cardId, reason: 'returned' })), 'ok');
  const [ended] = await world.sql`
    SELECT ended_on, end_reason FROM cards.combined_document WHERE card_id = ${driver.cardId} AND kind = 'driving-licence'`;
  assert.deepEqual({ ...ended }, { ended_on: world.today(), end_reason: 'card-void' });
  const renewed = await world.issue(driver.residentCode, 'renewed');
  const follow = (more: object = {}) =>
    followLicence(life, testAccess, {
      cardId: renewed,
      recordNumber: '306012345670',
      isSignatureFiled: true,
      ...more,
    });
  assert.equal(codeOf(await follow({ isSignatureFiled: false })), 'signature-not-filed');
  assert.equal(codeOf(await follow({ recordNumber: '306012345671' })), 'record-number-wrong');
  for (let times = 0; times < 2; times++) assert.equal(codeOf(await follow()), 'ok');
  assert.equal(
    codeOf(
      await followLicence(life, testAccess, {
        cardId: other.cardId,
        recordNumber: '306012345670',
        isSignatureFiled: true,
      }),
    ),
    'not-combined',
  );
  assert.equal(codeOf(await endAtCounter(life, kiyose, { cardId: giver.cardId, reason: 'returned' })), 'ok');
  const paid = await wish(giver, { ground: 'returned', withCertificates: false });
  assert.ok(paid.ok && paid.value.total_yen === 800);
  assert.equal(
    codeOf(await wish(giver, { ground: 'returned', requestId: 'x', isExpress: true })),
    'express-not-for-ground',
  );
  // a card that ended with the code is found under the code of now
  const changed = await recordEvent(country.context, KIYOSE, testAccess, 'another code', {
    reason: 'resident-code-change',
    residentCode: other.residentCode,
    eventDate: '2026-11-20',
  });
  await country.settle();
  assert.ok(changed.ok);
  const renewedCode = { ...other, residentCode: changed.value.residentCode };
  const owed = await wish(renewedCode, { ground: 'code-changed', isExpress: true });
  assert.ok(owed.ok && owed.value.total_yen === 0 && owed.value.dueOn === '2026-11-27');
});
