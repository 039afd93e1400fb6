/** Disclosures from the request to the correction, at the national site and a prefecture. Flow: docs/flows/disclosure.md. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { Sql } from '@ishizue/db';
import { type Actor, createHttpServer, createLog } from '@ishizue/http';
import { mustSucceed, ok, type Result } from '@ishizue/outcome';
import { openTypeface } from '@ishizue/pdf';
import { type ActingBy, procedureSchema } from '@ishizue/procedure';
import { DatedRules } from '@ishizue/rules';
import { recordEvent } from '../municipal/record-event.ts';
import { registerAgency } from '../provision/agencies.ts';
import { ProvisionDesk } from '../provision/provision-desk.ts';
import { PENSION, queryWith } from '../provision/provision-for-tests.ts';
import { giveCodes, superuserOf, wholeFile } from '../testing/behind-the-scenes.ts';
import { grantSupport, KIYOSE, type TestCountry, testAccess, testCountry } from '../testing/index.ts';
import { loadRegister } from '../testing/load-register.ts';
import { nationalTier, prefecturalTier } from '../tiers/tier.ts';
import { DISCLOSURE_OFFICER } from './disclosure-context.ts';
import { DisclosureDesk } from './disclosure-desk.ts';
import { noDisclosureFee } from './disclosure-fees.ts';
import { disclosurePages, disclosureRoutes, disclosureStatuses } from './disclosure-routes.ts';

const typeface = mustSucceed(await openTypeface([]), 'the bundled face');
const HARUKA = '石川　遥';
/** Two of a name and birth date at different addresses, two who differ in nothing, and a child. */
const ROWS = [
  { resident_number: '1', household_number: '1', lot: '4番5号' },
  { resident_number: '2', household_number: '2', lot: '9番1号' },
  { resident_number: '3', household_number: '3', name: '佐藤　花', lot: '7番1号' },
  { resident_number: '4', household_number: '4', name: '佐藤　花', lot: '7番1号' },
  {
    resident_number: '5',
    household_number: '1',
    name: '石川　空',
    birth_date: '2015-05-05',
    became_resident_on: '2015-05-05',
    address_fixed_on: '2015-05-05',
    relationship: '子',
  },
];

interface Person {
  readonly residentCode: string;
  readonly address: string;
}

interface Office {
  readonly country: TestCountry;
  readonly sql: Sql;
  readonly national: DisclosureDesk;
  readonly tokyo: DisclosureDesk;
  /** By resident number. */
  readonly persons: ReadonlyMap<string, Person>;
  readonly goTo: (date: string) => void;
}

async function openOffice(): Promise<Office> {
  const t: Pick<TestContext, 'after'> = wholeFile;
  const country = await testCountry(t, { schemas: [procedureSchema], now: '2026-01-31T01:00:00Z' });
  await giveCodes(country, KIYOSE, 10);
  await loadRegister(country, KIYOSE, ROWS);
  await country.settle();
  const sql = superuserOf(t, country.database);
  const rows = await sql<(Person & { residentNumber: string })[]>`
    SELECT m.resident_number AS "residentNumber", n.resident_code AS "residentCode", n.address
    FROM registry.municipal_resident m JOIN registry.national_person n USING (resident_code)`;
  const { context, database, clock } = country;
  const fees = new DatedRules('fee', [
    { validFrom: '2020-01-01', validTo: '2026-01-31', source: 'invented', rule: { request_yen: 0 } },
    { validFrom: '2026-02-01', source: 'invented', rule: { request_yen: 300 } },
  ]);
  const given = { registry: context, ledger: database.pool('ledger'), typeface };
  return {
    country,
    sql,
    national: await DisclosureDesk.open({
      ...given,
      tier: nationalTier(context),
      issuer: '全国センター',
      fees,
    }),
    tokyo: await DisclosureDesk.open({
      ...given,
      tier: prefecturalTier(context, '13'),
      issuer: '東京都知事',
      fees: noDisclosureFee,
    }),
    persons: new Map(rows.map(({ residentNumber, ...person }) => [residentNumber, person])),
    goTo: (date) => clock.advance(Date.parse(`${date}T01:00:00Z`) - clock.now()),
  };
}

const office = await openOffice();
const { country, sql, national, tokyo, goTo } = office;
const person = (nth: string): Person => {
  const found = office.persons.get(nth);
  if (!found) throw new Error(`nobody has the resident number ${nth}`);
  return found;
};

let requests = 0;
const officer = (id = 'o-1'): ActingBy => ({
  actor: { kind: 'operator', id, roles: [DISCLOSURE_OFFICER] },
  terminal: 't-1',
  correlation: `c-${++requests}`,
});

const formOf = (nth: string, changes: Readonly<Record<string, unknown>> = {}) => ({
  name: HARUKA,
  birthDate: '1980-02-17',
  address: person(nth).address,
  asks: 'identity-data',
  asker: 'person',
  identityDocument: 'driving-licence',
  delivery: 'counter',
  ...changes,
});

const apply = (desk: DisclosureDesk, form: unknown, by = officer()) =>
  desk.cases.start(by, { move: 'apply', request: `r-${++requests}`, form });
const move = (desk: DisclosureDesk, caseId: number, name: string, own?: unknown, by = officer()) =>
  desk.cases.move(by, { caseId, move: name, request: `r-${++requests}`, own });
const opened = async (desk: DisclosureDesk, form: unknown): Promise<number> =>
  mustSucceed(await apply(desk, form), 'the request').caseId;
const decided = async (desk: DisclosureDesk, form: unknown): Promise<number> => {
  const caseId = await opened(desk, form);
  mustSucceed(await move(desk, caseId, 'decide'), 'the decision');
  return caseId;
};
const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

/** The entries of one correlation, as `affair result`, with whether they name the person. */
async function looksOf(correlation: string, code: string, site = 'national'): Promise<readonly string[]> {
  const subject = country.pseudonyms.of(site, code);
  const rows = await sql<{ said: string }[]>`
    SELECT affair || ' ' || article || ' ' || result || ' ' ||
      CASE WHEN subject IS NULL THEN 'nobody' WHEN subject = ${subject} THEN 'them' ELSE 'another' END AS said
    FROM ledger.entry WHERE correlation = ${correlation} AND site = ${site} ORDER BY tx, id`;
  return rows.map(({ said }) => said);
}

function textOf(bytes: Buffer): string | undefined {
  const { error, stdout } = spawnSync('pdftotext', ['-layout', '-', '-'], { input: bytes });
  return error ? undefined : stdout.toString().normalize('NFKC').replaceAll(/\s+/g, '');
}

/** In the order of a PDF's text, without spaces. */
const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '');

test('exactly one person is found by what is written, or the request says why not', async () => {
  const [a, b] = [person('1'), person('2')];
  const cases: readonly [string, DisclosureDesk, unknown, string, string | undefined][] = [
    ['by name, birth date and address', national, formOf('1'), 'ok', a.residentCode],
    ['the namesake', national, formOf('2'), 'ok', b.residentCode],
    ['with the code', national, formOf('2', { residentCode: b.residentCode }), 'ok', b.residentCode],
    [
      'another’s code',
      national,
      formOf('1', { residentCode: b.residentCode }),
      'items-do-not-agree',
      undefined,
    ],
    ['two of them', national, formOf('3', { name: '佐藤　花' }), 'person-ambiguous', undefined],
    [
      'one of two by the code',
      national,
      formOf('3', { name: '佐藤　花', residentCode: person('4').residentCode }),
      'ok',
      person('4').residentCode,
    ],
    ['nobody', national, formOf('1', { name: '不在　人' }), 'ok', undefined],
    [
      'a code that is none',
      national,
      formOf('1', { residentCode: '12345678901' }),
      'form-invalid',
      undefined,
    ],
    ['a prefecture without the code', tokyo, formOf('1'), 'resident-code-needed', undefined],
    ['a prefecture', tokyo, formOf('1', { residentCode: a.residentCode }), 'ok', a.residentCode],
    [
      'the history at a prefecture',
      tokyo,
      formOf('1', { residentCode: a.residentCode, asks: 'both' }),
      'history-not-kept-here',
      undefined,
    ],
    [
      'a representative who is not named',
      national,
      formOf('1', { asker: 'guardian' }),
      'representative-missing',
      undefined,
    ],
    [
      'a parent of an adult',
      national,
      formOf('1', { asker: 'parent', representative: mother() }),
      'not-a-minor',
      undefined,
    ],
  ];
  for (const [what, desk, form, code, found] of cases) {
    const started = await apply(desk, form);
    assert.equal(codeOf(started), code, what);
    if (!started.ok) continue;
    const read = mustSucceed(await desk.cases.read(officer(), started.value.caseId), what);
    assert.equal(read.record['residentCode'], found, what);
    const [{ subject } = { subject: undefined }] = await sql<{ subject: string }[]>`
      SELECT subject FROM procedure.case_file WHERE id = ${started.value.caseId}`;
    assert.equal(subject, found ?? '', `${what}: whose case it is`);
  }
  const by = officer();
  await apply(national, formOf('1'), by);
  assert.deepEqual(await looksOf(by.correlation, a.residentCode), [
    'identity-disclosure-find 住民基本台帳法 第30条の32 ok them',
    'identity-disclosure-apply 住民基本台帳法 第30条の32 ok them',
  ]);
  const wrong = officer();
  await apply(national, formOf('1', { residentCode: b.residentCode }), wrong);
  const entries = await looksOf(wrong.correlation, b.residentCode);
  assert.equal(entries[0], 'identity-disclosure-find 住民基本台帳法 第30条の32 items-do-not-agree nobody');
});

const mother = () => ({ name: '石川　陽子', address: '東京都清瀬市', authority: 'family-register' });

test('papers of two namesakes made in turns hold the data and the history of their own persons, under all their codes', async (t) => {
  const [a, b] = [person('1'), person('2')];
  const { context } = country;
  mustSucceed(
    await registerAgency(context, testAccess, {
      agency: PENSION,
      name: '日本年金機構',
      rows: ['77'],
      keyId: 'key-1',
      publicKey: Buffer.alloc(32, 1),
    }),
    'the agency',
  );
  const agency = new ProvisionDesk(context);
  const provide = async (residentCode: string, items: ('name' | 'address' | 'sex')[]) =>
    mustSucceed(
      await agency.ask({ agency: PENSION, request: queryWith({ items, person: { residentCode } }) }),
      'asked',
    );
  await provide(a.residentCode, ['name']);
  await provide(b.residentCode, ['address']);
  const [caseA, caseB] = [
    await decided(national, formOf('1', { asks: 'both' })),
    await decided(national, formOf('2', { asks: 'both' })),
  ];
  const change = {
    reason: 'resident-code-change',
    residentCode: a.residentCode,
    eventDate: '2026-01-31',
  } as const;
  const changed = mustSucceed(
    await recordEvent(context, KIYOSE, testAccess, 'change-a', change),
    'the change',
  );
  await country.settle();
  await provide(changed.residentCode, ['sex']);

  const [byA, byB] = [officer(), officer('o-2')];
  const [madeA, madeB] = await Promise.all([
    national.printPaper(byA, caseA),
    national.printPaper(byB, caseB),
  ]);
  const [paperA, paperB] = [mustSucceed(madeA, 'the paper'), mustSucceed(madeB, 'the other paper')];
  for (const [caseId, paper] of [
    [caseA, paperA],
    [caseB, paperB],
  ] as const) {
    const read = mustSucceed(await national.cases.read(officer(), caseId), 'the case');
    assert.equal(read.record['paper'], createHash('sha256').update(paper.bytes).digest('hex'));
    assert.equal(read.record['pages'], paper.pages);
  }
  const looks = (await looksOf(byA.correlation, changed.residentCode)).filter((said) =>
    said.includes('-paper '),
  );
  assert.deepEqual(looks, [
    'identity-disclosure-paper 住民基本台帳法 第30条の32 ok them',
    // the history is asked for under the code of the request, which is theirs too
    'identity-disclosure-paper 個人情報の保護に関する法律 第76条 ok another',
  ]);
  const [textA, textB] = [textOf(paperA.bytes), textOf(paperB.bytes)];
  if (textA === undefined || textB === undefined) {
    t.skip('pdftotext is not on this machine: the words of the papers were not read');
    return;
  }
  const has = (text: string, wanted: readonly string[], unwanted: readonly string[]): void => {
    for (const one of wanted) assert.ok(text.includes(plain(one)), `${one} is missing`);
    for (const one of unwanted) assert.ok(!text.includes(plain(one)), `${one} is on another's paper`);
  };
  has(
    textA,
    [HARUKA, '日本年金機構', a.address, a.residentCode, changed.residentCode, '氏名name', '性別sex'],
    [b.residentCode, b.address, '住所address'],
  );
  has(
    textB,
    [HARUKA, b.address, b.residentCode, '住所address'],
    [a.residentCode, changed.residentCode, a.address, '性別sex'],
  );
});

test('thirty days count the day of receipt, over ends of months; one extension in time; a completion that does not come lapses', async () => {
  const due = async (on: string): Promise<string | null> => {
    goTo(on);
    return mustSucceed(await apply(national, formOf('2')), on).dueOn;
  };
  assert.equal(await due('2026-01-31'), '2026-03-01');
  assert.equal(await due('2026-02-01'), '2026-03-02');
  goTo('2026-03-02');
  const form = formOf('2');
  const caseId = await opened(national, form);
  goTo('2026-03-31'); // the last of thirty days
  assert.equal((await national.cases.passDeadlines()).alarms > 0, true, 'the earlier two are late');
  const extended = mustSucceed(await move(national, caseId, 'extend', { reason: '照会中' }), 'extended');
  assert.equal(extended.dueOn, '2026-04-30');
  assert.equal(
    codeOf(await move(national, caseId, 'extend', { reason: '再度' })),
    'deadline-extended-already',
  );
  const told: string[] = [];
  await national.cases.deliverNotices((notices) => {
    told.push(...notices.filter((one) => one.caseId === caseId).map(({ ja }) => ja));
    return Promise.resolve(new Set());
  });
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /2026-04-30.*照会中/);
  const late = await opened(national, form);
  goTo('2026-04-30');
  assert.equal(codeOf(await move(national, late, 'extend', { reason: '遅い' })), 'extension-too-late');
  assert.equal(
    (await sql`SELECT FROM procedure.alarm WHERE case_id = ${caseId}`).length,
    0,
    'the extended case is in time',
  );
  goTo('2026-05-01');
  await national.cases.passDeadlines();
  assert.equal((await sql`SELECT FROM procedure.alarm WHERE case_id = ${caseId}`).length, 1);

  const lacking = await opened(national, form);
  const returned = mustSucceed(await move(national, lacking, 'return', { reason: '書類' }), 'returned');
  assert.equal(returned.dueOn, '2026-06-01', 'the thirtieth day is a Sunday');
  goTo('2026-06-01');
  assert.equal((await national.cases.passDeadlines()).moved, 0);
  goTo('2026-06-02');
  assert.equal((await national.cases.passDeadlines()).moved, 1);
  assert.equal(codeOf(await move(national, lacking, 'complete')), 'move-not-in-state');
});

test('nothing is handed over before the fee is paid and without a paper of the day; without the role nothing is to be seen', async () => {
  const caseId = await decided(national, formOf('2'));
  assert.equal(codeOf(await national.printPaper(officer(), caseId)), 'fee-unpaid');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'fee-unpaid');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 299 })), 'fee-differs');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 300 })), 'ok');
  assert.equal(codeOf(await move(national, caseId, 'pay', { amount: 300 })), 'fee-paid-already');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'paper-not-made-today');
  const byHand = { paper: '0'.repeat(64), pages: 1 };
  assert.equal(codeOf(await move(national, caseId, 'print', byHand)), 'not-permitted');
  mustSucceed(await national.printPaper(officer(), caseId), 'the paper');
  country.clock.advance(86_400_000);
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'paper-not-made-today');
  const several = await Promise.all(
    ['o-1', 'o-2', 'o-3'].map((id) => national.printPaper(officer(id), caseId)),
  );
  for (const one of several) assert.ok(one.ok || codeOf(one) === 'case-moved-meanwhile', codeOf(one));
  const last = mustSucceed(await national.cases.read(officer(), caseId), 'the case').record['paper'];
  assert.ok(
    several.some((one) => one.ok && one.value.sha256 === last),
    'the kept digest is of a paper that was given',
  );
  const stranger: ActingBy = { ...officer(), actor: { kind: 'operator', id: 'o-9', roles: ['card-clerk'] } };
  assert.equal(codeOf(await national.printPaper(stranger, caseId)), 'case-unknown');
  assert.equal(codeOf(await move(national, caseId, 'deliver')), 'ok');
  assert.equal(codeOf(await tokyo.printPaper(officer(), caseId)), 'case-unknown');
});

test('whoever is not held is told so; a correction stands only once the municipality has sent another record', async (t) => {
  const nobody = await decided(tokyo, formOf('2', { name: '不在　人', residentCode: await freeCode() }));
  const paper = mustSucceed(await tokyo.printPaper(officer(), nobody), 'the paper');
  const text = textOf(paper.bytes);
  if (text === undefined)
    t.diagnostic('pdftotext is not on this machine: the words of the paper were not read');
  else assert.ok(text.includes(plain('該当する記録はありません')));

  const b = person('2');
  const caseId = await decided(tokyo, formOf('2', { residentCode: b.residentCode }));
  mustSucceed(await tokyo.printPaper(officer(), caseId), 'the paper');
  mustSucceed(await move(tokyo, caseId, 'deliver'), 'delivered');
  mustSucceed(await move(tokyo, caseId, 'ask-correction', { kind: 'correction', what: '氏名の字' }), 'asked');
  const what = '氏名の字体を確認してください。';
  assert.equal(
    codeOf(await move(tokyo, caseId, 'ask-municipality', { municipality: '142042', what })),
    'not-their-municipality',
  );
  assert.equal(codeOf(await move(tokyo, caseId, 'ask-municipality', { municipality: KIYOSE, what })), 'ok');
  const before = await sql`SELECT * FROM registry.prefectural_person ORDER BY resident_code`;
  const by = officer();
  assert.equal(
    codeOf(await move(tokyo, caseId, 'answer-corrected', { result: '済' }, by)),
    'record-unchanged',
  );
  assert.deepEqual(await looksOf(by.correlation, b.residentCode, 'prefectural/13'), [
    'identity-disclosure-correct 住民基本台帳法 第30条の35 ok them',
    'identity-disclosure-answer-corrected 住民基本台帳法 第30条の35 record-unchanged them',
  ]);
  assert.deepEqual(await sql`SELECT * FROM registry.prefectural_person ORDER BY resident_code`, before);
  const corrected = {
    reason: 'resident-code-change',
    residentCode: b.residentCode,
    eventDate: '2026-06-01',
  } as const;
  mustSucceed(
    await recordEvent(country.context, KIYOSE, testAccess, 'change-b', corrected),
    'the municipality',
  );
  await country.settle();
  assert.equal(codeOf(await move(tokyo, caseId, 'answer-corrected', { result: '済' })), 'ok');
});

/** A sound code that nobody has. */
async function freeCode(): Promise<string> {
  const { residentCodeOf } = await import('../identity/resident-code.ts');
  return residentCodeOf('0000000001');
}

test('a support measure stops a parent, not the person', async () => {
  const child = person('5');
  await grantSupport(country, KIYOSE, child.residentCode);
  const form = { ...formOf('5'), name: '石川　空', birthDate: '2015-05-05' };
  const parent = await opened(national, { ...form, asker: 'parent', representative: mother() });
  assert.equal(codeOf(await move(national, parent, 'decide')), 'support-measure-in-force');
  const own = await opened(national, form);
  assert.equal(codeOf(await move(national, own, 'decide')), 'ok');
});

test('over HTTP officers get forms and papers, and nobody else does', async (t) => {
  const server = createHttpServer({
    name: 'Test',
    version: '1.0.0',
    log: createLog({ service: 'test', destination: { write: () => undefined } }),
    authenticate: ({ headers }) => {
      const role = String(headers['x-role'] ?? '');
      const actor: Actor =
        role === ''
          ? { kind: 'anonymous' }
          : { kind: 'operator', operator: 'o-1', site: 'prefectural/13', session: 's', roles: [role] };
      return ok({ actor, forgerySecret: 'secret' });
    },
    trustedProxies: [],
  });
  const site = 'prefectural/13';
  const statuses = disclosureStatuses(tokyo);
  server.mount({ prefix: `/${site}`, site, routes: disclosureRoutes(tokyo), statuses });
  server.mount({ prefix: '', site, routes: disclosurePages(tokyo, `/${site}`), statuses });
  const { origin } = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const ask = async (role: string, path: string, body?: unknown) => {
    const response = await fetch(`${origin}/${site}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'x-role': role, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, type: response.headers.get('content-type') ?? '', bytes };
  };
  const form = formOf('1', { residentCode: person('1').residentCode });
  const caseId = await decided(tokyo, form);
  const paper = `/disclosures/${caseId}/paper`;
  assert.equal((await ask('', paper, { terminal: 't-1' })).status, 401);
  assert.equal((await ask('identity-reader', paper, { terminal: 't-1' })).status, 403);
  const made = await ask(DISCLOSURE_OFFICER, paper, { terminal: 't-1' });
  assert.deepEqual([made.status, made.type], [200, 'application/pdf']);
  const read = mustSucceed(await tokyo.cases.read(officer(), caseId), 'the case');
  assert.equal(read.record['paper'], createHash('sha256').update(made.bytes).digest('hex'));
  const opening = { move: 'apply', request: 'over-http', form };
  assert.equal((await ask('identity-reader', '/disclosures', opening)).status, 403);
  assert.equal((await ask(DISCLOSURE_OFFICER, '/disclosures', opening)).status, 201);
  const other = {
    ...opening,
    request: 'over-http-2',
    form: { ...form, residentCode: person('2').residentCode },
  };
  assert.equal((await ask(DISCLOSURE_OFFICER, '/disclosures', other)).status, 409);
  for (const page of ['inbox?lang=ja', 'new/apply?lang=en', `cases/${caseId}?lang=ja`]) {
    const shown = await ask(DISCLOSURE_OFFICER, `/pages/disclosures/${page}`);
    assert.equal(shown.status, 200, page);
    assert.ok(shown.bytes.toString().includes(`/${site}/pages/disclosures/`), page);
  }
  assert.equal((await ask('identity-reader', `/pages/disclosures/cases/${caseId}`)).status, 404);

  const onPage = await ask(DISCLOSURE_OFFICER, `/pages/disclosures/cases/${caseId}?lang=ja`);
  const [, action = '', token = ''] =
    /action="\/prefectural\/13([^"]*paper\/made[^"]*)"><input[^>]*name="_forgery" value="([^"]+)"/.exec(
      onPage.bytes.toString(),
    ) ?? [];
  const press = (role: string, _forgery: string) =>
    fetch(`${origin}/${site}${action}`, {
      method: 'POST',
      headers: { 'x-role': role },
      body: new URLSearchParams({ _forgery }),
    });
  assert.equal((await press('identity-reader', token)).status, 404);
  assert.equal((await press(DISCLOSURE_OFFICER, 'forged')).status, 403);
  const button = await press(DISCLOSURE_OFFICER, token);
  const printed = createHash('sha256')
    .update(Buffer.from(await button.arrayBuffer()))
    .digest('hex');
  const again = mustSucceed(await tokyo.cases.read(officer(), caseId), 'the case').record['paper'];
  assert.deepEqual(
    [button.status, button.headers.get('content-type'), printed],
    [200, 'application/pdf', again],
  );
});
