/** Number notices from the first number to the counter, over real links: docs/flows/numbering.md. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { openTickets, sendAll } from '@ishizue/link';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import { type Access, findPersons, recordEvent, residentCodeOf } from '@ishizue/registry';
import { KAMAKURA, KIYOSE, sealed, testAccess, testNumberCipher } from '@ishizue/registry/testing';
import { type NumberingCountry, numberingCountry, testVault } from '../testing/numbering-country.ts';
import { type MunicipalNoticeStep, NUMBER_NOTICE_STEP, tellNoticeStep } from './municipal-steps.ts';
import type { NoticePrinting } from './notice-context.ts';
import { printNotices } from './print-notices.ts';
import { takeNoticeSteps } from './take-notice-steps.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
const officer: Access = { ...testAccess, article: '番号法 第7条', affair: 'number-notice' };

interface Post extends NumberingCountry {
  readonly printing: NoticePrinting;
  readonly written: ReadonlyMap<string, Buffer>;
  newPerson(name?: string, municipality?: string): Promise<string>;
  /** Notices in the order of their ids: state and person. */
  states(): Promise<readonly string[]>;
  tickets(): Promise<readonly string[]>;
}

let people = 0;

async function postOffice(t: TestContext): Promise<Post> {
  const house = await numberingCountry(t);
  const { country, superuser } = house;
  const { files, written } = printFilesInMemory();
  const printing: NoticePrinting = {
    sql: house.numbering,
    clock: country.clock,
    pseudonyms: country.pseudonyms,
    wake: () => country.wake(),
    typeface,
    vault: testVault,
    numbers: testNumberCipher,
    findPersons: (looks) => findPersons(country.context, looks),
    files,
  };
  const newPerson = async (name = '髙橋　花子', municipality = KIYOSE): Promise<string> => {
    const residentCode = residentCodeOf(String(6_500_000_000 + ++people));
    const recorded = await recordEvent(country.context, municipality, testAccess, `notice-${people}`, {
      reason: 'move-in',
      residentCode,
      individualNumber: null,
      eventDate: '2026-11-10',
      details: { ...PERSON, name },
      address: { wardCode: null, postalCode: '2040003', town: '中里五丁目', lot: '842番地', building: null },
      previousAddress: 'アメリカ合衆国',
    });
    mustSucceed(recorded, name);
    await country.settle();
    return residentCode;
  };
  const states = async (): Promise<readonly string[]> => {
    const rows = await superuser`
      SELECT state || ' ' || resident_code AS line FROM numbering.number_notice ORDER BY notice_id`;
    return rows.map((row) => String(row['line']));
  };
  const tickets = async (): Promise<readonly string[]> =>
    (await openTickets(country.database.pool('link'), 100)).map(({ code }) => code);
  return { ...house, printing, written, newPerson, states, tickets };
}

const PERSON = {
  nameKana: 'タカハシ　ハナコ',
  formerSurname: null,
  formerSurnameKana: null,
  alias: null,
  aliasKana: null,
  birthDate: '1990-05-06',
  sex: 2 as const,
  nationality: 'JPN',
  residenceStatus: null,
  stayExpiresOn: null,
  domicile: null,
  familyRegisterHead: null,
};

const print = (post: Post, batchId: string, notices_max = 5_000) =>
  printNotices(post.printing, officer, { batchId, notices_max });

async function posted(post: Post, on = '2026-11-20'): Promise<{ code: string; noticeId: number }> {
  const code = await post.newPerson();
  mustSucceed(await print(post, `batch-${people}-000`), 'the print');
  const [row] = await post.superuser<{ id: number }[]>`
    SELECT notice_id AS id FROM numbering.number_notice WHERE resident_code = ${code}`;
  const noticeId = row?.id ?? 0;
  const postingNumber = String(10_000_000_000 + noticeId);
  const [taken] = await takeNoticeSteps(post.printing, officer, [
    { noticeId, step: 'post', on, postingNumber },
  ]);
  assert.ok(taken?.ok, JSON.stringify(taken));
  return { code, noticeId };
}

test('a first number queues one notice; asked again, or moving on, nobody gets a second', async (t) => {
  const post = await postOffice(t);
  const code = await post.newPerson();
  assert.deepEqual(await post.states(), [`queued ${code}`]);
  const moving = async (municipality: string, event: Parameters<typeof recordEvent>[4]) =>
    mustSucceed(
      await recordEvent(post.country.context, municipality, testAccess, `moving-${event.reason}`, event),
      event.reason,
    );
  await moving(KIYOSE, {
    reason: 'move-out',
    residentCode: code,
    eventDate: '2026-11-15',
    destination: '鎌倉市',
  });
  await moving(KAMAKURA, {
    reason: 'move-in',
    residentCode: code,
    individualNumber: null,
    eventDate: '2026-11-16',
    details: { ...PERSON, name: '髙橋　花子' },
    address: { wardCode: null, postalCode: null, town: '御成町', lot: '18番10号', building: null },
    previousAddress: '東京都清瀬市',
  });
  await post.country.settle();
  assert.deepEqual(await post.states(), [`queued ${code}`]);
});

test('a batch writes papers and an address file without numbers; its sums are those of the files', async (t) => {
  const post = await postOffice(t);
  const codes = [await post.newPerson('髙橋　花子'), await post.newPerson('=石川,　"遥"')];
  const batch = mustSucceed(await print(post, 'batch-0001'), 'the print');
  assert.deepEqual([batch.printed, batch.withdrawn, batch.left], [2, 0, 0]);
  assert.deepEqual(
    batch.files.map(({ name, notices }) => [name, notices]),
    [
      ['batch-0001-0001.pdf', 2],
      ['batch-0001-addresses.csv', 2],
    ],
  );
  for (const { name, bytes, sha256 } of batch.files) {
    const file = post.written.get(name) ?? Buffer.alloc(0);
    assert.equal(file.length, bytes);
    assert.equal(createHash('sha256').update(file).digest('hex'), sha256);
  }
  const addresses = post.written.get('batch-0001-addresses.csv')?.toString() ?? '';
  assert.equal(
    addresses,
    [
      'notice,file,page,municipality,name,address',
      '1,batch-0001-0001.pdf,1,132217,髙橋　花子,東京都清瀬市中里五丁目842番地',
      `2,batch-0001-0001.pdf,2,132217,"'=石川,　""遥""",東京都清瀬市中里五丁目842番地`,
      '',
    ].join('\r\n'),
  );
  for (const { individualNumber } of post.answers()) assert.ok(!addresses.includes(individualNumber));
  assert.deepEqual(
    await post.states(),
    codes.map((code) => `printed ${code}`),
  );
});

test('the same batch again is told again: the same files, and nobody’s notice is printed twice', async (t) => {
  const post = await postOffice(t);
  await post.newPerson();
  const first = mustSucceed(await print(post, 'batch-0001'), 'the print');
  const files = new Map(post.written);
  await post.newPerson();
  assert.deepEqual(mustSucceed(await print(post, 'batch-0001'), 'the same'), first);
  assert.deepEqual(post.written, files);
  const second = mustSucceed(await print(post, 'batch-0002'), 'the next');
  assert.equal(second.printed, 1);
  const nothing = await print(post, 'batch-0003');
  assert.equal(nothing.ok ? 'ok' : nothing.failure.code, 'no-notice-queued');
  const malformed = await print(post, '../batch-0004');
  assert.equal(malformed.ok ? 'ok' : malformed.failure.code, 'batch-id-malformed');
});

test('killed while it writes, a batch goes on with the same notices and the same bytes', async (t) => {
  const post = await postOffice(t);
  const codes = [await post.newPerson(), await post.newPerson()];
  let fails = true;
  const failing: NoticePrinting = {
    ...post.printing,
    files: {
      ...post.printing.files,
      write: async (name, chunks) => {
        if (fails && name.endsWith('.csv')) {
          for await (const chunk of chunks) void chunk;
          throw new Error('the disk is gone');
        }
        await post.printing.files.write(name, chunks);
      },
    },
  };
  const order = { batchId: 'batch-0001', notices_max: 5_000 };
  await assert.rejects(printNotices(failing, officer, order), /the disk is gone/);
  assert.deepEqual(
    await post.states(),
    codes.map((code) => `queued ${code}`),
  );
  const paper = post.written.get('batch-0001-0001.pdf');
  await post.newPerson(); // is not of the batch
  fails = false;
  post.country.clock.advance(86_400_000);
  const batch = mustSucceed(await printNotices(failing, officer, order), 'again');
  assert.equal(batch.printed, 2);
  assert.deepEqual(post.written.get('batch-0001-0001.pdf'), paper);
  assert.deepEqual(
    (await post.states()).map((line) => line.split(' ')[0]),
    ['printed', 'printed', 'queued'],
  );
});

test('who cannot be printed is left in the queue with the reason, and the others are printed', async (t) => {
  const post = await postOffice(t);
  const unprintable = await post.newPerson('\u{30000}田　一郎');
  const dead = await post.newPerson();
  const other = await post.newPerson();
  const wrong = await post.newPerson();
  const died = { reason: 'death', residentCode: dead, eventDate: '2026-11-19' } as const;
  mustSucceed(await recordEvent(post.country.context, KIYOSE, testAccess, 'died-000001', died), 'death');
  await post.country.settle();
  await post.superuser`
    UPDATE registry.national_person SET individual_number = ${sealed('123456789018')} WHERE resident_code = ${wrong}`;
  const batch = mustSucceed(await print(post, 'batch-0001'), 'the print');
  assert.deepEqual([batch.printed, batch.withdrawn, batch.left], [1, 1, 2]);
  assert.deepEqual(await post.states(), [
    `queued ${unprintable}`,
    `withdrawn ${dead}`,
    `printed ${other}`,
    `queued ${wrong}`,
  ]);
  const troubles = await post.superuser`
    SELECT trouble FROM numbering.number_notice WHERE state = 'queued' ORDER BY notice_id`;
  assert.deepEqual(
    troubles.map((row) => row['trouble']),
    ['character-not-printable', 'number-differs'],
  );
  const next = await post.newPerson();
  const second = mustSucceed(await print(post, 'batch-0002', 1), 'the next'); // the untried come first
  assert.equal(second.printed, 1);
  assert.ok((await post.states()).includes(`printed ${next}`));
});

test('posted, returned, held and handed over: the municipality tells the centre of its own steps', async (t) => {
  const post = await postOffice(t);
  const { code, noticeId } = await posted(post, '2026-11-20');
  const tell = async (step: MunicipalNoticeStep, municipality = KIYOSE) => {
    const told = await tellNoticeStep(post.printing, municipality, officer, step);
    await post.country.settle();
    return told.ok ? 'ok' : told.failure.code;
  };
  const about = { noticeId, residentCode: code, on: '2026-11-20' };
  assert.equal(await tell({ ...about, step: 'return', returnReason: 'not-collected' }), 'ok');
  assert.equal(await tell({ ...about, step: 'hold' }), 'ok');
  assert.equal(await tell({ ...about, step: 'hand-over' }), 'ok');
  assert.deepEqual(await post.states(), [`handed-over ${code}`]);
  assert.deepEqual(await post.tickets(), []);
  const steps = await post.superuser`
    SELECT place || ' ' || step || ' ' || actor AS line FROM numbering.number_notice_step ORDER BY place`;
  assert.deepEqual(
    steps.map((row) => row['line']),
    [
      '1 print o-test',
      '2 post o-test',
      '3 return municipal/132217',
      '4 hold municipal/132217',
      '5 hand-over municipal/132217',
    ],
  );
});

test('a step of another person, another municipality, out of turn or malformed is parked and changes nothing', async (t) => {
  const post = await postOffice(t);
  const { code, noticeId } = await posted(post);
  const stranger = residentCodeOf('6499999999');
  const about = { noticeId, residentCode: code, on: '2026-11-20' };
  const planted: readonly (readonly [site: string, body: object])[] = [
    [`municipal/${KIYOSE}`, { ...about, residentCode: stranger, step: 'return', returnReason: 'refused' }],
    [`municipal/${KAMAKURA}`, { ...about, step: 'return', returnReason: 'refused' }],
    [`municipal/${KIYOSE}`, { ...about, step: 'hand-over' }],
    [`municipal/${KIYOSE}`, { ...about, noticeId: 999, step: 'hold' }],
    [`municipal/${KIYOSE}`, { ...about, step: 'deliver' }],
    [`municipal/${KIYOSE}`, { ...about, step: 'print' }],
    [`municipal/${KIYOSE}`, { ...about, step: 'return', returnReason: 'eaten' }],
    [`municipal/${KIYOSE}`, { ...about, on: '2026-11-31', step: 'hold' }],
  ];
  for (const [index, [site, body]] of planted.entries())
    await inTransaction(post.numbering, { site }, (tx) =>
      sendAll(tx, [
        { link: `${site}>national:numbering`, subject: `planted ${index}`, topic: NUMBER_NOTICE_STEP, body },
      ]),
    );
  post.country.wake();
  await post.country.settle();
  assert.deepEqual((await post.tickets()).toSorted(), [
    'notice-not-found',
    'notice-of-another-municipality',
    'notice-of-another-person',
    'notice-state-refused',
    'notice-step-invalid',
    'notice-step-invalid',
    'notice-step-invalid',
    'notice-step-invalid',
  ]);
  assert.deepEqual(await post.states(), [`posted ${code}`]);
});

test('the municipality’s own door refuses what it can see to be wrong, and says so in its ledger', async (t) => {
  const post = await postOffice(t);
  const about = { noticeId: 1, residentCode: residentCodeOf('6400000000'), on: '2026-11-20' };
  const cases: readonly (readonly [step: MunicipalNoticeStep, code: string])[] = [
    [{ ...about, on: '2026-11-21', step: 'hold' }, 'notice-date-in-the-future'],
    [{ ...about, residentCode: '24727059600', step: 'hold' }, 'resident-code-check-digit'],
    [{ ...about, noticeId: 0.5, step: 'hold' }, 'notice-step-invalid'],
  ];
  for (const [step, code] of cases) {
    const told = await tellNoticeStep(post.printing, KIYOSE, officer, step);
    assert.equal(told.ok ? 'ok' : told.failure.code, code);
  }
  const entries = await post.superuser`
    SELECT result FROM ledger.entry WHERE site = 'municipal/132217' AND affair = 'number-notice' ORDER BY tx, id`;
  assert.deepEqual(
    entries.map((row) => row['result']),
    cases.map(([, code]) => code),
  );
  await post.country.settle();
  assert.deepEqual(await post.tickets(), []);
});

test('the centre takes only its own steps, each in its order, and no posting number twice', async (t) => {
  const post = await postOffice(t);
  const { noticeId } = await posted(post);
  const code = await post.newPerson();
  mustSucceed(await print(post, 'batch-0009'), 'the print');
  const on = '2026-11-20';
  const used = String(10_000_000_000 + noticeId);
  const results = await takeNoticeSteps(post.printing, officer, [
    { noticeId: noticeId + 1, step: 'post', on, postingNumber: used },
    { noticeId: noticeId + 1, step: 'post', on, postingNumber: '20000000000' },
    { noticeId: noticeId + 1, step: 'deliver', on },
    { noticeId, step: 'return', on, returnReason: 'moved-away' },
    { noticeId, step: 'hold', on },
    { noticeId: 777, step: 'deliver', on },
  ]);
  assert.deepEqual(
    results.map((result) => (result.ok ? 'ok' : result.failure.code)),
    ['posting-number-used', 'ok', 'ok', 'ok', 'notice-step-not-yours', 'notice-not-found'],
  );
  assert.ok((await post.states()).includes(`delivered ${code}`));
});

test('each read and each step is in the ledger: number, person and print at the centre', async (t) => {
  const post = await postOffice(t);
  const code = await post.newPerson();
  mustSucceed(await print(post, 'batch-0001'), 'the print');
  const entries = await post.superuser`
    SELECT array_to_string(fields, ',') || ' ' || result AS line, encode(subject, 'hex') AS subject
    FROM ledger.entry WHERE affair = 'number-notice' ORDER BY tx, id`;
  assert.deepEqual(
    entries.map((row) => row['line']),
    ['name,birth-date,sex,address,individual-number ok', 'number-notice,print ok'],
  );
  const subject = post.country.pseudonyms.of('national', code).toString('hex');
  for (const entry of entries) assert.equal(entry['subject'], subject);
});

test('notices are the centre’s rows: no other site sees one, and none is deleted', async (t) => {
  const post = await postOffice(t);
  await post.newPerson();
  const seenAt = (site: string) =>
    inTransaction(post.numbering, { site }, (tx) => tx`SELECT notice_id FROM numbering.number_notice`);
  assert.equal((await seenAt('national')).length, 1);
  assert.equal((await seenAt(`municipal/${KIYOSE}`)).length, 0);
  for (const statement of ['DELETE FROM numbering.number_notice', 'DELETE FROM numbering.number_notice_step'])
    await assert.rejects(post.numbering.unsafe(statement), /permission denied/);
});
