import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction, type Sql } from '@ishizue/db';
import { openTickets, sendAll } from '@ishizue/link';
import { RESIDENT_RECORDED, residentCodeOf } from '@ishizue/registry';
import { scramble, type TestCountry } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { individualNumberOf, parseIndividualNumber } from './individual-number.ts';
import {
  numberingCountry,
  plantNumber,
  storedNumbers,
  untilWaiting,
  whileLocked,
} from './testing/numbering-country.ts';

const KIYOSE_LINK = 'municipal/132217>national:numbering';
const KAMAKURA_LINK = 'municipal/142042>national:numbering';

const codeAt = (position: number): string => residentCodeOf(String(7_000_000_000 + position));

/** What the scramble of the tests makes of a code at an attempt. */
async function numberAt(residentCode: string, attempt = 0): Promise<string> {
  const [eleven = ''] = await scramble([`${attempt}${residentCode.slice(0, 10)}`]);
  return individualNumberOf(eleven);
}

async function ask(country: TestCountry, link: string, bodies: readonly unknown[]): Promise<void> {
  await inTransaction(country.context.sql, { site: link.slice(0, link.indexOf('>')) }, (tx) =>
    sendAll(
      tx,
      bodies.map((body, index) => ({ link, subject: `subject ${index}`, topic: RESIDENT_RECORDED, body })),
    ),
  );
  country.wake();
}

const requestsFor = (codes: readonly string[]) => codes.map((residentCode) => ({ residentCode }));

const stored = storedNumbers;

async function ticketCodes(country: TestCountry, link: string): Promise<readonly string[]> {
  const tickets = await openTickets(country.database.pool('link'), 1000);
  return tickets.filter((ticket) => ticket.link === link).map((ticket) => ticket.code);
}

test('each code gets one number, derived from it, with a right check digit; asked again it is the same', async (t) => {
  const { country, numbering } = await numberingCountry(t);
  const codes = Array.from({ length: 12 }, (_, index) => codeAt(index));
  await ask(country, KIYOSE_LINK, requestsFor(codes));
  await country.settle();
  const expected = await Promise.all(codes.map(async (code) => `${code} ${await numberAt(code)} 0`));
  assert.deepEqual(await stored(numbering), expected);
  for (const line of expected) assert.ok(parseIndividualNumber(line.split(' ')[1] ?? '').ok);
  await ask(country, KIYOSE_LINK, requestsFor(codes));
  await ask(country, KIYOSE_LINK, requestsFor([...codes, ...codes]));
  await country.settle();
  assert.deepEqual(await stored(numbering), expected);
});

test('two municipalities that ask for the same codes at once get the same numbers, and neither waits in a circle', async (t) => {
  const house = await numberingCountry(t);
  const { country, numbering, answers, attempts } = house;
  const codes = Array.from({ length: 20 }, (_, index) => codeAt(index));
  const [middle = '', number] = [codes[10], await numberAt(codeAt(10))];
  // both have found no number and are half way through writing theirs when the one in the middle becomes free
  const lock = (sql: Sql): Promise<unknown> => plantNumber(sql, number, middle, 0);
  await whileLocked(house, lock, async () => {
    await ask(country, KIYOSE_LINK, requestsFor(codes));
    await ask(country, KAMAKURA_LINK, requestsFor(codes.toReversed()));
    await untilWaiting(house, 2);
  });
  await country.settle();
  assert.equal(attempts(), 2, 'a deadlock has made one of them begin again');
  assert.equal((await stored(numbering)).length, 20);
  const told = answers();
  assert.equal(told.length, 40);
  for (const code of codes) {
    const numbers = told.filter((answer) => answer.residentCode === code);
    assert.deepEqual(numbers.map(({ to }) => to).toSorted(), ['municipal/132217', 'municipal/142042']);
    for (const { individualNumber } of numbers) assert.equal(individualNumber, await numberAt(code));
  }
});

test('a wrong code is parked, and the others of its envelope go on', async (t) => {
  const { country, numbering } = await numberingCountry(t);
  const bad: readonly (readonly [code: string, body: unknown])[] = [
    ['resident-code-check-digit', { residentCode: '24727059600' }],
    ['resident-code-malformed', { residentCode: '2472705960' }],
    ['number-request-invalid', { residentCode: 24_727_059_608 }],
    ['number-request-invalid', { residentCode: codeAt(5), name: '髙橋　花子' }], // the code and nothing else
    ['number-request-invalid', {}],
    ['number-request-invalid', null],
  ];
  const good = [codeAt(1), codeAt(2)];
  const [first, second] = requestsFor(good);
  await ask(country, KIYOSE_LINK, [first, ...bad.map(([, body]) => body), second]);
  await country.settle();
  assert.deepEqual(
    await ticketCodes(country, KIYOSE_LINK),
    bad.map(([code]) => code),
  );
  assert.deepEqual(
    (await stored(numbering)).map((line) => line.split(' ')[0]),
    good,
  );
});

test('a number that was ever given is never given to another: the next derivation is', async (t) => {
  const { country, numbering } = await numberingCountry(t);
  const [code, holder] = [codeAt(1), codeAt(2)];
  const occupied = [await numberAt(code, 0), await numberAt(code, 1)];
  for (const [attempt, number] of occupied.entries()) await plantNumber(numbering, number, holder, attempt);
  await ask(country, KIYOSE_LINK, requestsFor([code]));
  await country.settle();
  const expected = `${code} ${await numberAt(code, 2)} 2`;
  assert.ok((await stored(numbering)).includes(expected));
  await ask(country, KIYOSE_LINK, requestsFor([code]));
  await country.settle();
  assert.deepEqual(
    (await stored(numbering)).filter((line) => line.startsWith(code)),
    [expected],
  );
});

test('derivations of all codes and attempts differ', async () => {
  const codes = fc.uniqueArray(fc.nat(9_999_999).map(codeAt), { minLength: 2, maxLength: 50 });
  await fc.assert(
    fc.asyncProperty(codes, async (some) => {
      const numbers = await Promise.all(
        some.flatMap((code) => Array.from({ length: 10 }, (_, attempt) => numberAt(code, attempt))),
      );
      assert.equal(new Set(numbers).size, numbers.length);
    }),
  );
});

test('when the signer is away for a moment nobody is parked, and the numbers come when it is back', async (t) => {
  let failures = 1;
  const { country, numbering } = await numberingCountry(t, {
    permute: (values) => {
      if (failures-- > 0) throw Object.assign(new Error('no signer'), { code: 'ECONNREFUSED' });
      return scramble(values);
    },
  });
  await ask(country, KIYOSE_LINK, requestsFor([codeAt(1), codeAt(2)]));
  await country.settle();
  assert.equal((await stored(numbering)).length, 2);
  assert.deepEqual(await ticketCodes(country, KIYOSE_LINK), []);
});

test('each number is a ledger entry of the national site under the person’s pseudonym, and tells neither code nor number', async (t) => {
  const { country, superuser } = await numberingCountry(t);
  const codes = [codeAt(1), codeAt(2)];
  await ask(country, KIYOSE_LINK, requestsFor(codes));
  await country.settle();
  const entries = await superuser`
    SELECT site, actor, encode(subject, 'hex') AS subject, affair, result, to_jsonb(e)::text AS row
    FROM ledger.entry e WHERE affair = 'numbering' ORDER BY tx, id`;
  assert.deepEqual(
    entries.map(({ site, actor, subject, affair, result }) => ({ site, actor, subject, affair, result })),
    codes.map((code) => ({
      site: 'national',
      actor: 'municipal/132217',
      subject: country.pseudonyms.of('national', code).toString('hex'),
      affair: 'numbering',
      result: 'ok',
    })),
  );
  for (const { row } of entries)
    for (const code of codes) {
      assert.ok(!row.includes(code));
      assert.ok(!row.includes(await numberAt(code)));
    }
});

test('numbering’s own role can neither change nor delete a number, nor reach the registry', async (t) => {
  const { country, numbering } = await numberingCountry(t);
  await ask(country, KIYOSE_LINK, requestsFor([codeAt(1)]));
  await country.settle();
  const before = await stored(numbering);
  assert.equal(before.length, 1);
  for (const statement of [
    `UPDATE numbering.individual_number SET resident_code = '24727059608'`,
    `UPDATE numbering.individual_number SET individual_number = '123456789018'`,
    `UPDATE numbering.individual_number SET individual_number = '123456789018', number_sealed = NULL,
      number_index = NULL, key_version = 0`,
    `UPDATE numbering.individual_number SET number_index = sha256('1'), key_version = 2`,
    `INSERT INTO numbering.individual_number VALUES ('123456789018', '24727059608', 0, now())`,
    'UPDATE numbering.data_key SET version = 9',
    'DELETE FROM numbering.individual_number',
    'TRUNCATE numbering.individual_number',
    'DROP TABLE numbering.individual_number',
    'ALTER TABLE numbering.individual_number DROP COLUMN attempt',
    'SELECT * FROM registry.national_person',
    'SELECT * FROM registry.municipal_resident',
    'SELECT * FROM ledger.entry',
    'SELECT * FROM link.outbox',
  ])
    await assert.rejects(
      numbering.unsafe(statement),
      /permission denied|must be owner|a number is never changed/,
      statement,
    );
  const [number = ''] = before[0]?.split(' ').slice(1) ?? [];
  // the same number again, and one for no code
  await assert.rejects(plantNumber(numbering, number, codeAt(2), 0), /duplicate key/);
  await assert.rejects(plantNumber(numbering, '983205673214', '1', 0), /check constraint/);
  assert.deepEqual(await stored(numbering), before);
});
