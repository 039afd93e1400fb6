/** Notices of expiry from the certificates to the letters that came back, on the citizen PKI and the registry as they are. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { findExpiringHolders } from '@ishizue/jpki';
import { testJpki } from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import { findAddressees, recordEvent } from '@ishizue/registry';
import { testAccess } from '@ishizue/registry/testing';
import * as fc from 'fast-check';
import { jpkiCertification } from '../jpki-certification.ts';
import { noticeNumberOf, parseNoticeNumber } from '../letters/notice-number.ts';
import { takeReturns } from '../letters/take-returns.ts';
import { cardsSchema } from '../schema.ts';
import { pastTheGuard, plantActiveCards } from '../testing/plant-cards.ts';
import { testPress } from '../testing/test-press.ts';
import type { ExpiryDesk } from './expiry-desk.ts';
import { handOverNotices } from './hand-over-notices.ts';
import { runExpiryNotices } from './run-expiry-notices.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
const ENDS = '2027-02-17'; // of today, 20 November 2026, the last day of the window but three

async function openDesk(t: TestContext, rows: readonly Readonly<Record<string, string>>[]) {
  const jpki = await testJpki(t, { country: { schemas: [cardsSchema] } });
  const { country, context } = jpki;
  const cards = {
    sql: country.database.pool('cards'),
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    registry: country.context,
    certification: jpkiCertification(context),
    press: await testPress(),
  };
  const sql = country.database.superuser();
  t.after(() => sql.end());
  const { files, written } = printFilesInMemory();
  const desk: ExpiryDesk = {
    cards,
    typeface,
    files,
    findExpiring: (access, page) => findExpiringHolders(context, access, page),
    findAddressees: (access, codes) => findAddressees(country.context, access, codes),
  };
  const numbered = rows.map((row, index) => ({ resident_number: String(index + 1), ...row }));
  const codes = await jpki.enrol(numbered);
  await plantActiveCards(sql, codes, { issuedOn: '2017-02-18', expiresOn: ENDS });
  const [model = ''] = codes;
  await jpki.issue({ residentCode: model, cardId: cardOf(1), cardExpiresOn: ENDS });
  await jpki.issue({ residentCode: model, cardId: cardOf(1), cardExpiresOn: ENDS, kind: 'signature' });
  // everybody has what the first one has, under numbers of their own
  await sql`
    INSERT INTO jpki.certificate (kind, serial, generation, point, request_id, request_sha256, resident_code, card_id,
      issued_at, expires_at, tbs, signature)
    SELECT kind, 9000000 + place, generation, point, kind || place, request_sha256, given.code,
      lpad(place::text, 16, '0'), issued_at, expires_at, tbs, signature
    FROM unnest(${codes.slice(1)}::text[]) WITH ORDINALITY AS given(code, number)
      CROSS JOIN LATERAL (SELECT given.number + 1 AS place) AS placed
      CROSS JOIN (SELECT * FROM jpki.certificate WHERE resident_code = ${model}) AS model`;
  return { jpki, desk, cards, sql, files: written, codes };
}

const cardOf = (place: number): string => String(place).padStart(16, '0');

async function* lines(...rows: readonly string[]): AsyncGenerator<string> {
  for (const row of rows) yield await Promise.resolve(`${row}\r\n`);
}

test('whoever is to be told gets one letter where they live today; what comes back is taken row by row', async (t) => {
  const { jpki, desk, cards, sql, files, codes } = await openDesk(t, [
    { name: '清瀬　花子' },
    { name: '期限　先' }, // ends after the window
    { name: '失効　済' }, // revoked
    { name: '一時　停止' }, // card suspended
    { name: '在留　期間' }, // the card ends with the stay
    { name: '支援　対象' }, // support measure
    { name: '死亡　者' }, // dies
    { name: 'カード　のみ' }, // without certificates
    { name: '利用者　のみ' }, // the authentication certificate alone
  ]);
  const [
    ,
    later = '',
    revoked = '',
    suspended = '',
    stay = '',
    supported = '',
    dead = '',
    only = '',
    auth = '',
  ] = codes;
  await pastTheGuard(
    sql,
    (tx) => tx`UPDATE cards.card SET expires_on = '2027-02-21' WHERE resident_code = ${later}`,
  );
  await sql`UPDATE jpki.certificate SET expires_at = '2027-02-20T15:00:00Z' WHERE resident_code = ${later}`;
  await sql`UPDATE jpki.certificate SET revoked_at = now(), reason = 'cessationOfOperation'
    WHERE resident_code = ${revoked}`;
  await pastTheGuard(
    sql,
    (tx) => tx`UPDATE cards.card SET expires_on = '2030-01-01' WHERE resident_code IN (${revoked}, ${auth})`,
  );
  await pastTheGuard(
    sql,
    (tx) => tx`UPDATE cards.card SET state = 'suspended' WHERE resident_code = ${suspended}`,
  );
  await sql`UPDATE cards.application SET stay_expires_on = ${ENDS} WHERE resident_code = ${stay}`;
  await sql`DELETE FROM jpki.certificate WHERE resident_code = ${only} OR (resident_code = ${auth} AND kind = 'signature')`;
  await sql`INSERT INTO registry.national_support_flag
    VALUES (${supported}, '132217', 'measure-1', 1, '2026-01-01', '2027-01-01')`;
  const event = { reason: 'death', residentCode: dead, eventDate: '2026-11-20' } as const;
  mustSucceed(await recordEvent(jpki.country.context, '132217', testAccess, 'death', event), 'the death');
  await jpki.country.settle();
  await pastTheGuard(sql, (tx) => tx`UPDATE cards.card SET state = 'active' WHERE resident_code = ${dead}`); // planted: cards has not heard of it

  const run = async (runId: string, options = {}) =>
    mustSucceed(await runExpiryNotices(desk, testAccess, { runId, ...options }), runId);
  const made = await run('run-2026-11', { page_holders: 2 });
  assert.deepEqual(
    [made.endsFrom, made.endsTo, made.isFinished, made.states, made.atCounter],
    ['2026-11-20', '2027-02-19', true, { made: 4 }, 1],
  );
  const bundle = 'run-2026-11-132217-001';
  assert.deepEqual(
    made.files.map(({ name, notices }) => [name, notices]),
    [
      [`${bundle}-001-counter.pdf`, 1],
      [`${bundle}-001.pdf`, 3],
      [`${bundle}-addresses.csv`, 3],
    ],
  );
  const addresses = files.get(`${bundle}-addresses.csv`)?.toString() ?? '';
  for (const name of ['清瀬　花子', 'カード　のみ', '利用者　のみ'])
    assert.ok(addresses.includes(name), name);
  for (const name of ['支援', '死亡', '在留', '失効', '期限', '停止'])
    assert.ok(!addresses.includes(name), name);
  const told = await sql<{ line: string }[]>`
    SELECT concat_ws(' ', resident_code, authentication_ends_on IS NOT NULL, signature_ends_on IS NOT NULL,
      card_ends_on IS NOT NULL) AS line FROM cards.expiry_notice ORDER BY resident_code`;
  assert.deepEqual(
    told.map(({ line }) => line),
    [`${codes[0]} t t t`, `${supported} t t t`, `${only} f f t`, `${auth} t f f`].toSorted(),
  );

  const before = new Map(files);
  assert.deepEqual(await run('run-2026-11'), made, 'told again');
  assert.deepEqual(files, before);
  assert.deepEqual((await run('run-again-1')).states, {}, 'nobody twice');

  const handOver = async (runId: string, on: string) => {
    const handed = await handOverNotices(cards, testAccess, { runId, on });
    return handed.ok ? handed.value.handedOver : handed.failure.code;
  };
  const ids = await sql<{ id: number }[]>`SELECT notice_id AS id FROM cards.expiry_notice ORDER BY notice_id`;
  const numbers = ids.map(({ id }) => noticeNumberOf(id));
  const take = async (...rows: readonly string[]) => {
    const rejected: string[] = [];
    const report = await takeReturns(cards, {
      text: lines(...rows),
      access: testAccess,
      reject: ({ row, code }) => Promise.resolve(void rejected.push(`${row} ${code}`)),
    });
    return [report.ok ? report.value.returned : report.failure.code, ...rejected];
  };
  const heading = 'notice,reason,returned_on';
  assert.deepEqual(await take(heading, `${numbers[0]},moved-away,2026-11-20`), [
    0,
    '1 notice-not-handed-over',
  ]);
  assert.equal(await handOver('run-none-1', '2026-11-20'), 'run-unknown');
  assert.equal(await handOver('run-2026-11', '2026-11-21'), 'day-out-of-bounds');
  assert.equal(await handOver('run-2026-11', '2026-11-20'), 4);
  assert.equal(await handOver('run-2026-11', '2026-11-20'), 0);
  jpki.country.clock.advance(5 * 86_400_000);
  const unknown = noticeNumberOf(99_999_999);
  const misread = `${numbers[1]?.slice(0, -1)}${(Number(numbers[1]?.at(-1)) + 1) % 10}`;
  assert.deepEqual(
    await take(
      heading,
      `${numbers[0]},moved-away,2026-11-24`,
      `${numbers[0]},moved-away,2026-11-24`,
      `${misread},moved-away,2026-11-24`,
      `${unknown},moved-away,2026-11-24`,
      `${numbers[1]},lost,2026-11-24`,
      `${numbers[1]},refused,2026-11-19`,
      `${numbers[1]},refused`,
      `${numbers[1]},"ref"used,2026-11-24`,
      `${numbers[1]},address-unknown,2026-11-25`,
    ),
    [
      2,
      '3 notice-number-check-digit',
      '5 return-reason-unknown',
      '7 row-malformed',
      '8 row-malformed',
      '2 row-repeated',
      '4 notice-unknown',
      '6 day-out-of-bounds',
    ],
  );
  assert.deepEqual(await take(heading, `${numbers[0]},refused,2026-11-24`), [0, '1 notice-already-returned']);
  assert.deepEqual(await take('notice;reason'), ['heading-unexpected']);
  assert.deepEqual(await take(), ['heading-unexpected']);

  const subject = cards.pseudonyms.of('national', codes[0] ?? '');
  const entries = await sql<{ line: string }[]>`
    SELECT fields[1] || ' ' || result AS line FROM ledger.entry
    WHERE subject = ${subject} AND fields[1] = 'expiry-notice' ORDER BY id`;
  assert.deepEqual(
    entries.map(({ line }) => line),
    [
      'claimed',
      'made',
      'notice-not-handed-over',
      'handed-over',
      'moved-away',
      'row-repeated',
      'notice-already-returned',
    ].map((result) => `expiry-notice ${result}`),
  );
});

test('a run that is killed anywhere goes on under its id: nobody is left out, nobody is written to twice', async (t) => {
  const people = Array.from({ length: 230 }, (_, index) => ({ name: `期限　${index}号` }));
  const { desk, sql, files } = await openDesk(t, people);
  const sizes = { page_holders: 50, bundle_notices: 110 };
  let calls = 0;
  let dies = 0;
  const passing = async <T>(work: () => Promise<T>): Promise<T> => {
    if (++calls === dies) throw new Error('killed');
    return work();
  };
  const dying: ExpiryDesk = {
    ...desk,
    files: { ...desk.files, write: (name, chunks) => passing(() => desk.files.write(name, chunks)) },
    findExpiring: (access, page) => passing(() => desk.findExpiring(access, page)),
    findAddressees: (access, codes) => passing(() => desk.findAddressees(access, codes)),
  };
  for (dies of [2, 3, 5, 4, 2, 7]) {
    calls = 0;
    await assert.rejects(runExpiryNotices(dying, testAccess, { runId: 'run-killed', ...sizes }), /killed/);
  }
  const told = mustSucceed(
    await runExpiryNotices(desk, testAccess, { runId: 'run-killed', ...sizes }),
    'the rest',
  );
  assert.deepEqual(told.states, { made: 230 });
  const addressed = [...files]
    .filter(([name]) => name.endsWith('.csv'))
    .flatMap(([, bytes]) => bytes.toString().trimEnd().split('\r\n').slice(1));
  assert.equal(addressed.length, 230);
  assert.equal(new Set(addressed.map((line) => line.split(',')[4])).size, 230);
  assert.deepEqual(
    told.files.filter(({ name }) => name.endsWith('.pdf')).map(({ notices }) => notices),
    [100, 10, 100, 10, 10],
  );
  const [twice] = await sql`SELECT 1 FROM cards.expiry_notice GROUP BY card_id HAVING count(*) > 1`;
  assert.equal(twice, undefined);
  const [untold] = await sql`SELECT 1 FROM cards.expiry_told WHERE notice_id IS NULL`;
  assert.equal(untold, undefined);
});

test('a notice number that is misread in one place is nobody’s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99_999_999 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      (id, place, off) => {
        const number = noticeNumberOf(id);
        assert.deepEqual(parseNoticeNumber(number), { ok: true, value: id });
        const digit = (Number(number[place]) + off) % 10;
        assert.equal(parseNoticeNumber(number.slice(0, place) + digit + number.slice(place + 1)).ok, false);
      },
    ),
  );
  for (const bad of ['', 'E00000001', 'e000000018', 'E0000000018', 'E00000001８'])
    assert.equal(parseNoticeNumber(bad).ok, false);
});
