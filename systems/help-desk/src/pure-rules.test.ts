/** What needs no database: the arithmetic of the rate, long numbers, lifecycles, words, rows of a telephone system. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APPLICATION_STATES } from '@ishizue/cards';
import * as fc from 'fast-check';
import { rateOf } from './calls/answer-rate.ts';
import { parseCall } from './calls/import-calls.ts';
import { personIn } from './faq/publish-faq.ts';
import { holdsLongNumber, MASK, maskNumbers } from './mask-numbers.ts';
import { APPLICATION_WORDS } from './pages/application-words.ts';
import { dueOn } from './tickets/deadline-rules.ts';
import {
  nextTicketState,
  TICKET_EVENTS,
  TICKET_STATES,
  type TicketState,
} from './tickets/ticket-lifecycle.ts';

test('a rate is exact: cut off, never rounded up, and met by the counts, not by what is printed', () => {
  assert.deepEqual(rateOf(0, 0, 95), { offered: 0, answered: 0, abandoned: 0, percent: null, isMet: null });
  for (const [offered, answered, percent, isMet] of [
    [20, 19, '95.00', true],
    [100_000, 94_999, '94.99', false],
    [1_109_000, 1_053_549, '94.99', false],
    [1_109_000, 1_053_550, '95.00', true],
    [3, 3, '100.00', true],
    [3, 0, '0.00', false],
    [9_007_199_254_740_991, 9_007_199_254_740_990, '99.99', true],
  ] as const) {
    const rate = rateOf(offered, answered, 95);
    assert.deepEqual([rate.percent, rate.isMet], [percent, isMet], `${answered} of ${offered}`);
  }
  assert.throws(() => rateOf(1, 2, 95));
  const counts = fc
    .nat(2_000_000)
    .chain((offered) => fc.tuple(fc.constant(offered + 1), fc.nat(offered + 1)));
  fc.assert(
    fc.property(counts, ([offered, answered]) => {
      const { percent, isMet, abandoned } = rateOf(offered, answered, 95);
      const hundredths = Number(percent?.replace('.', ''));
      assert.ok(hundredths * offered <= answered * 10_000 && answered * 10_000 < (hundredths + 1) * offered);
      assert.equal(isMet, hundredths >= 9_500);
      assert.equal(abandoned + answered, offered);
    }),
  );
});

test('no number of 11, 12 or 23 digits survives, however it is written; shorter ones do', () => {
  const spellings = ['0123456789', '０１２３４５６７８９', '〇一二三四五六七八九', '٠١٢٣٤٥٦٧٨٩'];
  const between = fc.constantFrom('', '', ' ', '-', '－', 'ー', '　', '\n', '\u200b', ' - ', '・', '.');
  const digits = fc.array(fc.tuple(fc.nat(9), between, fc.constantFrom(...spellings)), {
    minLength: 11,
    maxLength: 23,
  });
  fc.assert(
    fc.property(digits, fc.constantFrom('', '番号は', 'my number is ', 'です'), (written, around) => {
      const number = written.map(([digit, gap, spelling]) => `${Array.from(spelling)[digit]}${gap}`).join('');
      const text = `${around}${number}${around}`;
      assert.ok(holdsLongNumber(text), text);
      const masked = maskNumbers(text);
      assert.ok(!holdsLongNumber(masked) && masked.includes(MASK), masked);
    }),
  );
  for (const kept of ['0120-95-0178', '2026年11月23日 15時21分', '電話は03-1234-5678', '4桁の1234', ''])
    assert.equal(maskNumbers(kept), kept);
  assert.equal(maskNumbers('番号は1234 5678 9012です'), `番号は${MASK}です`);
});

test('an FAQ text of somebody is refused, one of anybody is not', () => {
  for (const [text, code] of [
    ['番号は123456789012です', 'text-holds-a-number'],
    ['申請書ID 12345678901234567890123', 'text-holds-a-number'],
    ['a.person@example.org へ送りました', 'text-holds-a-person'],
    ['髙橋様のカードは停止しました', 'text-holds-a-person'],
    ['高橋花子さんへ', 'text-holds-a-person'],
    ['申請者様は窓口へお越しください。ご本人さん、お客様も。', undefined],
    ['手数料は1,000円、電話は0120-95-0178です。', undefined],
  ] as const)
    assert.equal(personIn(text), code, text);
});

test('a ticket goes forward only: no path leads back, and only a resolved one becomes an FAQ', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...TICKET_EVENTS), { maxLength: 30 }), (events) => {
      let state: TicketState = 'new';
      for (const event of events) {
        const next = nextTicketState(state, event);
        if (!next.ok) continue;
        assert.ok(
          TICKET_STATES.indexOf(next.value) >= TICKET_STATES.indexOf(state),
          `${state} → ${next.value}`,
        );
        if (next.value === 'faq' && state !== 'faq') assert.equal(state, 'resolved');
        if (next.value === 'resolved' && state !== 'resolved') assert.match(state, /^(answered|escalated)$/);
        state = next.value;
      }
    }),
  );
  for (const event of TICKET_EVENTS) assert.equal(nextTicketState('faq', event).ok, false);
});

test('deadlines are business days: over a weekend, holidays and the turn of the year', () => {
  assert.equal(dueOn('new', null, '2026-11-20'), '2026-11-24'); // Friday; Monday is a holiday
  assert.equal(dueOn('classified', 'urgent', '2026-12-28'), '2027-01-04');
  assert.equal(dueOn('escalated', 'normal', '2026-11-24'), '2026-12-08');
  assert.equal(dueOn('resolved', 'urgent', '2026-11-24'), null);
});

test('every state of an application has words in both languages', () => {
  for (const state of APPLICATION_STATES)
    for (const words of Object.values(APPLICATION_WORDS[state]))
      for (const language of ['ja', 'en'] as const) assert.ok(words[language].length > 3, state);
});

test('a row of a telephone system is taken, or refused with its code', () => {
  const now = Date.parse('2026-11-20T01:00:00Z');
  const row = (changes: Readonly<Record<number, string>>): readonly string[] =>
    ['C-1', '2026-11-20T09:00:00+09:00', '12', 'phone', 'ja', 'suspension', 'told', 'o-1'].map(
      (field, index) => changes[index] ?? field,
    );
  const codeOf = (record: readonly string[] | undefined): string => {
    const parsed = parseCall(record, now);
    return parsed.ok ? 'ok' : parsed.failure.code;
  };
  assert.equal(codeOf(row({})), 'ok');
  assert.equal(codeOf(row({ 6: 'abandoned', 7: '' })), 'ok');
  assert.equal(codeOf(row({ 3: 'chatbot', 7: '' })), 'ok');
  for (const [changes, code] of [
    [{ 0: '' }, 'call-id-malformed'],
    [{ 0: 'a b' }, 'call-id-malformed'],
    [{ 1: '2026-11-20 09:00:00' }, 'offered-at-malformed'],
    [{ 1: '2026-11-21T09:00:00+09:00' }, 'offered-at-malformed'],
    [{ 1: '2026-02-30T25:00:00+09:00' }, 'offered-at-malformed'],
    [{ 1: '2014-01-01T00:00:00Z' }, 'offered-at-malformed'],
    [{ 2: '-1' }, 'waited-malformed'],
    [{ 2: '86401' }, 'waited-malformed'],
    [{ 2: '1.5' }, 'waited-malformed'],
    [{ 3: 'fax' }, 'channel-unknown'],
    [{ 4: 'fr' }, 'language-unknown'],
    [{ 5: 'weather' }, 'topic-unknown'],
    [{ 6: 'gone' }, 'outcome-unknown'],
    [{ 6: 'abandoned' }, 'operator-malformed'],
    [{ 7: '' }, 'operator-malformed'],
    [{ 3: 'chatbot' }, 'operator-malformed'],
    [{ 7: 'o 1' }, 'operator-malformed'],
  ] as const)
    assert.equal(codeOf(row(changes)), code, JSON.stringify(changes));
  assert.equal(codeOf(undefined), 'row-malformed');
  assert.equal(codeOf(row({}).slice(1)), 'row-malformed');
});
