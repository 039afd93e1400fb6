/** Forms on paper, and what whoever holds one may do at the door: that, and nothing else. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inTransaction } from '@ishizue/db';
import { mustSucceed } from '@ishizue/outcome';
import type { ActingBy } from '@ishizue/procedure';
import { type IdentityChanged, NATIONAL_SITE, recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { CARD_CLERK } from '../card-clerk.ts';
import { COUNTRY } from '../letters/letter-book.ts';
import { postLetters } from '../letters/post-letters.ts';
import { takeReturns } from '../letters/take-returns.ts';
import { writeLetters } from '../letters/write-letters.ts';
import { NOTICE_RETURNS, noticeBook } from '../procedure-notices/notice-book.ts';
import { postOfApplications } from '../procedure-notices/post-notices.ts';
import { spoolMails } from '../procedure-notices/spool-mails.ts';
import { destroyCardsOver } from '../retention/destroy-over.ts';
import { codeOf } from '../testing/counter.ts';
import { DOOR_ADDRESS, type DoorForTest, serveDoor } from '../testing/door.ts';
import { type CardsCountry, cardsCountry } from '../testing/index.ts';
import { pastTheGuard } from '../testing/plant-cards.ts';
import { applyAtDoor, attachAtDoor, standingOf } from './door/apply-at-door.ts';
import { bearing } from './door/door-desk.ts';
import { dateOf } from './door/door-routes.ts';
import { findVisit, openVisit, WRONG_TRIES_MAX } from './door/visit.ts';
import { formBook } from './form-book.ts';
import { hearForForms, meaningForForms } from './hear-for-forms.ts';
import { makeFormAtCounter } from './make-form.ts';

// today is 20 November 2026
const ROWS = {
  adult: { name: '髙橋　花子', birth_date: '1990-04-01' },
  other: { name: '山田　太郎', birth_date: '1985-05-05' },
  baby: { name: '石川　凪', birth_date: '2026-06-01' },
  moving: { name: '川上　岸', birth_date: '1991-06-01' },
  tried: { name: '田中　実', birth_date: '1970-01-31' },
  second: { name: '石川　渚', birth_date: '2026-06-01' },
} as const;
type Who = keyof typeof ROWS;

let country: CardsCountry;
let door: DoorForTest;
let codes: Readonly<Record<Who, string>>;
const closers: (() => unknown)[] = [];
const t = { after: (work: () => unknown) => void closers.push(work) } as never;

before(async () => {
  country = await cardsCountry(t);
  const rows = Object.values(ROWS).map((row, index) => ({
    ...row,
    resident_number: String(index + 1),
    ...(row.birth_date > '2020-04-01' && {
      became_resident_on: row.birth_date,
      address_fixed_on: row.birth_date,
    }),
  }));
  const settled = await country.settleIn(rows);
  codes = Object.fromEntries(Object.keys(ROWS).map((who, index) => [who, settled[index]])) as typeof codes;
  door = await serveDoor(t, country.cards);
});
after(async () => {
  for (const close of closers.toReversed()) await close();
});

const clerk: ActingBy = {
  actor: { kind: 'operator', id: 'o-clerk', roles: [CARD_CLERK] },
  terminal: 't-1',
  correlation: 'c-1',
};
let requests = 0;
const request = (): string => `request-${++requests}`;
const at = () => ({ cards: country.cards, applications: door.applications });
const BABY = {
  channel: 'smartphone',
  certificates: 'authentication',
  braille: false,
  ward: false,
  declared: true,
};
const PARENT = { representative: { name: '石川　海', relation: 'parent' } };

const HEARD = {
  municipality: KIYOSE,
  sequence: 2,
  eventDate: '2026-11-20',
  name: '',
  formerSurname: null,
  alias: null,
  birthDate: '',
  sex: 1,
  address: '',
  individualNumber: null,
} as const;

const visited = async (formId: string, birthDate: string): Promise<string> =>
  mustSucceed(await openVisit(at(), 'c-door', { formId, birthDate }), 'a visit');
const knocking = async (formId: string, birthDate: string): Promise<string> =>
  codeOf(await openVisit(at(), 'c-door', { formId, birthDate }));
const applying = async (token: string, values: object): Promise<string> =>
  codeOf(await applyAtDoor(at(), 'c-door', token, { request: request(), values: values as never }));
const formOf = async (applicationId: string): Promise<{ formNumber: number; state: string }> => {
  const [row] = await country.cards.sql<{ formNumber: number; state: string }[]>`
    SELECT form_number AS "formNumber", state FROM cards.application_form WHERE application_id = ${applicationId}`;
  assert.ok(row);
  return { ...row };
};
const caseOf = async (applicationId: string): Promise<number> => {
  const [row] = await country.cards.sql<{ id: number }[]>`
    SELECT case_id::int AS id FROM cards.application_wish WHERE application_id = ${applicationId}`;
  return row?.id ?? 0;
};

test('forms are sent to those heard of who have no card, once, over a kill; a move or another form ends them', async () => {
  const { cards } = country;
  const heard = await cards.sql`SELECT FROM cards.form_due`;
  assert.equal(heard.length, 0, 'who was loaded with a register had theirs long ago');
  const body = { ...HEARD, status: 'resident', reason: 'number-assigned' } as const;
  const due = [codes.other, codes.moving].flatMap(
    (residentCode) => meaningForForms({ ...body, residentCode }) ?? [],
  );
  await inTransaction(cards.sql, { site: NATIONAL_SITE }, (tx) => hearForForms(tx, due, country.clock.now()));
  const book = formBook(DOOR_ADDRESS);
  const order = { runId: 'forms-of-kiyose', municipality: KIYOSE };
  const { files } = door.letters;
  const killed = {
    ...door.letters,
    files: { ...files, write: () => Promise.reject(new Error('killed')) },
  };
  await assert.rejects(writeLetters(killed, testAccess, book, order), /killed/);
  const made = mustSucceed(await writeLetters(door.letters, testAccess, book, order), 'the batch');
  assert.deepEqual(made.states, { made: 2 });
  assert.deepEqual(
    mustSucceed(await writeLetters(door.letters, testAccess, book, order), 'again').states,
    made.states,
  );
  const next = { ...order, runId: 'forms-again' };
  assert.deepEqual(mustSucceed(await writeLetters(door.letters, testAccess, book, next), 'next').states, {});
  assert.equal(door.files.get(`${order.runId}-132217.pdf`)?.subarray(0, 5).toString(), '%PDF-');
  assert.match(
    door.files.get(`${order.runId}-132217-addresses.csv`)?.toString() ?? '',
    /A0000000\d\d,1,.*\r\nA/,
  );

  const [sent] = await cards.sql<{ id: string }[]>`
    SELECT application_id AS id FROM cards.application_form WHERE resident_code = ${codes.other}`;
  const atCounter = await door.giveForm(codes.other);
  assert.equal(await door.giveForm(codes.other), atCounter, 'the same request makes the same form');
  assert.deepEqual(
    [(await formOf(sent?.id ?? '')).state, (await formOf(atCounter)).state],
    ['replaced', 'open'],
  );
  const wish = { requestId: 'form-elsewhere', residentCode: codes.other, municipality: '142042' };
  const elsewhere = await makeFormAtCounter(door.letters, DOOR_ADDRESS, testAccess, wish);
  assert.equal(codeOf(elsewhere), 'person-not-resident');

  const address = { wardCode: null, postalCode: null, town: '松山一丁目', lot: '1番1号', building: null };
  const within = {
    reason: 'move-within',
    residentCode: codes.moving,
    eventDate: '2026-11-20',
    address,
  } as const;
  mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, 'within', within), 'moving');
  await country.settle();
  const rows = await cards.sql<{ state: string; reason: string }[]>`
    SELECT state, reason FROM cards.application_form WHERE resident_code = ${codes.moving}`;
  assert.deepEqual(
    rows.map((row) => ({ ...row })),
    [{ state: 'withdrawn', reason: 'moved' }],
  );
});

test('what is heard of a person ends their form, makes one due, or leaves both as they are', () => {
  const residentCode = '24727059608';
  const heard = (reason: IdentityChanged['reason'], status: IdentityChanged['status'] = 'resident') => {
    const meaning = meaningForForms({ ...HEARD, residentCode, status, reason });
    return meaning && [meaning.ends, meaning.dueAt];
  };
  assert.deepEqual(heard('birth'), [undefined, KIYOSE]);
  assert.deepEqual(heard('move-in'), ['moved', KIYOSE]);
  assert.deepEqual(heard('move-within'), ['moved', undefined]);
  assert.deepEqual(heard('move-out', 'moved-out'), ['moved', undefined]);
  assert.deepEqual(heard('number-changed'), ['number-changed', KIYOSE]);
  assert.deepEqual(heard('number-changed', 'deceased'), ['death', undefined]);
  assert.deepEqual(heard('ex-officio-removal', 'removed'), ['removed', undefined]);
  assert.equal(heard('initial-load'), undefined);
  assert.equal(heard('alias-change'), undefined);
});

test('unknown, not agreeing, over, tried too often: the answer is the same, and each look is on the ledger', async () => {
  const sql = country.database.superuser();
  closers.push(() => sql.end());
  const form = await door.giveForm(codes.tried);
  const { birth_date: birthDate } = ROWS.tried;
  const [gone] = await country.cards.sql<{ id: string }[]>`
    SELECT application_id AS id FROM cards.application_form WHERE state = 'replaced'`;
  assert.equal(await knocking(form.slice(0, -1), birthDate), 'application-id-malformed');
  assert.equal(await knocking('00000000000000000079444', birthDate), 'form-not-found');
  assert.equal(await knocking(gone?.id ?? '', ROWS.other.birth_date), 'form-not-found');
  assert.equal(await knocking(form, birthDate), 'ok');
  for (let tried = 0; tried < WRONG_TRIES_MAX; tried++)
    assert.equal(await knocking(form, '1970-02-01'), 'form-not-found');
  assert.equal(await knocking(form, birthDate), 'form-not-found', 'nobody gets in any more');
  country.clock.advance(86_400_000);
  assert.equal(await knocking(form, birthDate), 'ok', 'until the next day');
  country.clock.advance(-86_400_000);
  const subject = country.pseudonyms.of(NATIONAL_SITE, codes.tried);
  const entries = await sql<{ result: string; n: number }[]>`
    SELECT result, count(*)::int AS n FROM ledger.entry
    WHERE affair = 'card-application-door' AND subject = ${subject} AND 'application-form' = ANY(fields)
    GROUP BY result ORDER BY result`;
  assert.deepEqual(
    entries.map(({ result, n }) => [result, n]),
    [
      ['form-not-found', WRONG_TRIES_MAX + 1],
      ['ok', 2],
    ],
  );
  const nobody = await sql`
    SELECT FROM ledger.entry WHERE affair = 'card-application-door' AND subject IS NULL AND result = 'form-not-found'`;
  assert.equal(nobody.length, 1);
  assert.deepEqual(['1990-04-01', '１９９０年4月1日', '19900401', '1990/4/1', 'April 1990'].map(dateOf), [
    '1990-04-01',
    '1990-04-01',
    '1990-04-01',
    '1990-04-01',
    undefined,
  ]);
});

test('a form makes one application, of its person, under its id; the bearer moves that case and no other', async () => {
  const form = await door.giveForm(codes.baby);
  const token = await visited(form, ROWS.baby.birth_date);
  assert.equal(await applying(token, BABY), 'representative-missing', 'online the first deficiency refuses');
  assert.equal(
    await applying(token, { ...BABY, ...PARENT, name: '他人' }),
    'ok',
    'the name is the register’s',
  );
  assert.equal((await formOf(form)).state, 'used');
  const caseId = await caseOf(form);
  const read = mustSucceed(await door.applications.read(clerk, caseId), 'the case');
  assert.deepEqual(
    [read.record['applicationId'], read.form['name'], read.form['residentCode'], read.applicant],
    [form, ROWS.baby.name, codes.baby, `bearer:form-${(await formOf(form)).formNumber}`],
  );
  assert.equal(await applying(token, { ...BABY, ...PARENT }), 'ok', 'sent twice, it is there once');
  const all = await country.cards.sql`SELECT FROM cards.application WHERE resident_code = ${codes.baby}`;
  assert.equal(all.length, 1);

  const mine = await door.giveForm(codes.second);
  const paper = await formOf(mine);
  const bearer = bearing(paper, 'c-planted');
  const planted = { ...BABY, ...PARENT, name: ROWS.second.name, birthDate: ROWS.second.birth_date };
  const tries: readonly (readonly [object, string])[] = [
    [{ residentCode: codes.second }, 'not-yours'],
    [{ residentCode: codes.second, formId: form }, 'not-yours'],
    [{ residentCode: codes.adult, formId: mine }, 'not-yours'],
    [{ residentCode: codes.second, formId: mine, channel: 'post' }, 'channel-not-yours'],
  ];
  for (const [more, code] of tries) {
    const done = await door.applications.start(bearer, {
      move: 'apply',
      request: request(),
      form: { ...planted, ...more },
    });
    assert.equal(codeOf(done), code, JSON.stringify(more));
  }
  const moving = async (move: string): Promise<string> =>
    codeOf(await door.applications.move(bearer, { caseId, move, request: request(), form: {} }));
  assert.deepEqual([await moving('resubmit'), await moving('withdraw')], ['case-unknown', 'case-unknown']);
  assert.equal(codeOf(await door.applications.read(bearer, caseId)), 'case-unknown');
  const lent = {
    to: { kind: 'person', id: 'x' },
    what: 'all-my-cases',
    validTo: country.clock.now() + 1_000,
  } as const;
  assert.equal(codeOf(await door.applications.delegate(bearer, lent)), 'delegation-not-yours');
  const used = { ...planted, channel: 'post', residentCode: codes.second, formId: form };
  assert.equal(
    codeOf(await door.applications.start(clerk, { move: 'apply', request: request(), form: used })),
    'wrong-id',
    'a clerk does not enter another’s form',
  );
  // of two visits with one form at once one makes the application
  const [one, two] = [
    await visited(mine, ROWS.second.birth_date),
    await visited(mine, ROWS.second.birth_date),
  ];
  const both = await Promise.all([one, two].map((visit) => applying(visit, { ...BABY, ...PARENT })));
  assert.ok(both.includes('ok'), both.join());
  const made = await country.cards.sql`SELECT FROM cards.application WHERE resident_code = ${codes.second}`;
  assert.equal(made.length, 1);
  // the database keeps it by itself: a form is used by its own application
  const sql = country.database.superuser();
  closers.push(() => sql.end());
  const free = await door.giveForm(codes.adult);
  await assert.rejects(
    sql`UPDATE cards.application_form SET state = 'used' WHERE application_id = ${free}`,
    /own application/,
  );
});

test('what the office finds is put right through the same door; notices go by mail or letter, each once over a kill', async () => {
  const { cards } = country;
  const form = await door.giveForm(codes.adult, 'form-of-adult-again');
  const token = await visited(form, ROWS.adult.birth_date);
  const grown = { ...BABY, certificates: 'both', email: 'hanako@example.jp' };
  assert.equal(await applying(token, grown), 'photo-missing');
  async function* file(bytes: Uint8Array) {
    yield await Promise.resolve(bytes);
  }
  assert.equal(codeOf(await attachAtDoor(at(), 'c-door', token, 'photo', file(door.photo))), 'ok');
  assert.equal(
    codeOf(await attachAtDoor(at(), 'c-door', token, 'photo', file(Buffer.from('x')))),
    'picture-kind-refused',
  );
  assert.equal(await applying(token, { ...grown, email: 'a@b\r\nBcc: c@d' }), 'form-invalid');
  assert.equal(await applying(token, grown), 'ok');
  await door.sendBack(form);
  const [babys] = await cards.sql<{ id: string }[]>`
    SELECT application_id AS id FROM cards.application_form WHERE resident_code = ${codes.baby}`;
  await door.sendBack(babys?.id ?? '');
  const standing = await standingOf(
    at(),
    'c-door',
    mustSucceed(await findVisit(at(), 'c-door', token), 'the visit'),
  );
  assert.deepEqual(standing.may === 'resubmit' && standing.deficiencies, ['photo-background']);
  const later = await visited(form, ROWS.adult.birth_date);
  assert.equal(await applying(later, { declared: false }), 'unsigned');
  assert.equal(await applying(later, { declared: true }), 'ok', 'the photograph stays where none is sent');
  country.clock.advance(31 * 60_000);
  assert.equal(codeOf(await findVisit(at(), 'c-door', token)), 'visit-over');

  const post = postOfApplications(cards);
  const deliver = (): Promise<number> => door.applications.deliverNotices(post);
  await assert.rejects(
    door.applications.deliverNotices(async (notices, tx) => {
      await post(notices, tx);
      throw new Error('killed');
    }),
    /killed/,
  );
  const delivered = await Promise.all([deliver(), deliver()]);
  assert.equal(delivered[0] + delivered[1], 2);
  assert.equal(await deliver(), 0);
  const sql = country.database.superuser();
  closers.push(() => sql.end());
  const ways = await sql<{ channel: string }[]>`SELECT channel FROM procedure.notice`;
  assert.deepEqual(
    ways.map(({ channel }) => channel),
    ['post', 'post'],
  );
  const history = mustSucceed(await door.applications.history(clerk, await caseOf(form)), 'history');
  assert.match(history.find(({ move }) => move === 'return')?.notices[0]?.ja ?? '', /背景/);

  const mails = { cards, files: door.letters.files, publicOrigin: 'https://ishizue.example' };
  assert.deepEqual([await spoolMails(mails), await spoolMails(mails)], [1, 0]);
  const [message = ''] = [...door.files].flatMap(([name, content]) =>
    name.endsWith('.eml') ? [content.toString()] : [],
  );
  assert.match(message, /^From: no-reply@ishizue\.example\r\nTo: hanako@example\.jp\r\n/);
  const [head = '', body = ''] = message.split('\r\n\r\n');
  const text = Buffer.from(body, 'base64').toString();
  assert.ok(text.includes(form) && text.includes('https://ishizue.example/cards/apply'));
  assert.ok(!/髙橋|花子|背景|1990/.test(head + text), 'nothing of the person');
  assert.ok(message.split('\r\n').every((line) => line.length <= 78));

  const order = { runId: 'notices-of-today', municipality: COUNTRY };
  const run = await writeLetters(door.letters, testAccess, noticeBook, order);
  assert.deepEqual(mustSucceed(run, 'the letters').states, { made: 1 });
  const on = '2026-11-20';
  assert.equal(
    mustSucceed(await postLetters(cards, testAccess, noticeBook, { runId: order.runId, on }), 'posting')
      .posted,
    1,
  );
  const number = door.files
    .get(`${order.runId}-000000-addresses.csv`)
    ?.toString()
    .split('\r\n')[1]
    ?.split(',')[0];
  async function* returns() {
    yield await Promise.resolve(`notice,reason,returned_on\r\n${number},moved-away,${on}\r\n`);
  }
  const reject = () => Promise.resolve();
  const back = await takeReturns(cards, {
    text: returns(),
    access: testAccess,
    reject,
    book: NOTICE_RETURNS,
  });
  assert.deepEqual(mustSucceed(back, 'returns'), { rows: 1, returned: 1, rejected: 0 });

  // the applications are over for long: with them go the letter and the mail, and their forms open nothing
  await pastTheGuard(sql, async (tx) => {
    const ids = [form, babys?.id ?? ''];
    await tx`DELETE FROM cards.application_wish WHERE application_id = ANY (${ids})`;
    await tx`
      UPDATE cards.application SET state = 'refused', ended_on = '2020-01-01' WHERE application_id = ANY (${ids})`;
  });
  const staying = await visited(form, ROWS.adult.birth_date);
  assert.equal(await destroyCardsOver(cards, door.applications), 2);
  const [written] = await sql<{ count: number }[]>`
    SELECT (SELECT count(*) FROM cards.notice_letter) + (SELECT count(*) FROM cards.notice_mail) AS count`;
  assert.equal(written?.count, 0);
  assert.equal(codeOf(await findVisit(at(), 'c-door', staying)), 'visit-over');
  const shown = { formId: form, birthDate: ROWS.adult.birth_date };
  assert.equal(codeOf(await openVisit(at(), 'c-door', shown)), 'form-not-found');
});
