import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { registryTopics } from '../receivers.ts';
import { giveCodes, superuserOf } from '../testing/behind-the-scenes.ts';
import { KIYOSE, scramble, sealed, testAccess, testCountry } from '../testing/index.ts';
import { moveInWith } from '../testing/samples.ts';
import { recordEvent } from './record-event.ts';
import { INDIVIDUAL_NUMBER_ASSIGNED } from './record-numbers.ts';

test('answers to a municipality that asked twice are one number, also in one envelope; a contradiction is refused', async (t) => {
  const country = await testCountry(t);
  const { context } = country;
  const sql = superuserOf(t, country.database);
  await giveCodes(country, KIYOSE, 60);
  const recorded = await recordEvent(context, KIYOSE, testAccess, 'request-1', moveInWith());
  const { residentCode } = mustSucceed(recorded, 'move-in');
  const sent: unknown[] = [];
  const deliver = (from: string, numbers: readonly string[]) => {
    const handler = registryTopics(context, scramble)[INDIVIDUAL_NUMBER_ASSIGNED];
    assert.ok(handler);
    const messages = numbers.map((individualNumber, index) => ({
      seq: index + 1,
      previous: 0,
      subject: residentCode,
      topic: INDIVIDUAL_NUMBER_ASSIGNED,
      body: { residentCode, individualNumber: sealed(individualNumber) },
    }));
    const to = `municipal/${KIYOSE}`;
    const link = { link: `${from}>${to}:registry`, from, to, clock: country.clock };
    return inTransaction(context.sql, { site: to }, (tx) =>
      handler(tx, { ...link, send: (more) => void sent.push(...more) }, messages),
    );
  };
  const codes = (failures: Awaited<ReturnType<typeof deliver>>) => failures.map((failure) => failure?.code);

  assert.deepEqual(codes(await deliver('prefectural/13', ['123456789018'])), ['sender-not-centre']);
  assert.equal(sent.length, 0);
  const batch = ['123456789018', '123456789018', '983205673214'];
  assert.deepEqual(codes(await deliver('national', batch)), [undefined, undefined, 'number-differs']);
  assert.deepEqual(codes(await deliver('national', ['123456789018'])), [undefined]);
  assert.equal(sent.length, 1, 'the prefecture is told once');
  const [record] = await sql`
    SELECT individual_number AS number, sequence,
      (SELECT count(*) FROM registry.municipal_event WHERE reason = 'number-assigned') AS events
    FROM registry.municipal_resident`;
  assert.deepEqual({ ...record }, { number: sealed('123456789018'), sequence: 2, events: 1 });
});
