/** The number stays with the person when the resident code changes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { type AddressedMessage, openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { RESIDENT_CODE_SUCCEEDED, RESIDENT_RECORDED, recordEvent, residentCodeOf } from '@ishizue/registry';
import { KIYOSE, samplePerson, sealed, testAccess } from '@ishizue/registry/testing';
import {
  type NumberingCountry,
  numberingCountry,
  storedNumbers,
  whileHeld,
} from './testing/numbering-country.ts';

const LINK = `municipal/${KIYOSE}>national:numbering`;
const ELSEWHERE = 'municipal/142042>national:numbering';
const codeAt = (position: number): string => residentCodeOf(String(7_100_000_000 + position));
const [A = '', B = '', C = '', D = ''] = [1, 2, 3, 4].map(codeAt);

const recorded = (link: string, residentCode: string): AddressedMessage => ({
  link,
  subject: residentCode,
  topic: RESIDENT_RECORDED,
  body: { residentCode },
});
const succeeded = (formerCode: string, residentCode: string, link = LINK): AddressedMessage => ({
  link,
  subject: residentCode,
  follows: formerCode,
  topic: RESIDENT_CODE_SUCCEEDED,
  body: { residentCode, formerCode },
});

async function tell({ country }: NumberingCountry, messages: readonly AddressedMessage[]): Promise<void> {
  for (const [link, some] of Map.groupBy(messages, (message) => message.link))
    await inTransaction(country.context.sql, { site: link.slice(0, link.indexOf('>')) }, (tx) =>
      sendAll(tx, some),
    );
  country.wake();
  await country.settle();
}

const ticketCodes = async ({ country }: NumberingCountry): Promise<readonly string[]> =>
  (await openTickets(country.database.pool('link'), 100))
    .filter(({ link }) => link.endsWith(':numbering')) // nobody has a record under the codes of these tests
    .map(({ code }) => code);

test('the number of a newer code is that of the first, however often the code changes and whoever asks', async (t) => {
  const house = await numberingCountry(t);
  await tell(house, [
    recorded(LINK, A),
    succeeded(A, B),
    recorded(LINK, B),
    succeeded(B, C),
    recorded(LINK, D),
  ]);
  await tell(house, [recorded(ELSEWHERE, C), recorded(ELSEWHERE, A), recorded(ELSEWHERE, D)]);
  const numberOf = (code: string): ReadonlySet<string> =>
    new Set(
      house.answers().flatMap((answer) => (answer.residentCode === code ? [answer.individualNumber] : [])),
    );
  const [first] = [...numberOf(A)];
  for (const code of [A, B, C]) assert.deepEqual([...numberOf(code)], [first], code);
  assert.notDeepEqual([...numberOf(D)], [first]);
  assert.equal((await storedNumbers(house.numbering)).length, 2, 'two persons, two numbers');
  assert.deepEqual(await ticketCodes(house), []);
});

test('a code with a number of its own, one that succeeds already, and a malformed change are parked', async (t) => {
  const house = await numberingCountry(t);
  await tell(house, [recorded(LINK, A), recorded(LINK, B), recorded(LINK, C)]);
  const before = await storedNumbers(house.numbering);
  await tell(house, [succeeded(A, B)]);
  await tell(house, [succeeded(A, D)]);
  await tell(house, [succeeded(C, D, ELSEWHERE)]);
  await tell(house, [{ ...succeeded(C, codeAt(9)), body: { residentCode: '00000000001', formerCode: C } }]);
  assert.deepEqual((await ticketCodes(house)).toSorted(), [
    'code-has-number',
    'code-succeeded-already',
    'resident-code-check-digit',
  ]);
  assert.deepEqual(await storedNumbers(house.numbering), before);
});

test('a code that changes while its number is on the way: the record gets the one number', async (t) => {
  const house = await numberingCountry(t);
  const { country, superuser } = house;
  const enter = () =>
    recordEvent(country.context, KIYOSE, testAccess, 'enter-1', {
      reason: 'move-in',
      residentCode: A,
      individualNumber: null,
      eventDate: '2026-11-10',
      details: {
        ...samplePerson,
        name: '石川　遥',
        nameKana: 'イシカワ　ハルカ',
        birthDate: '1980-02-17',
        domicile: null,
        familyRegisterHead: null,
      },
      address: { wardCode: null, postalCode: null, town: '元町一丁目', lot: '4番5号', building: null },
      previousAddress: '大阪府大阪市',
    });
  mustSucceed(await enter(), 'the entry asks for codes too');
  await country.settle();
  await superuser`UPDATE registry.municipal_resident SET individual_number = NULL`;
  const change = () =>
    recordEvent(country.context, KIYOSE, testAccess, 'change-1', {
      reason: 'resident-code-change',
      residentCode: A,
      eventDate: '2026-11-20',
    });
  let residentCode = '';
  await whileHeld(house, `national>municipal/${KIYOSE}:registry`, async () => {
    await inTransaction(country.context.sql, { site: `municipal/${KIYOSE}` }, (tx) =>
      sendAll(tx, [recorded(LINK, A)]),
    );
    country.wake();
    residentCode = mustSucceed(await change(), 'the change').residentCode;
  });
  await country.settle();
  const rows = await superuser<{ code: string; number: string }[]>`
    SELECT resident_code AS code, individual_number AS number FROM registry.municipal_resident`;
  const [number] = (await storedNumbers(house.numbering)).map((line) => line.split(' ')[1]);
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ code: residentCode, number: sealed(number ?? '') }],
  );
  assert.deepEqual(await ticketCodes(house), []);
});
