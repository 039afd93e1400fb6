/**
 * The public pages in Chromium, in both languages: questions, chat, the status of an application, and the door for whoever holds an
 * application form. No script runs on them, and axe-core looks at each. Without Chromium the test is skipped, and says so.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serveDoor } from '@ishizue/cards/testing';
import {
  askForPerson,
  helpCountry,
  serveHelp,
  showChat,
  takeNextChat,
  writeAsOperator,
} from '@ishizue/help-desk/testing';
import { mustSucceed } from '@ishizue/outcome';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './fixtures/find-chromium.ts';
import { assertAccessible, beyondTheWindow } from './fixtures/in-page.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip =
  executablePath === undefined && 'Chromium is not installed: the pages of the help desk were NOT looked at';
const WIDTHS = [320, 1280];
const RULES_MIN = 12;
const NOBODYS_ID = '00000000000000000079444';

const SAYS = {
  ja: {
    locale: 'ja-JP',
    help: 'マイナンバーカードのよくある質問',
    ask: 'お困りのことを入力してください',
    question: '暗証番号を忘れた',
    search: '探す',
    entry: '暗証番号を忘れました。',
    begin: 'チャットを始める',
    message: 'メッセージ',
    send: '送る',
    masked: '番号は［***］です',
    person: '担当者に相談する',
    wait: '担当者をお待ちください',
    fresh: '新しい返事を見る',
    end: 'チャットを終える',
    ended: 'チャットは終わりました',
    status: '申請状況の確認',
    id: '申請書ID（数字23桁）',
    show: '確認する',
    handed: 'お渡ししました',
    none: 'この申請書IDの申請はありません。',
    wrong: '申請書IDの数字が違います。',
    door: '個人番号カードのオンライン申請',
    birth: 'カードを作る方の生年月日',
    next: '次へ',
    mismatch: '一致しないか',
    apply: '申請する',
    problem: '受け付けられませんでした',
    photo: '顔写真: ファイルを送る',
    sendPhoto: '送る: 顔写真',
    received: '受け取りました。',
    sign: '上のとおり申請します',
    receipt: '申請の受付',
    background: '背景に物や柄',
    again: '直して再提出する',
  },
  en: {
    locale: 'en-GB',
    help: 'Questions about the card',
    ask: 'What do you want to know?',
    question: 'forgot my PIN',
    search: 'Search',
    entry: 'I have forgotten my PIN.',
    begin: 'Begin a chat',
    message: 'Message',
    send: 'Send',
    masked: '番号は［***］です',
    person: 'Speak to a person',
    wait: 'Please wait for a person',
    fresh: 'Show new answers',
    end: 'End the chat',
    ended: 'The chat has ended',
    status: 'Status of an application',
    id: 'Application id (23 digits)',
    show: 'Show the status',
    handed: 'Handed over',
    none: 'There is no application with this id.',
    wrong: 'A digit of the application id is wrong.',
    door: 'Apply for an Individual Number Card',
    birth: 'Date of birth of whom the card is for',
    next: 'Next',
    mismatch: 'do not agree',
    apply: 'Apply',
    problem: 'There is a problem',
    photo: 'Photograph: Send a file',
    sendPhoto: 'Send: Photograph',
    received: 'Received.',
    sign: 'I apply as stated above',
    receipt: 'Receipt',
    background: 'The background has to be plain',
    again: 'Put right and send again',
  },
} as const;

let browser: Browser | undefined;

before(async () => {
  if (executablePath === undefined) return;
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
});

after(() => browser?.close());

/** Looked at by axe and at two widths; a folder named in the environment gets the pictures. */
async function assertShown(page: Page, name: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await beyondTheWindow(page), [], `${name} at ${width}`);
  }
  await assertAccessible(page, name, RULES_MIN);
  const folder = process.env['ISHIZUE_PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

test('people look things up, chat, and see how an application stands', { skip }, async (t) => {
  const country = await helpCountry(t);
  const { helpDesk, database } = country;
  const [code = '', ...holders] = await country.settleIn(
    [1, 2, 3].map((nth) => ({ resident_number: String(nth), birth_date: '1990-04-01' })),
  );
  const { applicationId } = await country.giveCard(code);
  const origin = await serveHelp(t, helpDesk);
  const door = await serveDoor(t, country.cards);
  for (const language of ['ja', 'en'] as const)
    await t.test(language, async () => {
      assert.ok(browser);
      const says = SAYS[language];
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: says.locale });
      await page.route('**/favicon.ico', (wish) => wish.fulfill({ status: 204 }));
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
      const press = (name: string) => page.getByRole('button', { name }).click();

      await page.goto(`${origin}/help`);
      await heading(says.help);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await page.getByLabel(says.ask).fill(`${says.question} 1234 5678 9012`);
      await press(says.search);
      await page.getByRole('link', { name: says.entry }).waitFor();
      assert.equal(await page.getByLabel(says.ask).inputValue(), `${says.question} ［***］`);
      await assertShown(page, `help-${language}`);
      await page.getByRole('link', { name: says.entry }).click();
      await heading(says.entry);
      await assertShown(page, `entry-${language}`);

      await page.goto(`${origin}/help?lang=${language}`);
      await press(says.begin);
      await page.getByLabel(says.message).fill(`${says.question} 番号は123456789012です <b>`);
      await press(says.send);
      await page.getByRole('link', { name: says.entry }).waitFor();
      assert.ok(await page.getByText(says.masked).isVisible());
      await press(says.person);
      await page.getByText(says.wait).waitFor();
      const token = new URL(page.url()).pathname.split('/').at(-1) ?? '';
      assert.ok((await askForPerson(helpDesk, token)).ok);
      const { sessionId } = mustSucceed(await showChat(helpDesk, token), 'the chat').session;
      mustSucceed(await takeNextChat(helpDesk, 'o-1'), 'a chat');
      const reply = { sessionId, messageId: 'reply-01', text: 'OK\nです' };
      mustSucceed(await writeAsOperator(helpDesk, 'o-1', reply), 'a reply');
      await page.getByRole('link', { name: says.fresh }).click();
      await page.getByText('OK').waitFor();
      await assertShown(page, `chat-${language}`);
      await press(says.end);
      await page.getByText(says.ended).waitFor();
      await assertShown(page, `chat-ended-${language}`);

      await page.goto(`${origin}/cards/status?lang=${language}`);
      await heading(says.status);
      const look = async (id: string, text: string, name: string): Promise<void> => {
        await page.getByLabel(says.id).fill(id);
        await press(says.show);
        await page.getByText(text).waitFor();
        assert.ok(!page.url().includes(id), 'an id is in no address');
        assert.ok(!(await page.content()).includes(code), 'nothing of a person');
        await assertShown(page, `${name}-${language}`);
      };
      await look(applicationId.replace(/(.{5})(?=.)/g, '$1 '), says.handed, 'status');
      await look(NOBODYS_ID, says.none, 'status-none');
      await look(NOBODYS_ID.replace(/4$/, '5'), says.wrong, 'status-wrong');
      assert.equal(complaints.join(), '');

      const holder = holders[language === 'ja' ? 0 : 1] ?? '';
      const form = await door.giveForm(holder);
      await page.goto(`${door.origin}/cards/apply?id=${form}&lang=${language}`);
      await heading(says.door);
      assert.equal(await page.getByLabel(says.id).inputValue(), form, 'as the QR code says it');
      await assertShown(page, `door-${language}`);
      await page.getByLabel(says.birth).fill('1990-04-02');
      await press(says.next);
      await page.getByText(says.mismatch).waitFor();
      await assertShown(page, `door-refused-${language}`);
      await page.getByLabel(says.birth).fill('1990-04-01');
      await press(says.next);
      await page.getByLabel(says.photo).waitFor();
      await assertShown(page, `door-form-${language}`);
      await page.getByRole('button', { name: says.apply, exact: true }).click();
      await page.getByRole('alert').getByText(says.problem).waitFor();
      await assertShown(page, `door-errors-${language}`);
      await page
        .getByLabel(says.photo)
        .setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer: door.photo });
      await press(says.sendPhoto);
      await page.getByText(says.received).waitFor();
      await page.getByLabel(says.sign).check();
      assert.ok(!(await page.content()).includes('石川'), 'nothing of the person');
      await page.getByRole('button', { name: says.apply, exact: true }).click();
      await page.getByRole('heading', { name: says.receipt }).waitFor();
      await assertShown(page, `door-receipt-${language}`);
      assert.ok(!page.url().includes(form));
      await door.sendBack(form);
      await page.reload();
      await page.getByRole('listitem').filter({ hasText: says.background }).waitFor();
      await assertShown(page, `door-deficient-${language}`);
      await page.getByLabel(says.sign).check();
      await press(says.again);
      await page.getByRole('heading', { name: says.receipt }).waitFor();
      await page.goto(`${origin}/cards/status?lang=${language}`);
      await page.getByLabel(says.id).fill(form);
      await press(says.show);
      await page.locator('.state').waitFor();
      // a refusal is a page of status 422, which the browser notes
      assert.deepEqual(
        complaints.filter((one) => !one.includes('422')),
        [],
      );
      await page.close();
    });

  await t.test(
    'a look at an application is on the ledger, found or not, and nobody looks quickly',
    async (part) => {
      const sql = database.superuser();
      part.after(() => sql.end());
      const entries = await sql<{ result: string; named: boolean }[]>`
      SELECT DISTINCT result, subject IS NOT NULL AS named FROM ledger.entry
      WHERE affair = 'card-application-state' ORDER BY result`;
      assert.deepEqual(
        entries.map(({ result, named }) => [result, named]),
        [
          ['application-unknown', false],
          ['ok', true],
        ],
      );
      const slow = await serveHelp(t, helpDesk, 2);
      const ask = async (id: string) => {
        const body = new URLSearchParams({ applicationId: id });
        const reply = await fetch(`${slow}/cards/status?lang=en`, { method: 'POST', body });
        return [reply.status, reply.headers.get('cache-control')];
      };
      assert.deepEqual(await ask(applicationId), [200, 'no-store']);
      assert.deepEqual(await ask(NOBODYS_ID), [200, 'no-store']);
      assert.deepEqual(await ask(NOBODYS_ID), [429, 'no-store']);
      const slowDoor = await serveDoor(t, country.cards, 1);
      const knock = async () => {
        const body = new URLSearchParams({ formId: NOBODYS_ID, birthDate: '1990-04-01' });
        return (await fetch(`${slowDoor.origin}/cards/apply`, { method: 'POST', body })).status;
      };
      assert.deepEqual([await knock(), await knock()], [422, 429]);
    },
  );
});
