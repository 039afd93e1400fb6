import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDENTITY_CHANGED, type IdentityChanged } from '../identity/identity-changed.ts';
import { sendRaw, wholeFile } from '../testing/behind-the-scenes.ts';
import { anotherCode, noticeWith } from '../testing/samples.ts';
import { sealed } from '../testing/test-number-cipher.ts';
import { BANKS, PENSION, provisionEntries, provisioning } from './provision-for-tests.ts';
import { type AgencySearch, SearchDesk } from './search-desk.ts';
import { type SearchRequest, searchRequest } from './search-request.ts';

const LINK = 'prefectural/13>national:registry';
const NUMBER = '123456789018';

const { country, sql } = await provisioning(wholeFile, 0);
const desk = new SearchDesk(country.context);

async function enter(changes: Partial<IdentityChanged>): Promise<string> {
  const body = noticeWith({ residentCode: anotherCode(), ...changes });
  await sendRaw(country, [{ link: LINK, subject: body.residentCode, topic: IDENTITY_CHANGED, body }]);
  return body.residentCode;
}

let days = 0;
/** A birth date that no other test of the file has. */
const anotherDay = (): string => new Date(Date.UTC(1960, 0, 1 + days++)).toISOString().slice(0, 10);

const searchOf = (
  birthDate: string,
  changes: Partial<SearchRequest> = {},
  agency = PENSION,
): AgencySearch => ({
  agency,
  request: {
    row: '77',
    affair: 'annex-1-77',
    items: ['individual-number', 'sex'],
    caseNumber: 'case-1',
    search: 'strict',
    person: { name: '高橋花子', birthDate, sex: 2, address: '東京都清瀬市中里5-842中里荘203' },
    ...changes,
  },
});
const OF_BANKS = { row: '1-2', affair: 'annex-1-1-2', items: ['address'] } satisfies Partial<SearchRequest>;

/** The entries that were written since, as lines. */
async function written(since: number): Promise<readonly string[]> {
  return (await provisionEntries(sql))
    .slice(since)
    .map(({ actor, affair, subject, fields, result }) =>
      [actor, affair, subject ?? 'nobody', fields.join(' '), result].join(' '),
    );
}

const pseudonymOf = (code: string): string => country.pseudonyms.of('national', code).toString('hex');
const FOUR = 'searched-by-name searched-by-birth-date searched-by-sex searched-by-address';

test('an agency whose row has numbers gets the number of the one person, and the entry says by which keys', async () => {
  const birthDate = anotherDay();
  const code = await enter({ birthDate, individualNumber: sealed(NUMBER) });
  const since = (await provisionEntries(sql)).length;
  assert.deepEqual(await desk.ask(searchOf(birthDate)), {
    ok: true,
    value: { person: { individualNumber: NUMBER, sex: 2 }, leniences: [] },
  });
  assert.deepEqual(await written(since), [
    `${PENSION} annex-1-77 ${pseudonymOf(code)} ${FOUR} individual-number sex ok`,
  ]);
});

test('searches that come together are answered each by itself, each with its entry and nobody else’s person', async () => {
  const days200 = Array.from({ length: 200 }, anotherDay);
  const codes = await Promise.all(days200.slice(0, 20).map((birthDate) => enter({ birthDate })));
  const since = (await provisionEntries(sql)).length;
  const answers = await Promise.all(
    days200.map((birthDate, nth) =>
      desk.ask(searchOf(birthDate, { items: ['birth-date'], caseNumber: `case-${nth}` })),
    ),
  );
  for (const [nth, answer] of answers.entries())
    assert.equal(
      answer.ok ? answer.value.person.birthDate : answer.failure.code,
      nth < 20 ? days200[nth] : 'no-match',
    );
  const entries = (await provisionEntries(sql)).slice(since);
  assert.equal(entries.length, 200);
  for (const { correlation, subject, result } of entries) {
    const nth = Number(correlation.slice('case-'.length));
    assert.equal(result, nth < 20 ? 'ok' : 'no-match');
    assert.equal(subject, nth < 20 ? pseudonymOf(codes[nth] ?? '') : null);
  }
});

test('what the row does not allow is refused before anybody is looked for, and the refusal is on the ledger', async () => {
  const birthDate = anotherDay();
  await enter({ birthDate, individualNumber: sealed(NUMBER) });
  const refused: readonly (readonly [AgencySearch, string])[] = [
    // no number under a row without numbers, by whatever search
    [searchOf(birthDate, { ...OF_BANKS, items: ['individual-number'] }, BANKS), 'provision-not-permitted'],
    [
      searchOf(
        birthDate,
        { ...OF_BANKS, items: ['individual-number'], search: 'name-and-birth-date' },
        BANKS,
      ),
      'provision-not-permitted',
    ],
    // no weak search under a row with numbers, whatever is asked for
    [searchOf(birthDate, { search: 'name-and-birth-date', items: ['sex'] }), 'provision-not-permitted'],
    [searchOf(birthDate, { ...OF_BANKS }), 'provision-not-permitted'],
    [searchOf(birthDate, {}, 'agency/nobody'), 'agency-unknown'],
    [searchOf(birthDate, { affair: 'annex-1-74' }), 'provision-not-permitted'],
    [searchOf(birthDate, { person: { name: '高橋花子', birthDate } }), 'search-keys-insufficient'],
  ];
  for (const [search, code] of refused) {
    const since = (await provisionEntries(sql)).length;
    const answer = await desk.ask(search);
    assert.equal(answer.ok ? 'ok' : answer.failure.code, code);
    const [entry = '', ...more] = await written(since);
    assert.deepEqual(more, []);
    assert.match(entry, new RegExp(`^${search.agency} \\S+ nobody .*${code}$`));
  }
});

test('a weaker search shows one person as far as asked, or nobody where there are two', async () => {
  const birthDate = anotherDay();
  const code = await enter({ birthDate });
  const weak = searchOf(
    birthDate,
    { ...OF_BANKS, search: 'name-and-birth-date', person: { name: '髙橋花子', birthDate } },
    BANKS,
  );
  const since = (await provisionEntries(sql)).length;
  const found = await desk.ask(weak);
  assert.deepEqual(found.ok && Object.keys(found.value.person), ['address']);
  await enter({ birthDate, sex: 1 });
  const two = await desk.ask(weak);
  assert.equal(two.ok ? 'ok' : two.failure.code, 'too-many-persons');
  assert.deepEqual(await written(since), [
    `${BANKS} annex-1-1-2 ${pseudonymOf(code)} searched-by-name searched-by-birth-date address ok`,
    `${BANKS} annex-1-1-2 nobody searched-by-name searched-by-birth-date too-many-persons`,
  ]);
});

test('a request that asks for the resident code, the last change, or with a number in its case is no request', () => {
  const { request } = searchOf('1990-05-06');
  assert.equal(searchRequest.safeParse(request).success, true);
  for (const wrong of [
    { items: ['resident-code'] },
    { items: ['change'] },
    { items: [] },
    { caseNumber: NUMBER },
    { search: 'anything' },
    { person: { residentCode: '12345678901' } },
    { extra: 1 },
  ])
    assert.equal(searchRequest.safeParse({ ...request, ...wrong }).success, false, JSON.stringify(wrong));
});
