/**
 * The pages of sign-in in Chromium, in both languages: the card, the consent, signing out, and what cannot go on. No script
 * runs on them, axe-core looks at each, and the browser's own policy lets the forms through to the client. Without Chromium
 * the tests are skipped, and say so.
 */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, type TestContext, test } from 'node:test';
import { fail, ok } from '@ishizue/outcome';
import { type CardForTest, freePort, RelyingParty, testSignIn } from '@ishizue/sign-in/testing';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './fixtures/find-chromium.ts';
import { assertAccessible, beyondTheWindow, stopOf, unfoldEverything } from './fixtures/in-page.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip =
  executablePath === undefined && 'Chromium is not installed: the pages of sign-in were NOT looked at';
const WIDTHS = [320, 768, 1280];
const RULES_MIN = 12;
const PIN = '1234';
const CARD = 'CARD000000000001';

const SAYS = {
  ja: {
    locale: 'ja-JP',
    card: 'マイナンバーカードでサインイン',
    pin: '暗証番号',
    sign: 'カードで署名してサインイン',
    wrong: '暗証番号が違います。',
    own: '自分のカードリーダーで署名する',
    other: 'English',
    consent: '提供する情報の確認',
    items: ['氏名', '生年月日', '住所'],
    agree: '同意して続ける',
    cancel: 'やめる',
    out: 'サインアウトする',
    isOut: 'サインアウトしました',
    broken: 'サインインを続けられません',
  },
  en: {
    locale: 'en-GB',
    card: 'Sign in with the card',
    pin: 'PIN',
    sign: 'Sign with the card and sign in',
    wrong: 'The PIN is wrong.',
    own: 'Sign with a reader of your own',
    other: '日本語',
    consent: 'What may be told',
    items: ['Name', 'Date of birth', 'Address'],
    agree: 'Consent and go on',
    cancel: 'Cancel',
    out: 'Sign out',
    isOut: 'You have signed out',
    broken: 'The sign-in cannot go on',
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

/** A provider with a reader in which one card lies, and a client's program on another port. */
async function openScene(t: TestContext) {
  let card: CardForTest | undefined;
  const scene = await testSignIn(t, {
    reader: {
      cards: async () => [CARD],
      sign: async (_, pin, data) => {
        if (!card) throw new Error('no card yet');
        if (pin !== PIN) return fail('pin-wrong', 'another PIN');
        return ok({ certificate: card.certificate, signature: sign('sha256', data, card.key.privateKey) });
      },
    },
  });
  card = await scene.card({ name: '髙橋　遥', birth_date: '1998-02-17' });
  const port = await freePort();
  const program = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      '<!doctype html><html lang="en"><title>A program</title><link rel="icon" href="data:,"><p>Back.',
    );
  });
  await new Promise<void>((resolve) => program.listen(port, '127.0.0.1', resolve));
  t.after(() => program.close());
  const site = `http://127.0.0.1:${port}`;
  const client = await scene.client('bank', {
    redirectUri: `${site}/callback`,
    signedOutUris: [`${site}/gone`],
  });
  return { ...scene, site, party: await RelyingParty.of(scene, client) };
}

async function openPage(t: TestContext, locale: string) {
  assert.ok(browser);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale });
  t.after(() => page.close());
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

async function assertShown(page: Page, when: string): Promise<void> {
  await unfoldEverything(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await beyondTheWindow(page), [], `${when} at ${width}`);
  }
  await assertAccessible(page, when, RULES_MIN);
}

test('people sign in, consent and sign out with a browser', { skip }, async (t) => {
  const { origin, site, party } = await openScene(t);
  for (const language of ['ja', 'en'] as const)
    await t.test(language, async (part) => {
      const says = SAYS[language];
      const { page, complaints } = await openPage(part, says.locale);
      const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
      const begun = await party.begin('openid profile address', { prompt: 'login' });
      await page.goto(begun.address.href);
      await heading(says.card);
      assert.equal(await page.locator('html').getAttribute('lang'), language);
      assert.ok(await page.getByText('検証株式会社').first().isVisible());
      await assertShown(page, `the card (${language})`);

      await page.getByLabel(says.pin).fill('4321');
      await page.getByRole('button', { name: says.sign }).click();
      await page.getByRole('alert').getByText(says.wrong).waitFor();
      await assertShown(page, `a wrong PIN (${language})`);
      const otherSays = SAYS[language === 'ja' ? 'en' : 'ja'];
      await page.getByRole('link', { name: says.other }).click();
      await heading(otherSays.card);
      await page.getByRole('link', { name: otherSays.other }).click();
      await heading(says.card);
      assert.ok(await page.getByText(says.own).isVisible());

      // with the keyboard alone, every stop visible
      await page.getByLabel(says.pin).focus();
      await page.keyboard.type(PIN);
      assert.doesNotMatch((await stopOf(page)).ring, /^none 0px/);
      await page.keyboard.press('Enter');
      await heading(says.consent);
      await assertShown(page, `the consent (${language})`);
      for (const item of await page.getByRole('checkbox').all()) assert.equal(await item.isChecked(), false);
      for (const item of says.items) await page.getByRole('checkbox', { name: item }).check();
      await page.getByRole('button', { name: says.agree }).focus();
      assert.doesNotMatch((await stopOf(page)).ring, /^none 0px/);
      await page.keyboard.press('Enter');
      await page.waitForURL(`${site}/callback?**`);
      const tokens = await party.finish(new URL(page.url()), begun);
      const subject = (await party.believe(tokens.id_token ?? '')).sub ?? '';
      const told = await party.userInfo(tokens.access_token, subject);
      assert.deepEqual(Object.keys(told).toSorted(), ['address', 'birthdate', 'name', 'sub']);

      await page.goto(party.signOut(tokens.id_token ?? '', `${site}/gone`, 's').href);
      await assertShown(page, `signing out (${language})`);
      await page.getByRole('button', { name: says.out }).click();
      await page.waitForURL(`${site}/gone?state=s`);
      await page.goto(`${origin}/oidc/session/end`);
      await heading(says.isOut);
      await assertShown(page, `signed out (${language})`);
      // the one script is the library's own, where nobody is signed in, and is let in by its hash
      assert.deepEqual(withoutExpected(complaints), []);
    });

  await t.test('who does not wish to is back at the client, and what is broken says so', async (part) => {
    const { page } = await openPage(part, 'en-GB');
    await page.goto((await party.begin('openid', { prompt: 'login' })).address.href);
    await page.getByRole('button', { name: SAYS.en.cancel }).click();
    await page.waitForURL(`${site}/callback?**`);
    assert.equal(new URL(page.url()).searchParams.get('error'), 'access_denied');
    await page.goto(`${origin}/oidc/auth?client_id=${'a'.repeat(20)}&response_type=code&scope=openid`);
    await page.getByRole('heading', { level: 1, name: SAYS.en.broken }).waitFor();
    assert.ok(await page.getByText('invalid_client').isVisible());
    await assertShown(page, 'an error');
    await page.goto(`${origin}/sign-in-with-card/${'x'.repeat(21)}`);
    assert.ok(await page.getByText('interaction-unknown').isVisible());
    await assertShown(page, 'an interaction of nobody');
  });
});

/** A refused card answers 422, which the console tells. */
const withoutExpected = (complaints: readonly string[]): readonly string[] =>
  complaints.filter((line) => !line.includes('status of 422'));
