/** From the counter to the number in the register and up the tiers, over real links: docs/flows/life.md steps 3 and 4. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeSchema, inTransaction } from '@ishizue/db';
import { testDatabase } from '@ishizue/db/testing';
import { linkSchema, openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import {
  type CounterEvent,
  INDIVIDUAL_NUMBER_ASSIGNED,
  type RecordedEvent,
  recordEvent,
  residentCodeOf,
  type SealedNumber,
} from '@ishizue/registry';
import {
  KAMAKURA,
  KIYOSE,
  samplePerson,
  scramble,
  sealed,
  testAccess,
  testNumberCipher,
} from '@ishizue/registry/testing';
import { individualNumberOf } from './individual-number.ts';
import { numberingSchema } from './schema.ts';
import { numberingCountry, whileHeld, wholeFile } from './testing/numbering-country.ts';

const house = await numberingCountry(wholeFile);
const { country, superuser } = house;

let people = 0;
const moveIn = (residentCode = residentCodeOf(String(6_000_000_000 + ++people))): CounterEvent => ({
  reason: 'move-in',
  residentCode,
  individualNumber: null,
  eventDate: '2026-11-10',
  details: {
    ...samplePerson,
    domicile: null,
    familyRegisterHead: null,
  },
  address: { wardCode: null, postalCode: '2040003', town: '中里五丁目', lot: '842番地', building: null },
  previousAddress: '大阪府',
});

let requests = 0;
async function record(event: CounterEvent, municipality = KIYOSE): Promise<RecordedEvent> {
  const recorded = await recordEvent(
    country.context,
    municipality,
    testAccess,
    `request-${++requests}`,
    event,
  );
  return mustSucceed(recorded, event.reason);
}

async function numberOf(residentCode: string): Promise<string> {
  const [eleven = ''] = await scramble([`0${residentCode.slice(0, 10)}`]);
  return individualNumberOf(eleven);
}

/** Number, status and sequence of a person at every site that holds one. */
async function everywhere(residentCode: string): Promise<readonly string[]> {
  const rows = await superuser<
    { site: string; number: SealedNumber | null; status: string; sequence: number }[]
  >`
    SELECT 'municipal ' || municipality_code AS site, individual_number AS number, status, sequence
    FROM registry.municipal_resident WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'prefectural ' || prefecture_code, individual_number, status, sequence
    FROM registry.prefectural_person WHERE resident_code = ${residentCode}
    UNION ALL SELECT 'national', individual_number, status, sequence
    FROM registry.national_person WHERE resident_code = ${residentCode} ORDER BY 1`;
  return rows.map(({ site, number, status, sequence }) => {
    const opened = number === null ? null : testNumberCipher.open(number);
    return `${site}: ${opened} ${status} ${sequence}`;
  });
}

async function ticketsOf(): Promise<readonly string[]> {
  const tickets = await openTickets(country.database.pool('link'), 100);
  return tickets.map(({ link, code }) => `${link} ${code}`);
}

test('the schema is the one that is kept beside its migrations', async (t) => {
  const database = await testDatabase(t, [linkSchema, numberingSchema]);
  const tables = database.superuser();
  t.after(() => tables.end());
  const kept = readFileSync(new URL('schema.txt', numberingSchema.migrations), 'utf8');
  assert.equal(await describeSchema(tables, numberingSchema.schema), kept);
});

test('a new record gets its number, which is then the same at all three sites', async () => {
  const { residentCode } = await record(moveIn());
  await country.settle();
  const number = await numberOf(residentCode);
  assert.deepEqual(await everywhere(residentCode), [
    `municipal 132217: ${number} resident 2`,
    `national: ${number} resident 2`,
    `prefectural 13: ${number} resident 2`,
  ]);
  assert.deepEqual(await ticketsOf(), []);
});

test('of a new record the centre is told the resident code and nothing else', async () => {
  const link = 'municipal/132217>national:numbering';
  await whileHeld(house, link, async () => {
    const { residentCode } = await record(moveIn());
    const messages = await superuser`
      SELECT o.body, o.subject FROM link.outbox o JOIN link.link l ON l.id = o.link_id WHERE l.name = ${link}`;
    assert.deepEqual(
      messages.map(({ body, subject }) => [JSON.parse(body), subject]),
      [[{ residentCode }, residentCode]],
    );
  });
  await country.settle();
});

test('a record that changes before its number comes asks again and is numbered once', async () => {
  let code = '';
  await whileHeld(house, 'national>municipal/132217:registry', async () => {
    const { residentCode } = await record(moveIn());
    code = residentCode;
    const eventDate = '2026-11-20';
    await record({ reason: 'minor-correction', residentCode, eventDate, lot: '842番地1' });
    await record({ reason: 'minor-correction', residentCode, eventDate, lot: '842番地2' });
  });
  await country.settle();
  const [events] = await superuser`
    SELECT count(*) AS count
    FROM registry.municipal_event e JOIN registry.municipal_resident r USING (municipality_code, resident_number)
    WHERE e.reason = 'number-assigned' AND r.resident_code = ${code}`;
  assert.equal(events?.['count'], 1);
  const number = await numberOf(code);
  for (const line of await everywhere(code)) assert.match(line, new RegExp(`: ${number} resident 4$`));
  assert.deepEqual(await ticketsOf(), []);
});

test('a number that comes after the person has left is still written, there and above', async () => {
  let code = '';
  await whileHeld(house, 'national>municipal/132217:registry', async () => {
    code = (await record(moveIn())).residentCode;
    await record({
      reason: 'move-out',
      residentCode: code,
      eventDate: '2026-11-20',
      destination: '海外',
    });
  });
  await country.settle();
  const number = await numberOf(code);
  assert.deepEqual(await everywhere(code), [
    `municipal 132217: ${number} moved-out 3`,
    `national: ${number} moved-out 3`,
    `prefectural 13: ${number} moved-out 3`,
  ]);
  assert.deepEqual(await ticketsOf(), []);
});

test('who moves on before the number comes has the same number at both municipalities', async () => {
  let code = '';
  await whileHeld(house, 'national>municipal/132217:registry', async () => {
    code = (await record(moveIn())).residentCode;
    await record({
      reason: 'move-out',
      residentCode: code,
      eventDate: '2026-11-15',
      destination: '鎌倉市',
    });
    await record({ ...moveIn(code), eventDate: '2026-11-16' }, KAMAKURA);
  });
  await country.settle();
  const number = await numberOf(code);
  assert.deepEqual(await everywhere(code), [
    `municipal 132217: ${number} moved-out 3`,
    `municipal 142042: ${number} resident 2`,
    `national: ${number} resident 2`,
    `prefectural 13: ${number} moved-out 3`,
    `prefectural 14: ${number} resident 2`,
  ]);
  assert.deepEqual(await ticketsOf(), []);
});

test('a municipality parks another number for someone who has one, a number for a stranger, and one from elsewhere', async () => {
  const { residentCode } = await record(moveIn());
  await country.settle();
  const before = await everywhere(residentCode);
  const link = 'national>municipal/132217:registry';
  const stranger = residentCodeOf('6999999999');
  const send = (subject: string, body: object) => ({
    link,
    subject,
    topic: INDIVIDUAL_NUMBER_ASSIGNED,
    body,
  });
  await inTransaction(country.context.sql, { site: 'national' }, (tx) =>
    sendAll(tx, [
      send(residentCode, { residentCode, individualNumber: sealed('123456789018') }),
      send(stranger, { residentCode: stranger, individualNumber: sealed('983205673214') }),
      send('a', { residentCode, individualNumber: '12345678901' }),
      send('b', { residentCode }),
    ]),
  );
  country.wake();
  await country.settle();
  assert.deepEqual(await ticketsOf(), [
    `${link} number-differs`,
    `${link} resident-not-found`,
    `${link} number-body-invalid`,
    `${link} number-body-invalid`,
  ]);
  assert.deepEqual(await everywhere(residentCode), before);
});
