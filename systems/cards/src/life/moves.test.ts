/** Cards that move with their holders: continued in time, or void for the reason that the law has. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustSucceed } from '@ishizue/outcome';
import { type CounterEvent, recordEvent } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, testAccess } from '@ishizue/registry/testing';
import { continueUse } from '../continuing-use/continue-use.ts';
import { addToFace, confirmChip } from '../face-additions/add-to-face.ts';
import { listDueAtCounter } from '../face-additions/list-due.ts';
import { recordDeparture } from '../overseas-use/record-departure.ts';
import { assertSoundHistories } from '../testing/histories.ts';
import { codeOf, type Holder, kamakura, kiyose, lifeCountry } from './life-for-tests.ts';
import { endAtCounter } from './return-card.ts';

test('a card is continued within 90 days of a notice in time, or void for why it was not', async (t) => {
  const world = await lifeCountry(t, 8);
  const { life, today, passDays, standing } = world;
  const [kept, forgotten, restless, gone, late, second, stopped, back] = world.holders;
  assert.ok(kept && forgotten && restless && gone && late && second && stopped && back);
  const start = today();
  const move = async (holder: Holder, on = today()): Promise<void> => {
    assert.equal(await world.leave(holder, KIYOSE, on), 'ok');
    assert.equal(await world.arrive(holder, KAMAKURA, on), 'ok');
  };
  const goOn = (holder: Holder, desk = kamakura, declaredOn = today()) =>
    continueUse(life, desk, { cardId: holder.cardId, declaredOn });

  assert.equal(codeOf(await goOn(kept)), 'desk-not-of-residence', 'nobody has moved');
  assert.equal(codeOf(await goOn(kept, kiyose)), 'continuing-use-not-due');
  for (const holder of [kept, forgotten, second, stopped]) await move(holder);
  assert.equal(await world.leave(gone, KIYOSE), 'ok');
  await move(restless);
  assert.equal(await world.leave(restless, KAMAKURA), 'ok');
  assert.equal(await standing(restless), 'void moved-again', 'moved again before it was continued');
  // an undone move-out leaves the card as it was
  assert.equal(await world.leave(back, KIYOSE), 'ok');
  assert.equal(await world.undo(back, KIYOSE), 'ok');

  assert.equal(
    codeOf(await goOn(kept, kiyose)),
    'desk-not-of-residence',
    'the old municipality has nothing to do with it',
  );
  assert.equal(codeOf(await goOn(kept, kamakura, '2026-11-19')), 'notice-day-invalid');
  const change = { cardId: kept.cardId, kind: 'address', changedOn: start } as const;
  assert.equal(codeOf(await addToFace(life, kamakura, change)), 'continuing-use-due');
  const written = await goOn(kept);
  assert.ok(written.ok);
  assert.equal(written.value.lines.join(''), '令和8年11月20日 住所 神奈川県鎌倉市小町一丁目2番3号');
  const chip = written.value.chip;
  assert.ok(chip);
  const read = { cardId: kept.cardId, addition: written.value.addition };
  const other = { ...chip, address: '東京都清瀬市元町一丁目4番5号' };
  assert.equal(codeOf(await confirmChip(life, kamakura, { ...read, chip: other })), 'read-back-differs');
  for (let times = 0; times < 2; times++)
    assert.equal(codeOf(await confirmChip(life, kamakura, { ...read, chip })), 'ok');
  assert.equal(codeOf(await confirmChip(life, kamakura, { ...read, addition: 9, chip })), 'addition-unknown');
  assert.equal(codeOf(await goOn(kept)), 'continuing-use-not-due', 'continued already');
  assert.equal(await standing(kept), 'active continuing-use');

  // 15 days after the move it is too late to tell of it, though the register takes the notice
  assert.equal(await world.leave(late, KIYOSE, start), 'ok');
  passDays(15);
  assert.equal(await world.arrive(late, KAMAKURA, start), 'ok');
  assert.equal(codeOf(await goOn(late)), 'continuing-use-over');
  assert.equal(await world.lapse(), 0, 'the counter, which may have taken the notice earlier, has today');
  passDays(1);
  assert.equal(await world.lapse(), 1);
  assert.equal(await standing(late), 'void move-limit-missed');

  passDays(14); // 30 days after the move-out
  assert.equal(await world.lapse(), 0);
  passDays(1);
  assert.equal(await world.lapse(), 1);
  assert.deepEqual([await standing(gone), await standing(back)], ['void move-limit-missed', 'active']);

  passDays(59); // 90 days after the move-in notice
  assert.equal(await world.lapse(), 0);
  assert.equal(codeOf(await goOn(second, kamakura, start)), 'ok', 'the last good day');
  passDays(1);
  assert.equal(codeOf(await goOn(forgotten, kamakura, start)), 'continuing-use-over');
  assert.equal(await world.lapse(), 2);
  assert.equal(await standing(forgotten), 'void continuing-use-missed');
  assert.equal(await standing(stopped), 'void continuing-use-missed');
  assert.deepEqual(
    [await standing(kept), await standing(second)],
    ['active continuing-use', 'active continuing-use'],
  );
  // continued, it moves again as any card
  assert.equal(await world.leave(kept, KAMAKURA), 'ok');
  passDays(31);
  assert.equal(await world.lapse(), 1);
  assert.equal(await standing(kept), 'void move-limit-missed');
  await assertSoundHistories(world.sql);
});

test('a card that departs from Japan is void from that day, unless it was continued through the domicile by the day before', async (t) => {
  const world = await lifeCountry(t, 5);
  const { life, today, passDays, standing } = world;
  const [abroad, kept, foreigner, tooLate, mind] = world.holders;
  assert.ok(abroad && kept && foreigner && tooLate && mind);
  const departsOn = '2026-11-25';
  const depart = (holder: Holder, more: object = {}) =>
    recordDeparture(life, kiyose, { cardId: holder.cardId, departsOn, isJapanese: true, ...more });
  const keptThrough = { domicile: KAMAKURA };
  assert.deepEqual(await depart(abroad), {
    ok: true,
    value: { cardId: abroad.cardId, lastDay: '2026-11-24' },
  });
  assert.equal(codeOf(await depart(foreigner, { isJapanese: false, keptThrough })), 'foreigner-not-abroad');
  assert.equal(codeOf(await depart(foreigner, { isJapanese: false })), 'ok');
  assert.equal(codeOf(await depart(kept, { keptThrough: { domicile: '999999' } })), 'domicile-unknown');
  assert.equal(codeOf(await depart(tooLate, { departsOn: today(), keptThrough })), 'use-abroad-too-late');
  assert.deepEqual(await depart(kept, { keptThrough }), {
    ok: true,
    value: { cardId: kept.cardId, lastDay: null },
  });
  assert.equal(codeOf(await depart(mind, { departsOn: null })), 'departure-unknown');
  for (const word of [{ keptThrough }, {}, { departsOn: null }])
    assert.equal(codeOf(await depart(mind, word)), 'ok', 'the later word counts');
  passDays(4);
  assert.equal(await world.lapse(), 0);
  assert.equal(codeOf(await depart(tooLate, { keptThrough })), 'ok', 'by the day before');
  passDays(1);
  assert.equal(await world.lapse(), 2);
  assert.deepEqual(
    [await standing(abroad), await standing(foreigner)],
    ['void departed-abroad', 'void departed-abroad'],
  );
  assert.equal(await world.leave(kept, KIYOSE), 'ok');
  passDays(40);
  assert.equal(await world.lapse(), 0, 'who keeps the card abroad has no move-in to declare');
  assert.equal(await standing(kept), 'active use-abroad');
  assert.match(await standing(mind), /^active/, 'who stays keeps the card');
  // from now on the municipality of domicile looks after it
  const end = { cardId: kept.cardId, reason: 'returned' } as const;
  assert.equal(
    codeOf(await endAtCounter(life, kamakura, end)),
    'desk-not-of-residence',
    'no overseas mover yet',
  );
  world.domiciles.set(kept.residentCode, KAMAKURA);
  assert.equal(codeOf(await endAtCounter(life, kiyose, end)), 'desk-not-of-residence');
  assert.equal(codeOf(await endAtCounter(life, kamakura, end)), 'ok');
  assert.equal(await standing(kept), 'void returned');
  await assertSoundHistories(world.sql);
});

test('who has to bring a card until when, until the face says it, the change is undone, or the card is void', async (t) => {
  const world = await lifeCountry(t, 6);
  const { life, country, passDays } = world;
  passDays(5); // to the 25th
  const [within, renamed, undone, ended, mover, late] = world.holders;
  assert.ok(within && renamed && undone && ended && mover && late);
  let requests = 0;
  const record = async (event: CounterEvent): Promise<void> => {
    mustSucceed(
      await recordEvent(country.context, KIYOSE, testAccess, `due-${++requests}`, event),
      event.reason,
    );
    await country.settle();
  };
  const moveWithin = ({ residentCode }: Holder): Promise<void> =>
    record({
      reason: 'move-within',
      residentCode,
      eventDate: '2026-11-21',
      noticedOn: '2026-11-24',
      address: { wardCode: null, postalCode: null, town: '元町一丁目', lot: '9番9号', building: null },
    });
  for (const holder of [within, undone, ended]) await moveWithin(holder);
  const newName = { formerSurname: '石川', formerSurnameKana: 'イシカワ' };
  await record({
    reason: 'former-surname-change',
    residentCode: renamed.residentCode,
    eventDate: '2026-11-25',
    ...newName,
  });
  const dueAt = async (municipality: string, filter: object = {}) =>
    mustSucceed(await listDueAtCounter(country.cards, testAccess, municipality, filter), 'a page');
  const told = async (municipality: string) =>
    (await dueAt(municipality)).due.map(
      ({ residentCode, what, dueOn, isLate, afterwards }) =>
        `${world.holders.findIndex((one) => one.residentCode === residentCode)} ${what} ${dueOn} ${isLate ? 'late' : ''}${afterwards === 'void' ? 'void' : ''}`,
    );
  assert.equal((await told(KIYOSE)).length, 4);
  assert.equal(await world.undo(undone, KIYOSE), 'ok');
  assert.equal(codeOf(await endAtCounter(life, kiyose, { cardId: ended.cardId, reason: 'returned' })), 'ok');
  const both = ['0 address 2026-12-05 ', '1 name 2026-12-09 '];
  assert.deepEqual(await told(KIYOSE), both);
  const first = await dueAt(KIYOSE, { limit: 1 });
  assert.deepEqual([first.due[0]?.noticedOn, first.due[0]?.changedOn], ['2026-11-24', '2026-11-21']);
  const second = await dueAt(KIYOSE, { limit: 1, after: first.next });
  assert.deepEqual([second.due[0]?.residentCode, second.next], [renamed.residentCode, undefined]);
  assert.equal((await dueAt(KIYOSE, { until: '2026-12-05' })).due.length, 1);
  assert.equal((await listDueAtCounter(country.cards, testAccess, KIYOSE, { after: 'x' })).ok, false);

  // Kamakura enters the notice of the 26th nineteen days later
  for (const holder of [mover, late]) assert.equal(await world.leave(holder, KIYOSE, '2026-11-25'), 'ok');
  passDays(20);
  assert.equal(await world.arrive(mover, KAMAKURA, '2026-11-25', '2026-11-26'), 'ok');
  assert.equal(await world.arrive(late, KAMAKURA, '2026-11-25'), 'ok');
  assert.deepEqual(await told(KAMAKURA), [
    '5 continuing-use 2026-12-15 void',
    '4 continuing-use 2027-02-24 void',
  ]);
  assert.deepEqual(await told(KIYOSE), ['0 address 2026-12-05 late', '1 name 2026-12-09 late']);
  const change = { cardId: within.cardId, kind: 'address', changedOn: '2026-11-21' } as const;
  const written = mustSucceed(await addToFace(life, kiyose, change), 'an addition');
  assert.equal(written.isLate, true);
  // who goes on takes along what was not told
  assert.equal(await world.leave(renamed, KIYOSE), 'ok');
  assert.equal(await world.arrive({ ...renamed, ...newName }, KAMAKURA), 'ok');
  assert.deepEqual(await told(KIYOSE), []);
  assert.deepEqual((await told(KAMAKURA)).slice(0, 1), ['1 name 2026-12-09 late']);
  const shown = await world.sql`
    SELECT sum(greatest(octet_length(subjects) / 32, 1))::int AS times FROM ledger.entry WHERE fields @> ARRAY['due-at-counter']`;
  assert.ok(Number(shown[0]?.['times']) >= 15, 'everybody who was shown is on the ledger');
  await assertSoundHistories(world.sql);
});
