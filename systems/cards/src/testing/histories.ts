/**
 * What must hold of the tables at every moment, read past the packages' own code: histories without gaps that only take
 * steps that the lifecycles allow and end in the row's state, never two cards of a person in hand or two on their way, and never
 * two valid ones of an application.
 */
import assert from 'node:assert/strict';
import type { Sql } from '@ishizue/db';
import {
  APPLICATION_EVENTS,
  type ApplicationState,
  nextApplicationState,
} from '../application/application-lifecycle.ts';
import { CARD_EVENTS, type CardState, nextCardState } from '../card/card-lifecycle.ts';

interface History<State> {
  readonly id: string;
  readonly state: State;
  readonly sequence: number;
  readonly path: readonly State[];
  readonly places: readonly number[];
}

export async function assertSoundHistories(sql: Sql): Promise<void> {
  const cards = await sql<History<CardState>[]>`
    SELECT card_id AS id, c.state, c.sequence, array_agg(h.state ORDER BY h.sequence) AS path,
      array_agg(h.sequence ORDER BY h.sequence) AS places
    FROM cards.card c JOIN cards.card_change h USING (card_id) GROUP BY card_id`;
  const applications = await sql<History<ApplicationState>[]>`
    SELECT application_id AS id, a.state, a.sequence, array_agg(h.state ORDER BY h.sequence) AS path,
      array_agg(h.sequence ORDER BY h.sequence) AS places
    FROM cards.application a JOIN cards.application_change h USING (application_id) GROUP BY application_id`;
  for (const card of cards)
    assertPath(card, 'begun', (from, to) =>
      CARD_EVENTS.some((event) => {
        const next = nextCardState(from, event);
        return next.ok && next.value === to;
      }),
    );
  for (const application of applications)
    assertPath(application, 'received', (from, to) =>
      APPLICATION_EVENTS.some((event) => {
        const next = nextApplicationState(from, event);
        return next.ok && next.value === to;
      }),
    );
  const [counts] = await sql<{ cards: number; applications: number; twice: number; stray: number }[]>`
    SELECT (SELECT count(*) FROM cards.card) AS cards, (SELECT count(*) FROM cards.application) AS applications,
      (SELECT count(*) FROM (SELECT 1 FROM cards.card WHERE state <> 'void'
        GROUP BY resident_code, state IN ('active', 'suspended') HAVING count(*) > 1)) + (SELECT count(*) FROM (SELECT 1 FROM cards.card WHERE state <> 'void'
        GROUP BY application_id HAVING count(*) > 1)) AS twice,
      (SELECT count(*) FROM cards.card c JOIN cards.application a USING (application_id)
        WHERE c.state = 'begun' AND a.state <> 'manufacturing' OR c.state = 'made' AND a.state NOT IN ('made', 'shipped', 'arrived', 'set-up', 'notified')
          OR c.state IN ('active', 'suspended') AND a.state <> 'handed-over') AS stray`;
  assert.deepEqual(
    { ...counts },
    { cards: cards.length, applications: applications.length, twice: 0, stray: 0 },
  );
}

function assertPath<State>(
  history: History<State>,
  first: State,
  leads: (from: State, to: State) => boolean,
): void {
  const { path } = history;
  assert.deepEqual(
    history.places,
    path.map((_, index) => index + 1),
    history.id,
  );
  assert.deepEqual([path[0], path.at(-1), path.length], [first, history.state, history.sequence], history.id);
  for (const [index, to] of path.slice(1).entries()) {
    const from = path[index];
    assert.ok(from !== undefined && leads(from, to), `${history.id}: ${String(from)} → ${String(to)}`);
  }
}
