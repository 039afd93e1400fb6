/** The written notice of a resident code, from the change to the paper. Flow: docs/flows/code-change.md step 3. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { printFilesInMemory } from '@ishizue/pdf/testing';
import type { CounterEvent } from '../municipal/decide-event.ts';
import { recordEvent } from '../municipal/record-event.ts';
import { giveCodes, ledgerEntries, superuserOf } from '../testing/behind-the-scenes.ts';
import {
  grantSupport,
  KAMAKURA,
  KIYOSE,
  type TestCountry,
  testAccess,
  testCountry,
} from '../testing/index.ts';
import { details, moveInWith } from '../testing/samples.ts';
import type { CodeNoticeDesk } from './code-notice-desk.ts';
import { codeNoticeStanding, printCodeNotices } from './print-code-notices.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');

interface Desk {
  readonly country: TestCountry;
  readonly sql: Sql;
  readonly desk: CodeNoticeDesk;
  readonly written: ReadonlyMap<string, Buffer>;
  readonly record: (event: CounterEvent) => Promise<string>;
  /** Enters somebody of a name and changes the code; answers the new one. */
  readonly changed: (name?: string) => Promise<string>;
}

let requests = 0;

async function deskOf(t: TestContext): Promise<Desk> {
  const country = await testCountry(t);
  await giveCodes(country, KIYOSE, 60);
  const { files, written } = printFilesInMemory();
  const record = async (event: CounterEvent): Promise<string> => {
    const recorded = await recordEvent(country.context, KIYOSE, testAccess, `notice-${++requests}`, event);
    return mustSucceed(recorded, event.reason).residentCode;
  };
  const changed = async (name = details.name): Promise<string> => {
    const residentCode = await record(moveInWith({ details: { ...details, name } }));
    return record({ reason: 'resident-code-change', residentCode, eventDate: '2026-11-20' });
  };
  const desk = { registry: country.context, typeface, files };
  return { country, sql: superuserOf(t, country.database), desk, written, record, changed };
}

const print = (desk: CodeNoticeDesk, batchId: string) =>
  printCodeNotices(desk, KIYOSE, testAccess, { batchId });

const printed = async (desk: CodeNoticeDesk, batchId: string) =>
  mustSucceed(await print(desk, batchId), batchId);

/** The text of each page without spaces; undefined, and said so, where Poppler is missing. */
function textOf(t: TestContext, bytes: Buffer | undefined): readonly string[] | undefined {
  const { error, stdout } = spawnSync('pdftotext', ['-raw', '-', '-'], { input: bytes ?? '' });
  if (!error)
    return String(stdout)
      .split('\f')
      .slice(0, -1)
      .map((page) => page.replaceAll(/\s/g, ''));
  t.skip('SKIPPED: Poppler is not installed (apt-get install poppler-utils)');
  return undefined;
}

test('a batch makes one page for each change, in Japanese with a line in English, and the address file to it', async (t) => {
  const { country, sql, desk, written, changed } = await deskOf(t);
  const codes = [await changed(), await changed('清瀬　太郎')];
  await country.settle();
  const skip = (await ledgerEntries(sql)).length;
  const batch = await printed(desk, 'batch-0001');
  const paper = `${KIYOSE}-batch-0001-0001.pdf`;
  const addresses = `${KIYOSE}-batch-0001-addresses.csv`;
  assert.deepEqual(
    { ...batch, files: batch.files.map(({ name, notices }) => [name, notices]) },
    {
      batchId: 'batch-0001',
      printed: 2,
      atCounter: 0,
      withdrawn: 0,
      left: 0,
      files: [
        [paper, 2],
        [addresses, 2],
      ],
    },
  );
  for (const { name, sha256, bytes } of batch.files) {
    const file = written.get(name) ?? Buffer.of();
    assert.deepEqual([createHash('sha256').update(file).digest('hex'), file.length], [sha256, bytes]);
  }
  assert.equal(
    String(written.get(addresses)),
    [
      'notice,file,page,name,postal_code,address',
      `900000001-2,${paper},1,${details.name},2040003,東京都清瀬市中里五丁目842番地　中里荘203`,
      `900000002-2,${paper},2,清瀬　太郎,2040003,東京都清瀬市中里五丁目842番地　中里荘203`,
      '',
    ].join('\r\n'),
  );
  const entries = (await ledgerEntries(sql, skip)).map(
    ({ subject, fields }) => `${subject} ${fields.at(-1)}`,
  );
  const subjects = codes.map((code) => country.pseudonyms.of(`municipal/${KIYOSE}`, code).toString('hex'));
  const acts = ['support-measure', 'printed'];
  assert.deepEqual(new Set(entries), new Set(acts.flatMap((act) => subjects.map((one) => `${one} ${act}`))));
  assert.equal(entries.length, 4);
  // the page itself, as another program reads it
  const pages = textOf(t, written.get(paper));
  if (!pages) return;
  assert.equal(pages.length, 2);
  const page = pages[1] ?? '';
  const code = (codes[1] ?? '').replaceAll(/\s/g, '');
  for (const text of ['〒204-0003', '清瀬太郎様', '住民票コード通知票', code, '清瀬市長', '2026年11月20日'])
    assert.ok(page.includes(text), `${text} in ${page}`);
  assert.match(page, /NoticeofResidentRecordCode/);
  assert.ok(!page.includes(codes[0] ?? ''));
});

test('a batch is printed once: killed at any file it goes on with the same notices; finished it is answered', async (t) => {
  const { country, desk, written, changed } = await deskOf(t);
  await changed();
  await changed('清瀬　太郎');
  let writes = 0;
  const dying = (after: number): CodeNoticeDesk => ({
    ...desk,
    files: {
      ...desk.files,
      write: (name, chunks) => {
        if (++writes > after) throw new Error('killed');
        return desk.files.write(name, chunks);
      },
    },
  });
  await assert.rejects(print(dying(0), 'batch-0001'), /killed/);
  writes = 0;
  await assert.rejects(print(dying(1), 'batch-0001'), /killed/);
  assert.deepEqual(await codeNoticeStanding(desk, KIYOSE), {
    states: [{ state: 'queued', count: 2 }],
    openBatches: ['batch-0001'],
  });
  const refused = await print(desk, 'batch-0002');
  assert.equal(refused.ok || refused.failure.code, 'no-notice-queued', 'they are the first batch’s');
  country.clock.advance(86_400_000);
  const first = await printed(desk, 'batch-0001');
  const bytes = written.get(`${KIYOSE}-batch-0001-0001.pdf`);
  for (const name of written.keys()) await desk.files.remove(name);
  assert.deepEqual(await printed(desk, 'batch-0001'), first);
  assert.equal(written.size, 0, 'it is answered, not printed');
  assert.equal(
    createHash('sha256')
      .update(bytes ?? '')
      .digest('hex'),
    first.files[0]?.sha256,
  );
  const malformed = await print(desk, 'Batch 1');
  assert.equal(malformed.ok || malformed.failure.code, 'batch-id-malformed');
});

test('a code that changes again while its paper is set is not told; nor is the code of who has left', async (t) => {
  const { desk, written, changed, record } = await deskOf(t);
  const once = await changed();
  const leaver = await changed('清瀬　太郎');
  await record({
    reason: 'move-out',
    residentCode: leaver,
    eventDate: '2026-11-20',
    destination: '鎌倉市',
    abroad: false,
  });
  let twice = '';
  const interrupted: CodeNoticeDesk = {
    ...desk,
    files: {
      ...desk.files,
      write: async (name, chunks) => {
        await desk.files.write(name, chunks);
        twice ||= await record({
          reason: 'resident-code-change',
          residentCode: once,
          eventDate: '2026-11-20',
        });
      },
    },
  };
  const batch = await printed(interrupted, 'batch-0001');
  assert.deepEqual([batch.printed, batch.withdrawn, batch.left], [0, 2, 0]);
  assert.deepEqual(
    [...written.keys()],
    [`${KIYOSE}-batch-0001-addresses.csv`],
    'the paper with the used-up code is gone',
  );
  const next = await printed(desk, 'batch-0002');
  assert.equal(next.printed, 1);
  assert.deepEqual((await codeNoticeStanding(desk, KIYOSE)).states, [
    { state: 'printed', count: 1 },
    { state: 'superseded', count: 1 },
    { state: 'withdrawn', count: 1 },
  ]);
  assert.notEqual(twice, '');
});

test('who is under a support measure gets the notice at the counter: no letter, no address on it or in the address file', async (t) => {
  const { country, desk, written, changed } = await deskOf(t);
  await giveCodes(country, KAMAKURA, 60);
  const hidden = await changed('清瀬　花');
  await changed();
  await country.settle();
  await grantSupport(country, KIYOSE, hidden);
  const batch = await printed(desk, 'batch-0001');
  assert.deepEqual([batch.printed, batch.atCounter], [2, 1]);
  const addresses = String(written.get(`${KIYOSE}-batch-0001-addresses.csv`));
  assert.ok(addresses.includes(details.name) && !addresses.includes('清瀬　花'));
  const pages = textOf(t, written.get(`${KIYOSE}-batch-0001-0001-counter.pdf`));
  if (!pages) return;
  assert.equal(pages.length, 1);
  assert.ok(pages[0]?.includes('清瀬花様') && pages[0].includes('窓口交付') && pages[0].includes(hidden));
  assert.ok(!pages[0]?.includes('中里') && !pages[0]?.includes('204-0003'));
});

test('a name that no face has stays in the queue with the reason, behind the others, and keeps nobody else', async (t) => {
  const { sql, desk, changed } = await deskOf(t);
  await changed('𰻝　太郎');
  await changed();
  const batch = await printed(desk, 'batch-0001');
  assert.deepEqual([batch.printed, batch.left], [1, 1]);
  const [row] = await sql`
    SELECT state, batch_id, trouble FROM registry.municipal_code_notice WHERE trouble IS NOT NULL`;
  assert.deepEqual({ ...row }, { state: 'queued', batch_id: null, trouble: 'character-not-printable' });
  const again = await printed(desk, 'batch-0002');
  assert.deepEqual([again.printed, again.left], [0, 1]);
});
