/**
 * The pages of a procedure in Chromium, in both languages: form with its errors, a file, inbox, case with history, a move.
 * No script runs on them, axe-core looks at each, nothing is wider than the window. Without Chromium the test is skipped,
 * and says so.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { grant } from '@ishizue/procedure/testing';
import { chromium, type Page } from 'playwright-core';
import { findChromium } from '../journeys/fixtures/find-chromium.ts';
import { assertAccessible, beyondTheWindow, unfoldEverything } from '../journeys/fixtures/in-page.ts';
import { serveProcedure } from './serve-procedure.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip =
  executablePath === undefined && 'Chromium is not installed: the pages of procedures were NOT looked at';
const PICTURES = process.env['ISHIZUE_TEST_PICTURES'];
const WIDTHS = [320, 768, 1280];
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

const SAYS = {
  ja: {
    apply: '申請する',
    body: '団体コード',
    year: '年度',
    kind: '移行',
    item: '費目',
    amount: '金額',
    problem: '受け付けられませんでした',
    file: '見積書: ファイルを送る',
    send: '送る: 見積書',
    back: '補正を求める',
    reason: '理由',
    history: '経過',
    returned: '補正待ち',
  },
  en: {
    apply: 'Apply',
    body: 'Code of the body',
    year: 'Fiscal year',
    kind: 'Migration',
    item: 'Item',
    amount: 'Amount',
    problem: 'There is a problem',
    file: 'Quotation: Send a file',
    send: 'Send: Quotation',
    back: 'Return for correction',
    reason: 'Reason',
    history: 'History',
    returned: 'Returned for correction',
  },
} as const;

async function look(page: Page, when: string): Promise<void> {
  await unfoldEverything(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await beyondTheWindow(page), [], `${when} at ${width}`);
  }
  await assertAccessible(page, when, 10);
  if (PICTURES === undefined) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: path.join(PICTURES, `${when.replaceAll(' ', '-')}.png`), fullPage: true });
}

test('an application is filled in, refused with its errors, sent, found in the inbox and returned', {
  skip,
}, async (t) => {
  const { origin } = await serveProcedure(t, grant, { ceilingOf: () => 5_000_000 }, '/grants');
  const browser = await chromium.launch({
    executablePath: executablePath ?? '',
    args: ['--no-sandbox', '--headless', '--disable-gpu'],
  });
  t.after(() => browser.close());
  for (const language of ['ja', 'en'] as const)
    await t.test(language, async (part) => {
      const says = SAYS[language];
      const complaints: string[] = [];
      const openFor = async (who: string): Promise<Page> => {
        const context = await browser.newContext({
          locale: language === 'ja' ? 'ja-JP' : 'en-GB',
          javaScriptEnabled: true,
        });
        await context.addCookies([{ name: 'who', value: who, url: origin }]);
        part.after(() => context.close());
        // whoever mounts the pages has an icon
        await context.route('**/favicon.ico', (asked) => asked.fulfill({ status: 204 }));
        const page = await context.newPage();
        page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
        return page;
      };
      const page = await openFor('anna');
      await page.goto(`${origin}/pages/grants/new/apply`);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      await look(page, `form ${language}`);

      await page.getByLabel(says.body).fill('12');
      await page.getByRole('button', { name: says.apply }).click();
      await page.getByRole('alert').getByText(says.problem).waitFor();
      assert.equal(await page.getByLabel(says.body).getAttribute('aria-invalid'), 'true');
      await look(page, `errors ${language}`);
      await page.getByRole('alert').getByRole('link', { name: says.body }).click();
      assert.equal(
        await page.evaluate<string>('document.activeElement.id || location.hash.slice(1)'),
        'form.body',
      );

      await page.getByLabel(says.file).setInputFiles({ name: 'x.html', mimeType: 'text/html', buffer: PDF });
      await page.getByRole('button', { name: says.send }).click();
      await page.locator('input[type=hidden][name="form.quotation"]').waitFor({ state: 'attached' });
      await page.getByLabel(says.body).fill('131016');
      await page.getByLabel(says.year).fill('２０２６');
      await page.getByLabel(says.kind).check();
      await page.getByLabel(says.item).first().fill('移行費');
      await page.getByLabel(says.amount).first().fill('1,000,000');
      await page.getByRole('button', { name: says.apply, exact: true }).click();
      await page.getByRole('heading', { name: says.history }).waitFor();
      await look(page, `case ${language}`);
      const caseId = /cases\/(\d+)/.exec(page.url())?.[1] ?? '';

      const office = await openFor('reviewer');
      await office.goto(`${origin}/pages/grants/inbox`);
      await look(office, `inbox ${language}`);
      await office.getByRole('link', { name: caseId, exact: true }).click();
      await unfoldEverything(office);
      await look(office, `review ${language}`);
      const section = office.locator('details').filter({ hasText: says.back });
      await section.getByLabel(says.reason).fill('見積書が古いものです。');
      await section.getByRole('button', { name: says.back }).click();
      await office.locator('dd').getByText(says.returned).waitFor();
      await look(office, `returned ${language}`);
      assert.deepEqual(
        complaints.filter((one) => !one.includes('422')),
        [],
      );
    });
});
