/** Reservations and permissions against a model: once, for one card and PIN, within a day, in the hours, in any order. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { fail, mustSucceed, ok, type Result } from '@ishizue/outcome';
import * as fc from 'fast-check';
import { cardsCountry } from '../testing/index.ts';
import { pastTheGuard, plantActiveCards } from '../testing/plant-cards.ts';
import { countResets } from './count-resets.ts';
import { permitReset } from './permit-reset.ts';
import type { PinResets } from './pin-resets.ts';
import { reserveReset } from './reserve-reset.ts';
import { isKioskOpen, isResettable } from './reset-rules.ts';

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);
const at = { terminal: 'kiosk-1', correlation: 'test' };
type Kind = 'authentication' | 'signature';

async function open(t: Parameters<typeof cardsCountry>[0]) {
  const country = await cardsCountry(t);
  const codes = await country.settleIn([{ resident_number: '1' }, { resident_number: '2' }]);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const cardIds = await plantActiveCards(sql, codes, { issuedOn: '2026-02-18', expiresOn: '2036-02-17' });
  const resets: PinResets = {
    cards: country.cards,
    // stands in for the citizen PKI: whoever shows the card's id has signed with it
    authenticateHolder: (_access, { certificate, kind = 'authentication' }) => {
      const cardId = Buffer.from(certificate).toString();
      const residentCode = codes[cardIds.indexOf(cardId)];
      return Promise.resolve(
        residentCode === undefined
          ? fail('certificate-unknown', 'nobody’s')
          : ok({ residentCode, cardId, kind, serial: '00800000' }),
      );
    },
    isFaceMatched: (reference) => Promise.resolve(reference === 'matched'),
    unblockKeyOf: (cardId) => Promise.resolve(Buffer.alloc(32, cardId)),
    alwaysOpen: false,
  };
  const shown = (card: number) => ({
    certificate: Buffer.from(cardIds[card] ?? ''),
    challenge: Buffer.alloc(32),
    signature: Buffer.alloc(256),
  });
  const reserve = (card: number, kind: Kind) =>
    reserveReset(resets, at, { kind, signed: shown(card), faceReference: 'matched' });
  const permit = (card: number, kind: Kind, token: string, nonce: Buffer, terminal = 'kiosk-1') =>
    permitReset(resets, { ...at, terminal }, { kind, token, nonce, signed: shown(card) });
  return { country, sql, cardIds, reserve, permit };
}

interface Reserved {
  readonly card: number;
  readonly kind: Kind;
  readonly token: string;
  readonly at: number;
  isReplaced: boolean;
  nonce: Buffer | undefined;
}

const HOUR = 3_600_000;
const kinds = fc.constantFrom<Kind>('authentication', 'signature');
const acts = fc.oneof(
  fc.record({ act: fc.constant('reserve' as const), card: fc.integer({ min: 0, max: 1 }), kind: kinds }),
  fc.record({
    act: fc.constant('permit' as const),
    which: fc.nat({ max: 9 }),
    isOtherCard: fc.constantFrom(false, false, false, true),
    isOtherKind: fc.constantFrom(false, false, false, true),
    isRepeat: fc.boolean(),
  }),
  fc.record({ act: fc.constant('wait' as const), hours: fc.constantFrom(0.01, 1, 7, 12, 24) }),
);

test('whatever happens in whatever order, a token works once, for its card and PIN, within a day and in the hours', async (t) => {
  const { country, sql, reserve, permit } = await open(t);
  await fc.assert(
    fc.asyncProperty(fc.array(acts, { minLength: 4, maxLength: 14 }), async (history) => {
      await sql`TRUNCATE cards.pin_reset`;
      const reserved: Reserved[] = [];
      for (const each of history) {
        const now = country.clock.now();
        if (each.act === 'wait') country.clock.advance(each.hours * HOUR);
        else if (each.act === 'reserve') {
          const { token } = mustSucceed(await reserve(each.card, each.kind), 'reserving');
          for (const one of reserved)
            if (one.card === each.card && one.kind === each.kind && !one.nonce) one.isReplaced = true;
          reserved.push({ ...each, token, at: now, isReplaced: false, nonce: undefined });
        } else {
          const one = reserved[each.which % Math.max(reserved.length, 1)];
          if (!one) continue;
          const card = each.isOtherCard ? 1 - one.card : one.card;
          const kind = each.isOtherKind
            ? one.kind === 'signature'
              ? 'authentication'
              : 'signature'
            : one.kind;
          const nonce = each.isRepeat && one.nonce ? one.nonce : randomBytes(16);
          const expected = expectedOf(one, { isTheirs: card === one.card && kind === one.kind, nonce, now });
          assert.equal(codeOf(await permit(card, kind, one.token, nonce)), expected);
          if (expected === 'ok') one.nonce = nonce;
        }
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

function expectedOf(
  one: Reserved,
  asked: { readonly isTheirs: boolean; readonly nonce: Buffer; readonly now: number },
): string {
  const hour = (asked.now / HOUR + 9) % 24;
  if (hour < 6.5 || hour >= 23) return 'outside-hours';
  if (!asked.isTheirs) return 'token-unknown';
  if (asked.now >= one.at + 24 * HOUR) return 'token-expired';
  if (one.isReplaced) return 'token-used';
  return one.nonce === undefined || one.nonce.equals(asked.nonce) ? 'ok' : 'token-used';
}

test('of many kiosks at once one gets the permission, of many phones one reservation stands; uses are counted', async (t) => {
  const { country, sql, cardIds, reserve, permit } = await open(t);
  const reservations = await Promise.all([1, 2, 3, 4].map(() => reserve(0, 'signature')));
  const tokens = reservations.map((each) => mustSucceed(each, 'reserving').token);
  const outcomes = await Promise.all(
    [...tokens, ...tokens].map(async (token, index) =>
      codeOf(await permit(0, 'signature', token, randomBytes(16), `kiosk-${index}`)),
    ),
  );
  assert.deepEqual(outcomes.toSorted(), ['ok', ...Array.from({ length: 7 }, () => 'token-used')]);
  assert.deepEqual(await countResets(country.cards, '2026-11-20', '2026-11-20'), [
    { day: '2026-11-20', kind: 'signature', count: 1 },
  ]);
  assert.deepEqual(await countResets(country.cards, '2026-11-21', '2026-11-22'), []);
  await assert.rejects(
    async () => await country.cards.sql`UPDATE cards.pin_reset SET nonce = ${randomBytes(16)}`,
    /used once/,
  );
  await pastTheGuard(
    sql,
    (tx) => tx`UPDATE cards.card SET state = 'suspended' WHERE card_id = ${cardIds[1] ?? ''}`,
  );
  assert.equal(codeOf(await reserve(1, 'signature')), 'card-state-refused');
  const [entry] = await sql<{ results: string[] }[]>`
    SELECT array_agg(DISTINCT result ORDER BY result) AS results FROM ledger.entry WHERE affair = 'pin-reset'`;
  assert.deepEqual(entry?.results, ['card-state-refused', 'ok', 'token-used']);
});

test('kiosks are open from 6:30 to 23:00 in Tokyo, and reset the second PIN later than the first', () => {
  const tokyo = (time: string): number => Date.parse(`2026-11-20T${time}+09:00`);
  assert.deepEqual(
    ['06:29:59', '06:30:00', '22:59:59', '23:00:00', '00:00:00'].map((time) => isKioskOpen(tokyo(time))),
    [false, true, true, false, false],
  );
  const days = ['2022-02-28', '2022-03-01', '2024-09-19', '2024-09-20'];
  const first = (kind: Kind) => days.map((day) => isResettable(kind, Date.parse(`${day}T03:00:00Z`)));
  assert.deepEqual(first('signature'), [false, true, true, true]);
  assert.deepEqual(first('authentication'), [false, false, false, true]);
});
