/** That a paper holds the data and the history of its own person, and over HTTP is given to officers only. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { type Actor, createHttpServer, createLog } from '@ishizue/http';
import { mustSucceed, ok } from '@ishizue/outcome';
import { recordEvent } from '../municipal/record-event.ts';
import { registerAgency } from '../provision/agencies.ts';
import { ProvisionDesk } from '../provision/provision-desk.ts';
import { PENSION, queryWith } from '../provision/provision-for-tests.ts';
import { KIYOSE, testAccess } from '../testing/index.ts';
import { DISCLOSURE_OFFICER } from './disclosure-context.ts';
import {
  country,
  decided,
  formOf,
  HARUKA,
  looksOf,
  national,
  officer,
  person,
  plain,
  textOf,
  tokyo,
} from './disclosure-office-for-tests.ts';
import { disclosurePages, disclosureRoutes, disclosureStatuses } from './disclosure-routes.ts';

export function testPapers(): void {
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
}

export function testOverHttp(): void {
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
}
