/**
 * The page in Chromium: a visitor plays the ten steps in both languages with the mouse and with the keyboard, on a
 * telephone and on a desk; axe-core looks at every state. Without Chromium the tests are skipped, and say so.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, type TestContext, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './fixtures/find-chromium.ts';
import { assertAccessible, beyondTheWindow, stopOf, unfoldEverything } from './fixtures/in-page.ts';
import { type ServedPage, servePage } from './fixtures/serve-page.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip = executablePath === undefined && 'Chromium is not installed: the page was NOT looked at';
const WIDTHS = [320, 768, 1024, 1280];

const SAYS = {
  ja: {
    play: 'この手順を実行',
    again: 'もう一度はじめる',
    played: (step: number) => `手順 ${step} を実行しました。不合格の検査はありません。`,
    begun: '新しい一生を始めました。手順 1 から実行できます。',
    progress: (step: number) => `10 手順のうち ${step} 手順を実行しました`,
    all: 'すべての手順が終わりました',
    save: /証明を保存/,
  },
  en: {
    play: 'Play this step',
    again: 'Begin again',
    played: (step: number) => `Step ${step} was played. No check failed.`,
    begun: 'Another life has begun. Step 1 can be played.',
    progress: (step: number) => `${step} of 10 steps played`,
    all: 'All steps are played',
    save: /Save proof/,
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

interface Opened extends ServedPage {
  readonly page: Page;
  /** What the console and failed requests said. */
  readonly complaints: readonly string[];
}

async function open(t: TestContext, path: string, width = 1280): Promise<Opened> {
  assert.ok(browser);
  const served = await servePage(t);
  const page = await browser.newPage({ viewport: { width, height: 800 }, locale: 'ja-JP' });
  t.after(() => page.close());
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(served.origin + path);
  return { ...served, page, complaints };
}

for (const language of ['ja', 'en'] as const)
  test(`a visitor plays the life to its end and begins again (${language})`, { skip }, async (t) => {
    const { page, complaints, life } = await open(t, `/?lang=${language}`);
    const says = SAYS[language];
    assert.equal(await page.locator('html').getAttribute('lang'), language);
    await assertAccessible(page, 'before the first step');
    for (const { number, title } of life.steps) {
      await page.getByRole('button', { name: says.play }).click();
      const step = page.locator(`#step-${number}`);
      await step.getByRole('status').getByText(says.played(number)).waitFor();
      assert.equal(new URL(page.url()).hash, `#step-${number}`);
      assert.equal((await stopOf(page)).id, `step-${number}`);
      assert.ok(await step.getByRole('heading', { name: title[language] }).isVisible());
      assert.equal(await page.getByText(says.progress(number)).count(), 1);
      assert.ok(await step.getByText('openssl').isVisible(), 'the checks of the newest step stand open');
      assert.equal(await page.locator('.checks:visible').count(), 1);
      if (number === 5) await assertAccessible(page, 'in the middle');
    }
    assert.equal(life.plays(), 10);
    assert.ok(await page.getByText(says.all).isVisible());
    assert.equal(await page.getByRole('button', { name: says.play }).count(), 0);
    await assertAccessible(page, 'after the last step');
    await page.getByRole('button', { name: says.again }).click();
    await page.getByRole('status').getByText(says.begun).waitFor();
    assert.deepEqual(life.played(), []);
    assert.deepEqual(complaints, []);
  });

test('the language is switched where one stands', { skip }, async (t) => {
  const { page, complaints } = await open(t, '/');
  assert.equal(await page.locator('html').getAttribute('lang'), 'ja', 'as the browser prefers');
  await page.getByRole('link', { name: 'English' }).click();
  await page.getByRole('heading', { level: 2, name: 'The country now' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'English' }).getAttribute('aria-current'), 'true');
  await page.getByRole('link', { name: '日本語' }).click();
  await page.getByRole('heading', { level: 2, name: '国のいま' }).waitFor();
  assert.deepEqual(complaints, []);
});

test('troubles of links stand first and open, the rest is folded', { skip }, async (t) => {
  const { page } = await open(t, '/?lang=en');
  const rows = page.getByRole('table', { name: 'Links with something left to do' }).getByRole('row');
  assert.match(await rows.nth(1).innerText(), /Kanagawa-ken[^]*National centre[^]*Stopped/);
  assert.match(await rows.nth(2).innerText(), /Atami-shi[^]*Late[^]*receiver-unavailable[^]*41/);
  assert.match(await rows.nth(3).innerText(), /Kiyose-shi[^]*Moving/);
  const folded = page.getByRole('table', { name: 'Links at rest' });
  assert.equal(await folded.count(), 0);
  await page.getByText('Show the links at rest').click();
  assert.match(await folded.innerText(), /Never/);
});

test('a proof is downloaded as it is', { skip }, async (t) => {
  const { page, life } = await open(t, '/?lang=ja');
  await page.getByRole('button', { name: SAYS.ja.play }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: SAYS.ja.save }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'municipal-132217-41.json');
  const [access] = await life.accesses();
  assert.equal(readFileSync(await download.path(), 'utf8'), access?.proof?.file);
});

test('nothing reaches beyond the window at any width, with everything unfolded', { skip }, async (t) => {
  for (const language of ['ja', 'en'] as const) {
    const { page, life, origin } = await open(t, `/?lang=${language}`);
    for (const _ of life.steps.slice(1)) await life.playNext();
    await page.goto(`${origin}/?lang=${language}&played=9#step-9`);
    await unfoldEverything(page);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await beyondTheWindow(page), [], `${language} at ${width}`);
    }
    await page.setViewportSize({ width: 320, height: 800 });
    await assertAccessible(page, `${language} as cards, unfolded`);
  }
});

test('with the keyboard alone: every stop is visible, and a step can be played', { skip }, async (t) => {
  const { page, life } = await open(t, '/?lang=ja', 768);
  await page.keyboard.press('Tab');
  assert.ok(await page.getByRole('link', { name: '本文へ移動' }).isVisible(), 'the skip link comes first');
  let stops = 0;
  for (; stops < 60; stops += 1) {
    const stop = await stopOf(page);
    assert.match(stop.ring, /^solid 4px rgb\(255, 212, 61\) /, `${stop.tag} ${stop.text}`);
    if (stop.tag === 'BUTTON') break;
    await page.keyboard.press('Tab');
  }
  assert.ok(stops > 5 && stops < 60, `${stops} stops before the button`);
  await page.keyboard.press('Enter');
  await page.getByText(SAYS.ja.played(1)).waitFor();
  assert.equal(life.plays(), 1);
});
