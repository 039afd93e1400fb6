import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { linkSchema } from '@ishizue/link';
import { NATIONAL_SITE } from '@ishizue/registry';
import { numberingSchema } from '../schema.ts';
import { moveRequests } from './note-delivered.ts';

const ROUNDS = 40;
const PERSONS = 120;
/** Envelopes carry different parts of them, and so the database goes through each in another order. */
const RECORDED_EVERY = 7;

test('what a municipality and what the register say of the same persons never wait for each other in a circle', async (t) => {
  const database = await testDatabase(t, [linkSchema, numberingSchema]);
  const sql = database.pool('numbering');
  const now = new Date('2026-11-23T00:00:00Z');
  for (let round = 0; round < ROUNDS; round++) {
    const codes = Array.from({ length: PERSONS }, (_, nth) => String(20_000_000_000 + round * PERSONS + nth));
    await inTransaction(
      sql,
      { site: NATIONAL_SITE },
      (tx) => tx`
      INSERT INTO numbering.number_request
        (municipality_code, request_id, kind, resident_code, state, attempt, asked_at, tried_at)
      SELECT '132217', 'request-' || code, 'first', code, 'made', 0, ${now}::timestamptz, ${now}::timestamptz
      FROM unnest(${codes}::text[]) AS code`,
    );
    const say = (said: readonly string[], state: 'delivered' | 'recorded') =>
      inTransaction(sql, { site: NATIONAL_SITE }, (tx) =>
        moveRequests(
          tx,
          said.map((residentCode) => ({
            municipality: '132217',
            residentCode,
            change: 'number-assigned',
            state,
          })),
          now,
        ),
      );
    const some = codes.filter((_, nth) => nth % RECORDED_EVERY === 0);
    const [, recorded] = await Promise.all([say(codes, 'delivered'), say(some, 'recorded')]);
    assert.equal(recorded.length, some.length);
  }
});
