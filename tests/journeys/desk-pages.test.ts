/**
 * The officers' desk in Chromium over a running country with one municipality: an application is looked at, returned, put right and
 * accepted; its card is handed over by its chip, over the WebSocket reader; the holder gets a paper with it at the kiosk's page; a
 * call centre's operator has it stopped.
 * axe-core looks at each page. Without Chromium the test is skipped, and says so.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openSoftwareCard, serveCardToPages } from '@ishizue/card';
import { makeCard, openHandOver } from '@ishizue/cards';
import { mustSucceed } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { chromium } from 'playwright-core';
import { look, openPage, press, signIn } from './fixtures/desk-browser.ts';
import {
  applyOnPaper,
  byClerk,
  MUNICIPALITY,
  openOffice,
  PERSON,
  sendParcel,
  settleIn,
} from './fixtures/desk-office.ts';
import { findChromium } from './fixtures/find-chromium.ts';
import { stopOf, unfoldEverything, widthOfPicture } from './fixtures/in-page.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip = executablePath === undefined && 'Chromium is not installed: the desk was NOT looked at';
const PIN = '1234';
const PASSWORD = 'Kiyose2026';

test('officers do their work in a browser', { skip }, async (t) => {
  const { country, origin, operator } = await openOffice(t);
  const clerk = await operator('card-clerk');
  const residentCode = await settleIn(country);
  const caseId = await applyOnPaper(country, clerk.id, residentCode);
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--use-fake-device-for-media-stream'],
  });
  t.after(() => browser.close());
  const sql = country.database.pool('cards');

  await t.test('a clerk signs in and works through an application', async (part) => {
    const { page, complaints } = await openPage(part, browser, 'ja-JP');
    await page.goto(`${origin}/national/pages/card-applications/inbox`);
    await page.getByRole('heading', { level: 1, name: '職員のサインイン' }).waitFor();
    await signIn(page, { id: clerk.id, secret: 'not the secret' });
    await page.getByRole('alert').getByText('IDまたはパスワードが違うか').waitFor();
    await look(page, 'sign-in ja');
    await signIn(page, clerk);
    await page.getByRole('heading', { level: 1, name: '個人番号カードの交付申請' }).waitFor();
    await page.getByRole('link', { name: String(caseId), exact: true }).click();
    await page.getByText('写真の機械的な確認').waitFor();
    assert.equal(await widthOfPicture(page, 'img.picture'), 560, 'the photograph is seen');
    await look(page, 'case ja');
    const section = (name: string) => page.locator('details').filter({ hasText: name }).first();
    await section('不備を知らせる').locator('input[value="photo-background"]').check();
    await press(page, '不備を知らせる');
    await page.locator('dd').getByText('不備あり・再提出待ち').first().waitFor();
    await unfoldEverything(page);
    await press(page, '直して再提出する');
    await page.locator('dd').getByText('審査中').first().waitFor();
    await unfoldEverything(page);
    await press(page, '受理する');
    await page.locator('dd').getByText('受理(カード作成へ)').first().waitFor();
    await page.getByRole('link', { name: '職員用画面' }).click();
    const entries = await page.locator('.entries a').allTextContents();
    assert.deepEqual(entries, ['個人番号カードの交付申請', '届いたカード', '交付前設定', 'カードの交付']);
    await look(page, 'desk ja');
    await press(page, 'サインアウト');
    await page.getByText('サインアウトしました。').waitFor();
    await page.goBack();
    await page.getByRole('heading', { level: 1, name: '職員のサインイン' }).waitFor();
    assert.deepEqual(complaints(), []);
  });

  const read = await country.systems.applicationDesk.read(byClerk(clerk.id), caseId);
  const applicationId = String(mustSucceed(read, 'the case').record['applicationId']);
  const { cards, workshop } = country.systems;
  const { cardId, expiresOn } = mustSucceed(
    await makeCard(cards, testAccess, applicationId, workshop),
    'the card',
  );
  const parcel = await sendParcel(country, origin, await operator('card-factory'), cardId);

  const putIntoReader = async (part: TestContext) => {
    const taken = new AbortController();
    const listening = Promise.withResolvers<number>();
    const served = serveCardToPages(
      path.join(country.directory.cards, `${cardId}.card`),
      { port: 0, origins: [origin] },
      { signal: taken.signal, onListening: listening.resolve, onTrouble: listening.reject },
    );
    const takeOut = async () => {
      taken.abort();
      await served;
    };
    part.after(takeOut);
    return { port: await listening.promise, takeOut };
  };

  await t.test('the clerk hands the card over, with the card in the reader', async (part) => {
    const { port, takeOut } = await putIntoReader(part);
    const { page, complaints } = await openPage(part, browser, 'ja-JP');
    await page.goto(`${origin}/national/desk/parcels`);
    await signIn(page, clerk);
    await page.getByLabel('荷物の番号').fill(parcel);
    await page.getByLabel('市区町村コード').fill(MUNICIPALITY);
    for (const told of ['済み', 'このカードは読み取り済みです。']) {
      await page.getByLabel('カードの製造番号').fill(cardId);
      await page.keyboard.press('Enter');
      await page.getByText(told).waitFor();
    }
    await press(page, '荷物を締める');
    await page.getByText('全部そろっています。').waitFor();
    await page.goto(`${origin}/national/desk/set-up`);
    await page.getByLabel('市区町村コード').fill(MUNICIPALITY);
    await page.getByLabel('カードの製造番号').fill(cardId);
    await page.keyboard.press('Enter');
    await page.getByText(`${cardId}: 済み`).waitFor();
    await page.goto(`${origin}/national/desk/hand-over`);
    await page.getByLabel('申請書ID').fill(applicationId.replace(/(.{4})(?=.)/g, '$1 '));
    await page.getByLabel('カードの製造番号').fill('0'.repeat(16));
    await page.getByLabel('市区町村コード').fill(MUNICIPALITY);
    await page.getByLabel('カードリーダーのポート').fill(String(port));
    await press(page, '交付を始める');
    await page.getByRole('alert').getByText('この製造番号のカードはありません。').waitFor();
    await page.getByLabel('カードの製造番号').fill(cardId.toLowerCase());
    await page.getByLabel('年金手帳').first().check();
    await press(page, '交付を始める');
    await page.getByRole('alert').getByText('identity-not-proved').waitFor();
    await look(page, 'hand-over ja');
    await page.getByLabel('旅券').first().check();
    await press(page, '交付を始める');

    await page.getByRole('heading', { level: 1, name: 'カードの交付: リーダー' }).waitFor();
    await page.locator('#read:enabled').waitFor();
    assert.ok(await page.locator('#complete').isDisabled());
    assert.ok(await page.locator('#sign').isDisabled(), 'the face is seen first');
    const code = await cards.press.securityCodeOf(cardId);
    const numberB = `${PERSON.birthDate.replaceAll('-', '').slice(2)}${expiresOn.slice(0, 4)}${code}`;
    await page.getByLabel('照合番号B').fill(numberB.replace(/.$/, (last) => String((Number(last) + 1) % 10)));
    await page.keyboard.press('Tab');
    assert.doesNotMatch((await stopOf(page)).ring, /^none 0px/);
    await page.keyboard.press('Enter');
    await page
      .locator('#read-told')
      .getByText('照合番号Bが違います。券面を確かめてください。あと9回。')
      .waitFor();
    const readFace = async (): Promise<void> => {
      await page.locator('#read:enabled').waitFor();
      await page.getByLabel('照合番号B').fill(numberB);
      await press(page, '読み取る');
      await page.locator('#read-told').getByText('読み取りました。').waitFor();
    };
    await readFace();
    assert.ok((await widthOfPicture(page, '#chip-name img')) > 50, 'the name as the chip has it');
    assert.equal(await widthOfPicture(page, '#photo img'), 280, 'the photograph of the chip');
    await page.locator('#camera video').waitFor();
    const pins = page.locator('[data-pin]');
    const type = async (kind: string, first: string, second = first): Promise<void> => {
      await page.locator(`[data-pin="${kind}"]`).fill(first);
      await page.locator(`[data-again="${kind}"]`).fill(second);
    };
    await type('signature', PASSWORD);
    await type('authentication', PIN, '4321');
    await press(page, '設定して、カードに署名させる');
    await page.locator('#sign-told').getByText('2回の入力が一致しません。').waitFor();
    const sign = async (): Promise<void> => {
      await type('signature', PASSWORD);
      await type('authentication', PIN);
      await press(page, '設定して、カードに署名させる');
      await page.locator('#sign-told').getByText('設定と署名が済みました。').waitFor();
    };
    await sign();
    for (const one of await pins.all()) assert.equal(await one.inputValue(), '', 'no PIN stays');
    await look(page, 'reader ja');
    // another counter begins anew: this hand-over is over, and the same can be done again with the PINs that are set
    const facts = {
      receiver: 'holder',
      documents: ['passport'],
      receiverDocuments: [],
      ground: null,
    } as const;
    const order = { applicationId, cardId, municipality: MUNICIPALITY, requestId: 'another-counter-1' };
    const other = { ...facts, oldCard: 'none', checkedBy: 'o-other0' } as const;
    mustSucceed(await openHandOver(cards, testAccess, { ...order, facts: other }), 'another counter');
    await page.getByLabel('同じ人である').check();
    await press(page, '交付を記録する');
    await page.getByRole('alert').getByText('hand-over-over').waitFor();
    await page.getByRole('link', { name: 'やめて、はじめからやり直す' }).click();
    assert.equal(await page.getByLabel('市区町村コード').inputValue(), MUNICIPALITY, 'where the counter is');
    await page.getByLabel('申請書ID').fill(applicationId);
    await page.getByLabel('カードの製造番号').fill(cardId);
    await page.getByLabel('旅券').first().check();
    await press(page, '交付を始める');
    await readFace();
    await sign();
    const posted = page.waitForRequest((asked) => asked.method() === 'POST');
    await page.getByLabel('同じ人である').check();
    await press(page, '交付を記録する');
    const body = (await posted).postData() ?? '';
    assert.ok(!body.includes(PIN) && !/kiyose2026/i.test(body), 'no PIN leaves the page');
    await page.getByText('交付を記録しました。').waitFor();
    await page.goBack();
    assert.equal(await page.getByRole('img', { name: '氏名' }).count(), 0, 'nothing of the person stays');
    const [row] = await sql<{ state: string; compared: string }[]>`
      SELECT c.state, h.face_compared_with AS compared FROM cards.card c JOIN cards.hand_over h USING (card_id)
      WHERE c.card_id = ${cardId} AND h.state = 'completed'`;
    assert.deepEqual({ ...row }, { state: 'active', compared: 'camera' });
    assert.deepEqual(complaints(), []);
    await takeOut();
    const held = await openSoftwareCard(country.directory.cards, cardId);
    assert.ok(
      (await held.sign('signature', PASSWORD.toUpperCase(), Buffer.from('x'))).ok,
      'the password is set',
    );
  });

  await t.test('the holder gets a copy of the record at the kiosk’s page', async (part) => {
    const { port } = await putIntoReader(part);
    const { page, complaints } = await openPage(part, browser, 'ja-JP');
    await page.goto(`${origin}/kiosk`);
    await page.getByLabel('世帯主・続柄').check();
    await page.getByLabel('カードリーダーのポート').fill('65536');
    await look(page, 'kiosk ja');
    await press(page, 'カードへ進む');
    await page.getByRole('alert').getByText('port-malformed').waitFor();
    assert.ok(await page.getByLabel('世帯主・続柄').isChecked(), 'what was chosen stays');
    await page.getByLabel('カードリーダーのポート').fill(String(port));
    await press(page, 'カードへ進む');
    await page.getByRole('heading', { level: 1, name: 'コンビニ交付: カード' }).waitFor();
    const pin = page.getByLabel('暗証番号（利用者証明用）');
    const type = async (digits: string): Promise<void> => {
      await page.locator('#sign:enabled').waitFor();
      await pin.fill(digits);
      await page.keyboard.press('Enter');
    };
    await type('9999');
    await page.getByText('暗証番号が違います。あと2回。').waitFor();
    assert.equal(await pin.inputValue(), '', 'no PIN stays');
    await look(page, 'kiosk card ja');
    const posted = page.waitForRequest((asked) => asked.method() === 'POST');
    const coming = page.waitForEvent('download');
    await type(PIN);
    const fields = new URLSearchParams((await posted).postData() ?? '');
    assert.deepEqual([...fields.keys()], ['certificate', 'signature'], 'the PIN is no field');
    const signed = Buffer.from(fields.get('signature') ?? '', 'base64');
    assert.equal(signed.length, 256);
    const paper = await coming;
    assert.equal(paper.suggestedFilename(), 'resident-record.pdf');
    const bytes = await readFile(await paper.path());
    for (const one of await page.locator('#pin, #submission input').all())
      assert.equal(await one.inputValue(), '', 'nothing stays');
    assert.deepEqual(complaints(), []);

    const all = country.database.superuser();
    const [row] = await all<{ sha256: string; state: string }[]>`
      SELECT c.sha256, r.state FROM certificates.national_certificate c
      JOIN certificates.national_request r USING (request_id) WHERE r.kiosk = 'kiosk-page'`;
    const entries = await all<{ affair: string; place: string }[]>`
      SELECT DISTINCT affair, split_part(site, '/', 1) AS place FROM ledger.entry
      WHERE correlation = (SELECT request_id FROM certificates.national_request WHERE state = 'delivered')
      AND result = 'ok' ORDER BY 1, 2`;
    await all.end();
    const one = (affair: string, place: string) => ({ affair, place });
    assert.deepEqual(
      entries.map((entry) => ({ ...entry })),
      [
        one('kiosk-authentication', 'national'),
        one('kiosk-certificate', 'municipal'),
        one('kiosk-certificate', 'national'),
      ],
    );
    assert.deepEqual(
      { ...row },
      { sha256: createHash('sha256').update(bytes).digest('hex'), state: 'delivered' },
    );
    const again = await page.request.post((await posted).url(), {
      form: Object.fromEntries(fields),
      headers: { origin },
    });
    assert.equal(again.status(), 409);
    assert.match(await again.text(), /request-already-submitted/, 'a submission is let in once');
    await part.test('it is of the holder, by another reader of PDFs', (reading) => {
      const { error, stdout } = spawnSync('pdftotext', ['-raw', '-', '-'], { input: bytes });
      if (error !== undefined) {
        reading.skip('Poppler is not installed: the paper was NOT read');
        return;
      }
      const text = stdout.toString().replaceAll(/\s/g, '');
      assert.ok(text.includes(PERSON.name.replace('　', '')) && text.includes('元町一丁目4番5号'), text);
      assert.ok(!text.includes(residentCode), 'and without the resident code');
    });
  });

  await t.test('the call centre has the card stopped after identity questions', async (part) => {
    const caller = await operator('call-operator', 'help-desk-clerk', 'call-centre-lead');
    const { page, complaints } = await openPage(part, browser, 'en-GB');
    await page.goto(`${origin}/national/desk/calls`);
    await signIn(page, caller);
    await page.getByLabel('To stop the card').check();
    await page.getByLabel('By the serial of the card').check();
    await page.getByLabel('Serial of the card', { exact: true }).fill(cardId);
    await look(page, 'call en');
    await press(page, 'Begin the check');
    const say = async (question: string, answer: string): Promise<void> => {
      await page.getByLabel(question, { exact: true }).fill(answer);
      await press(page, `Compare: ${question}`);
    };
    await say('Name', '石川　渚');
    await page.getByRole('alert').getByText('That answer is wrong.').waitFor();
    assert.ok(!(await page.content()).includes('石川'), 'neither what was said nor what is held');
    await look(page, 'check en');
    await say('Name', PERSON.name);
    await say('Date of birth', PERSON.birthDate);
    await page.getByText('Answered rightly').waitFor();
    await page.getByLabel('The holder').check();
    await page.getByLabel('Lost').check();
    await press(page, 'Stop the card');
    await page.getByText('The card is stopped.').waitFor();
    const [row] = await sql<{ state: string }[]>`SELECT state FROM cards.card WHERE card_id = ${cardId}`;
    assert.equal(row?.state, 'suspended');

    await page.goto(`${origin}/national/desk/tickets`);
    await page.getByLabel('Subject').fill('How is a card stopped?');
    await press(page, 'Enter it');
    await page.locator('details').filter({ hasText: 'Classify' }).locator('summary').click();
    await page.getByLabel('Topic').selectOption('suspension');
    await page.getByLabel('Urgency').selectOption('urgent');
    await press(page, 'Classify');
    await page.locator('dd').getByText('Urgent', { exact: true }).waitFor();
    await look(page, 'ticket en');
    await page.goto(`${origin}/national/desk/answer-rate`);
    await page.getByText('95%').waitFor();
    assert.equal((await page.goto(`${origin}/national/desk/hand-over`))?.status(), 403, 'not of this role');
    assert.deepEqual(complaints(), []);
  });

  await t.test('what was done stands in the ledger, with the operator and the terminal', async () => {
    const ledger = country.database.superuser();
    const rows = await ledger<{ affair: string; actor: string; terminal: string }[]>`
      SELECT DISTINCT affair, actor, terminal FROM ledger.entry
      WHERE actor LIKE 'o-%' AND site = 'national' AND result = 'ok' ORDER BY affair`;
    await ledger.end();
    const ofClerk = rows.filter(({ actor }) => actor === clerk.id);
    for (const affair of ['card-application-inbox', 'card-application-read', 'card-application-read-file'])
      assert.ok(
        ofClerk.some((row) => row.affair === affair),
        affair,
      );
    assert.ok(ofClerk.some((row) => row.affair === 'card-issue' && row.terminal === 'counter-7'));
  });
});
