/**
 * Somebody who renews a card, for the property of the exchange: what may happen to them, played in pairs at once with a watcher beside
 * that counts their cards in hand, and what their histories say of it afterwards.
 */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { inTransaction, type Sql } from '@ishizue/db';
import { NATIONAL_SITE } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import { applyForCard } from '../application/apply-for-card.ts';
import { endAllOf } from '../card/end-cards.ts';
import { resumeCard, suspendCard, voidCard } from '../card/void-card.ts';
import { lapseCards } from '../continuing-use/lapse-cards.ts';
import { completeHandOver } from '../hand-over/complete-hand-over.ts';
import { deliverInHouse } from '../hand-over/in-one-house.ts';
import type { OpenedHandOver } from '../hand-over/open-hand-over.ts';
import { makeCard } from '../making/make-card.ts';
import { loseCard } from '../shipment/lose-card.ts';
import { countryOf, open, proofBy } from './counter.ts';
import type { CardsCountry } from './index.ts';
import { plantActiveCards } from './plant-cards.ts';

/** A card that is planted ends so many days later: in the window. */
const SOON_DAYS = 60;

export const dayAfter = (country: CardsCountry, days: number): string =>
  new Date(country.clock.now() + days * 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 10);

export interface Renewing {
  readonly residentCode: string;
  /** Their card, planted: its certificates are of no authority. */
  readonly old: string;
}

export interface RenewingCountry {
  readonly country: CardsCountry;
  /** A superuser. */
  readonly sql: Sql;
  /** The next person, without a card. */
  readonly nextCode: () => string;
  /** The next person, with a card that ends soon. */
  readonly next: () => Promise<Renewing>;
  /** State and last reason of a card. */
  readonly standing: (cardId: string) => Promise<string>;
}

export async function withOldCards(t: TestContext, persons: number): Promise<RenewingCountry> {
  const { country, codes } = await countryOf(t, persons);
  const sql = country.database.superuser();
  t.after(() => sql.end());
  let taken = 0;
  const nextCode = () => codes[taken++] ?? '';
  const next = async (): Promise<Renewing> => {
    const residentCode = nextCode();
    const days = { issuedOn: '2017-01-10', expiresOn: dayAfter(country, SOON_DAYS) };
    const [old = ''] = await plantActiveCards(sql, [residentCode], days, taken);
    return { residentCode, old };
  };
  const standing = async (cardId: string): Promise<string> => {
    const [row] = await sql<{ standing: string }[]>`
      SELECT concat_ws(' ', c.state, h.reason) AS standing FROM cards.card c JOIN cards.card_change h USING (card_id, sequence)
      WHERE card_id = ${cardId}`;
    return row?.standing ?? 'none';
  };
  return { country, sql, nextCode, next, standing };
}

export const EXCHANGE_ACTS = [
  'apply',
  'make',
  'deliver',
  'open',
  'open-saying-lost',
  'complete',
  'suspend-old',
  'resume-old',
  'lose-old',
  'lose-new',
  'void-new',
  'another-number',
  'expire',
] as const;

/** Done at one of two counters. */
export interface ExchangeAct {
  readonly do: (typeof EXCHANGE_ACTS)[number];
  readonly counter: 0 | 1;
}

/** Those after which somebody may have no card in hand. */
const ENDING: readonly string[] = ['lose-old', 'void-new', 'another-number', 'expire'];

/** Plays pairs of acts at once, and watches beside them how many cards the person has in hand. */
export async function playExchange(
  country: CardsCountry,
  person: Renewing,
  pairs: readonly (readonly [ExchangeAct, ExchangeAct])[],
): Promise<void> {
  const perform = performing(country, person);
  for (const pair of pairs) {
    country.clock.advance(1_000);
    const had = await inHand(country, person);
    const acting = new AbortController();
    const watched = (async () => {
      const seen = [had];
      do seen.push(await inHand(country, person));
      while (!acting.signal.aborted && pair.some((each) => each.do === 'complete'));
      return seen;
    })();
    const done = await Promise.allSettled(pair.map(perform));
    acting.abort();
    const seen = await watched;
    for (const each of done) if (each.status === 'rejected') throw each.reason;
    assert.ok(Math.max(...seen) <= 1, 'two cards in hand');
    if (had === 1 && !pair.some((each) => ENDING.includes(each.do)))
      assert.equal(Math.min(...seen), 1, 'none in hand between the old and the new');
  }
}

async function inHand({ cards }: CardsCountry, { residentCode }: Renewing): Promise<number> {
  const rows = await cards.sql`
    SELECT FROM cards.card WHERE resident_code = ${residentCode} AND state IN ('active', 'suspended')`;
  return rows.length;
}

interface NewCard {
  readonly applicationId: string;
  readonly cardId: string;
  readonly state: string;
}

/** The card that is on its way, else whichever came last. */
async function findNew({ cards }: CardsCountry, { residentCode, old }: Renewing): Promise<NewCard> {
  const [row] = await cards.sql<NewCard[]>`
    SELECT application_id AS "applicationId", coalesce(card_id, repeat('0', 16)) AS "cardId", coalesce(c.state, '') AS state
    FROM cards.application a LEFT JOIN cards.card c USING (application_id)
    WHERE a.resident_code = ${residentCode} AND coalesce(card_id, '') <> ${old}
    ORDER BY a.state IN ('refused', 'undelivered'), c.state = 'void' LIMIT 1`;
  return row ?? { applicationId: '0', cardId: '0'.repeat(16), state: '' };
}

function performing(country: CardsCountry, person: Renewing): (act: ExchangeAct) => Promise<unknown> {
  const { cards, workshop } = country;
  const { residentCode, old } = person;
  const screens: (OpenedHandOver | undefined)[] = [];
  let requests = 0;
  const opening = async (card: NewCard, counter: 0 | 1, oldCard: 'returned' | 'lost') => {
    const opened = await open(country, card, { oldCard });
    if (opened.ok) screens[counter] = opened.value;
  };
  const completing = async ({ cardId }: NewCard, counter: 0 | 1) => {
    const screen = screens[counter];
    if (!screen || !workshop.cards.get(cardId)?.certificates.length) return;
    await completeHandOver(cards, testAccess, await proofBy(country, cardId, screen));
  };
  const isOnItsWay = ({ state }: NewCard) => state === 'begun' || state === 'made';
  type Acts = Record<ExchangeAct['do'], (card: NewCard, counter: 0 | 1) => unknown>;
  const acts: Acts = {
    apply: () => applyForCard(cards, testAccess, { requestId: `${old}-${++requests}`, residentCode }),
    make: ({ applicationId }) => makeCard(cards, testAccess, applicationId, workshop),
    deliver: ({ cardId }) => deliverInHouse(cards, testAccess, cardId),
    open: (card, counter) => opening(card, counter, 'returned'),
    'open-saying-lost': (card, counter) => opening(card, counter, 'lost'),
    complete: completing,
    'suspend-old': () => suspendCard(cards, testAccess, old),
    'resume-old': () => resumeCard(cards, testAccess, old),
    'lose-old': () => voidCard(cards, testAccess, old, 'lost'),
    'lose-new': ({ cardId }) => loseCard(cards, testAccess, cardId),
    'void-new': (card) => isOnItsWay(card) && voidCard(cards, testAccess, card.cardId, 'data-changed'),
    // as the registry's notice does
    'another-number': () =>
      inTransaction(cards.sql, { site: NATIONAL_SITE }, (tx) =>
        endAllOf(tx, new Map([[residentCode, 'number-changed']]), country.clock.now()),
      ),
    expire: () => {
      country.clock.advance((SOON_DAYS + 1) * 86_400_000);
      return lapseCards(cards, { ...testAccess, actorKind: 'system' });
    },
  };
  return async (act) => acts[act.do](await findNew(country, person), act.counter);
}

/** Reads what the person had in hand, from when to when, and why it ended. Answers how the old card ended. */
export async function checkExchange({ cards }: CardsCountry, person: Renewing): Promise<string> {
  const { residentCode, old } = person;
  const spans = await cards.sql<{ cardId: string; from: Date; to: Date | null; why: string | null }[]>`
    SELECT card_id AS "cardId", min(changed_at) FILTER (WHERE h.state = 'active') AS from,
      min(changed_at) FILTER (WHERE h.state = 'void') AS to, min(reason) FILTER (WHERE h.state = 'void') AS why
    FROM cards.card JOIN cards.card_change h USING (card_id) WHERE resident_code = ${residentCode}
    GROUP BY card_id HAVING bool_or(h.state = 'active') ORDER BY 2`;
  for (const [index, span] of spans.entries()) {
    const later = spans[index + 1];
    if (later) assert.ok(span.to && span.to <= later.from, 'two cards in hand');
    if (span.why === 'superseded') assert.deepEqual(span.to, later?.from, 'superseded in the act itself');
  }
  const [first] = spans;
  assert.equal(first?.cardId, old);
  const why = first?.why ?? 'in use';
  const known = ['in use', 'superseded', 'lost', 'number-changed', 'expired'];
  assert.ok(known.includes(why), `nobody ended the old card as ${why}`);
  const [row] = await cards.sql<{ n: number }[]>`
    SELECT count(*)::int AS n FROM cards.hand_over JOIN cards.card USING (card_id)
    WHERE resident_code = ${residentCode} AND hand_over.state = 'completed'`;
  assert.equal(row?.n, spans.length - 1, 'each new card in hand by a hand-over of its own');
  return why;
}
