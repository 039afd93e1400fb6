import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { everything } from '../testing/behind-the-scenes.ts';
import { sealed, testAccess } from '../testing/index.ts';
import { findAgencyKey, registerAgency, setAgencyStatus } from './agencies.ts';
import { provideIn } from './provide.ts';
import { ProvisionDesk } from './provision-desk.ts';
import {
  BANKS,
  codeOf,
  numberOf,
  PENSION,
  provisionEntries,
  provisioning,
  queryWith,
} from './provision-for-tests.ts';
import { provisionRequest } from './provision-request.ts';

test('the items asked for are given and no others, and the ledger says to whom and why', async (t) => {
  const { country, sql } = await provisioning(t, 3);
  const desk = new ProvisionDesk(country.context);
  const byCode = await desk.ask({
    agency: BANKS,
    request: queryWith({ row: '1-2', affair: 'annex-1-1-2', items: ['name', 'address'] }),
  });
  assert.deepEqual(mustSucceed(byCode, 'by code'), {
    name: `清瀬 "${numberOf(0)}"`,
    formerSurname: null,
    alias: null,
    municipality: '132217',
    address: '東京都清瀬市中里, 1',
  });
  const byNumber = await desk.ask({
    agency: PENSION,
    request: queryWith({ person: { individualNumber: numberOf(1) }, items: ['individual-number'] }),
  });
  assert.deepEqual(mustSucceed(byNumber, 'by number'), { individualNumber: numberOf(1) });
  const subjectOf = (nth: number): string => country.pseudonyms.of('national', codeOf(nth)).toString('hex');
  assert.deepEqual(await provisionEntries(sql), [
    {
      actor: BANKS,
      article: '住民基本台帳法 第30条の9 別表第一の一の二の項',
      affair: 'annex-1-1-2',
      result: 'ok',
      fields: ['name', 'address'],
      correlation: 'case-1',
      subject: subjectOf(0),
    },
    {
      actor: PENSION,
      article: '住民基本台帳法 第30条の9 別表第一の七十七の項',
      affair: 'annex-1-77',
      result: 'ok',
      fields: ['individual-number'],
      correlation: 'case-1',
      subject: subjectOf(1),
    },
  ]);
});

test('what no row allows is refused with a code, and each refusal is on the ledger', async (t) => {
  const { country, sql } = await provisioning(t, 2);
  const banks = { row: '1-2', affair: 'annex-1-1-2' };
  const refused = [
    [BANKS, queryWith(), 'provision-not-permitted'],
    [BANKS, queryWith({ ...banks, affair: 'annex-1-77' }), 'provision-not-permitted'],
    [BANKS, queryWith({ ...banks, items: ['name', 'individual-number'] }), 'provision-not-permitted'],
    [BANKS, queryWith({ ...banks, person: { individualNumber: numberOf(0) } }), 'provision-not-permitted'],
    [PENSION, queryWith({ row: '4', affair: 'annex-1-4' }), 'provision-not-permitted'],
    [PENSION, queryWith({ person: { residentCode: codeOf(9) } }), 'person-unknown'],
    [PENSION, queryWith({ person: { individualNumber: numberOf(9) } }), 'person-unknown'],
    ['agency/nobody', queryWith(), 'agency-unknown'],
    ['municipal/132217', queryWith(), 'agency-unknown'],
  ] as const;
  const answers = await inTransaction(country.context.sql, { site: 'national' }, (tx) =>
    provideIn(
      tx,
      country.context,
      refused.map(([agency, request]) => ({ agency, request })),
    ),
  );
  assert.deepEqual(
    answers.map((answer) => (answer.ok ? 'given' : answer.failure.code)),
    refused.map(([, , code]) => code),
  );
  const entries = await provisionEntries(sql);
  assert.deepEqual(
    entries.map(({ actor, result }) => [actor, result]),
    refused.map(([agency, , code]) => [agency, code]),
  );
  // a number that was not to be looked up names nobody
  assert.equal(entries[3]?.subject, null);
  assert.equal(entries[4]?.affair, 'annex-1-unknown');
});

test('a suspended agency is refused by name from the next query on, and asks again when restored', async (t) => {
  const { country, sql } = await provisioning(t, 1);
  const desk = new ProvisionDesk(country.context);
  const ask = async () => {
    const answer = await desk.ask({ agency: PENSION, request: queryWith() });
    return answer.ok ? 'given' : answer.failure.code;
  };
  assert.equal(await ask(), 'given');
  mustSucceed(await setAgencyStatus(country.context, testAccess, PENSION, 'suspended'), 'suspended');
  assert.equal(await ask(), 'agency-suspended');
  assert.equal((await findAgencyKey(country.context, 'key-0'))?.site, PENSION);
  mustSucceed(await setAgencyStatus(country.context, testAccess, PENSION, 'active'), 'restored');
  assert.equal(await ask(), 'given');
  const acts = await sql<{ affair: string; result: string }[]>`
    SELECT affair, result FROM ledger.entry WHERE actor = 'o-test' ORDER BY tx, id`;
  assert.deepEqual(
    acts.map(({ affair, result }) => `${affair} ${result}`),
    ['register-agency ok', 'register-agency ok', 'suspend-agency ok', 'restore-agency ok'],
  );
});

test('an agency under a row that is none, with a known name or key, or without form is refused', async (t) => {
  const { country, sql } = await provisioning(t, 0);
  const agencies = async () => (await everything(sql))['registry.national_agency'];
  const before = await agencies();
  const sound = {
    agency: 'agency/new',
    name: '新',
    rows: ['77'],
    keyId: 'key-9',
    publicKey: Buffer.alloc(32),
  };
  const codes: string[] = [];
  for (const changes of [
    { rows: ['4'] },
    { rows: [] },
    { agency: PENSION },
    { keyId: 'key-0' },
    { agency: 'municipal/132217' },
    { agency: 'agency/1234567890' },
    { publicKey: Buffer.alloc(31) },
  ]) {
    const result = await registerAgency(country.context, testAccess, { ...sound, ...changes });
    codes.push(result.ok ? 'ok' : result.failure.code);
  }
  assert.deepEqual(codes, [
    'annex-row-unknown',
    'annex-row-unknown',
    'agency-known',
    'agency-known',
    'agency-invalid',
    'agency-invalid',
    'agency-invalid',
  ]);
  assert.deepEqual(await agencies(), before);
});

test('many queries at once share commits, each with its own answer and its own entry', async (t) => {
  const { country, sql } = await provisioning(t, 50);
  const desk = new ProvisionDesk(country.context);
  const count = 600;
  const answers = await Promise.all(
    Array.from({ length: count }, (_, nth) =>
      desk.ask({
        agency: PENSION,
        request: queryWith({ person: { residentCode: codeOf(nth % 60) }, caseNumber: `c-${nth}` }),
      }),
    ),
  );
  for (const [nth, answer] of answers.entries())
    if (nth % 60 < 50) assert.equal(mustSucceed(answer, `${nth}`).name, `清瀬 "${numberOf(nth % 60)}"`);
    else assert.equal(answer.ok, false);
  const entries = await provisionEntries(sql);
  assert.deepEqual(
    entries.map(({ correlation }) => correlation).toSorted(),
    Array.from({ length: count }, (_, nth) => `c-${nth}`).toSorted(),
  );
  const [row] = await sql<{ count: number }[]>`
    SELECT count(DISTINCT tx) AS count FROM ledger.entry WHERE affair = 'annex-1-77'`;
  assert.ok((row?.count ?? 0) < count / 10, `${row?.count} commits`);
});

test('where the transaction fails nothing was given, and more than may wait is refused at once', async (t) => {
  const { country, sql } = await provisioning(t, 1);
  const desk = new ProvisionDesk(country.context);
  await sql`REVOKE INSERT ON ledger.entry FROM ishizue_system`;
  await sql`REVOKE INSERT (site, at, actor_kind, actor, terminal, article, affair, subject, fields, result, correlation)
    ON ledger.entry FROM ishizue_system`;
  await assert.rejects(desk.ask({ agency: PENSION, request: queryWith() }), /permission denied/);
  const asked = Array.from({ length: 5_001 }, () => desk.ask({ agency: PENSION, request: queryWith() }));
  const settled = await Promise.allSettled(asked);
  const last = settled.at(-1);
  assert.deepEqual(
    last?.status === 'fulfilled' && !last.value.ok && last.value.failure.code,
    'provision-overloaded',
  );
  assert.equal(settled.filter(({ status }) => status === 'rejected').length, 5_000);
});

test('hostile requests are refused at the door', () => {
  const sound = queryWith();
  assert.ok(provisionRequest.safeParse(sound).success);
  for (const changes of [
    { caseNumber: '1234567890' },
    { caseNumber: '' },
    { row: "77' OR true" },
    { items: [] },
    { items: ['resident-code'] },
    { person: { residentCode: codeOf(0), individualNumber: numberOf(0) } },
    { person: { residentCode: '123' } },
    { more: true },
  ])
    assert.equal(
      provisionRequest.safeParse({ ...sound, ...changes }).success,
      false,
      JSON.stringify(changes),
    );
});

test('a number that was changed answers `number-retired` and nothing of the person, also while a row still says it; one of the dead answers', async (t) => {
  const { country, sql } = await provisioning(t, 3);
  const desk = new ProvisionDesk(country.context);
  const ask = async (individualNumber: string) => {
    const request = queryWith({ person: { individualNumber }, items: ['name', 'change'] });
    const answer = await desk.ask({ agency: PENSION, request });
    return answer.ok ? String(answer.value.status) : answer.failure.code;
  };
  // the first is held under a new number, the second still under the old one, the third died
  await sql`INSERT INTO registry.national_retired_number VALUES (${sealed(numberOf(0))}, now()), (${sealed(numberOf(1))}, now())`;
  await sql`UPDATE registry.national_person SET individual_number = ${sealed(numberOf(9))} WHERE resident_code = ${codeOf(0)}`;
  await sql`UPDATE registry.national_person SET status = 'deceased', retained_until = '2176-01-01' WHERE resident_code = ${codeOf(2)}`;
  const asked = [0, 1, 2, 5, 9].map(numberOf);
  const expected = ['number-retired', 'number-retired', 'deceased', 'person-unknown', 'resident'];
  assert.deepEqual(await Promise.all(asked.map(ask)), expected);
  const entries = await provisionEntries(sql);
  assert.deepEqual(entries.map(({ result, subject }) => `${result} ${subject === null}`).toSorted(), [
    'number-retired true',
    'number-retired true',
    'ok false',
    'ok false',
    'person-unknown true',
  ]);
});
