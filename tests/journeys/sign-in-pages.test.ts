/**
 * The pages of sign-in in Chromium, in both languages: the card, the consent, signing out, and what cannot go on. A script
 * runs only for a reader of the holder's own, in which a software card lies; axe-core looks at each, and the browser's own
 * policy lets the forms through to the client. Without Chromium the tests are skipped, and say so.
 */
import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { deviceKeyFileOf, loadOrMakeDeviceKey, SoftwareCard, serveCardToPages } from '@ishizue/card';
import { fail, mustSucceed, ok } from '@ishizue/outcome';
import { type CardForTest, freePort, RelyingParty, testSignIn } from '@ishizue/sign-in/testing';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { findChromium } from './fixtures/find-chromium.ts';
import { assertAccessible, beyondTheWindow, stopOf, unfoldEverything } from './fixtures/in-page.ts';

const executablePath = findChromium(process.env['PATH'] ?? '');
const skip =
  executablePath === undefined && 'Chromium is not installed: the pages of sign-in were NOT looked at';
const WIDTHS = [320, 768, 1280];
const RULES_MIN = 12;
const PICTURES = process.env['ISHIZUE_TEST_PICTURES'];
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

/** A card of somebody, with its PIN set, in a WebSocket reader for pages of the provider; answers the reader's port. */
async function cardInReader(t: TestContext, scene: Awaited<ReturnType<typeof openScene>>): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'ishizue-sign-in-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'own.card');
  const card = new SoftwareCard({
    path: file,
    deviceKey: await loadOrMakeDeviceKey(deviceKeyFileOf(file)),
  });
  const [residentCode = ''] = await scene.jpki.enrol([
    { resident_number: '2', household_number: '2', name: '石川　渚' },
  ]);
  mustSucceed(await card.personalise({ cardId: 'CARD000000000002', kinds: ['authentication'] }), 'the keys');
  const certificationRequest = Buffer.from(
    mustSucceed(await card.certificationRequest('authentication'), 'the request'),
  );
  const { certificate } = await scene.jpki.issue({ residentCode, certificationRequest });
  mustSucceed(await card.writeCertificate('authentication', certificate), 'the certificate');
  mustSucceed(await card.setPin('authentication', PIN), 'the PIN');
  const taken = new AbortController();
  const listening = Promise.withResolvers<number>();
  const served = serveCardToPages(
    file,
    { port: 0, origins: [scene.origin] },
    { signal: taken.signal, onListening: listening.resolve, onTrouble: listening.reject },
  );
  t.after(async () => {
    taken.abort();
    await served;
  });
  return listening.promise;
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
  const scene = await openScene(t);
  const { origin, site, party } = scene;
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

  await t.test('the card in a reader of the holder’s own signs, by the script of the page', async (part) => {
    const port = await cardInReader(part, scene);
    const { page, complaints } = await openPage(part, 'ja-JP');
    const begun = await party.begin('openid', { prompt: 'login' });
    const shown = await page.goto(begun.address.href);
    const policyOf = (response: Response | null): string[] =>
      (response?.headers()['content-security-policy'] ?? '').split('; ').toSorted();
    assert.equal(await page.locator('script').count(), 0, 'no script without a reader');
    await page.getByText(SAYS.ja.own).click();
    await page.getByLabel('カードリーダーのポート').fill('80');
    await page.getByRole('button', { name: 'このリーダーを使う' }).click();
    assert.equal(await page.locator('#reader-port:invalid').count(), 1);
    await page.getByLabel('カードリーダーのポート').fill(String(port));
    const again = page.waitForResponse((response) => response.url().includes('reader='));
    await page.getByRole('button', { name: 'このリーダーを使う' }).click();
    const withReader = policyOf(await again);
    const added = withReader.filter((rule) => !policyOf(shown).includes(rule));
    assert.deepEqual(added, [`connect-src ws://127.0.0.1:${port}`, "script-src 'self'"]);
    assert.equal(withReader.length, policyOf(shown).length + 2, 'the rest is as it was');
    assert.match(policyOf(shown).join(), /default-src 'none'/);

    const pin = page.getByLabel('リーダーのカードの暗証番号');
    const told = page.locator('#reader-told');
    await page.locator('#reader-sign:enabled').waitFor();
    const bodies: string[] = [];
    page.on('request', (asked) => bodies.push(`${asked.url()} ${asked.postData() ?? ''}`));
    assert.equal(await pin.getAttribute('name'), null);
    for (const [typed, says] of [
      ['12', '暗証番号は数字4桁です。'],
      ['4321', '暗証番号が違います。あと2回。'],
    ] as const) {
      await pin.fill(typed);
      await page.keyboard.press('Enter');
      await told.getByText(says).waitFor();
      assert.equal(await pin.inputValue(), '', 'no PIN stays');
    }
    assert.equal(bodies.join(), '', 'a PIN that the card refuses goes nowhere');
    await assertShown(page, 'the reader of the holder (ja)');
    if (PICTURES !== undefined)
      await page.screenshot({ path: path.join(PICTURES, 'own-reader.png'), fullPage: true });
    await pin.fill(PIN);
    await page.evaluate("dispatchEvent(new Event('pagehide'))");
    assert.equal(await pin.inputValue(), '', 'nor when the page is left');
    await page.getByRole('link', { name: SAYS.ja.other }).click();
    await page.locator('#reader-sign:enabled').waitFor();
    await page.getByLabel('PIN of the card in the reader').fill(PIN);
    await page.getByRole('button', { name: 'Sign with the card in the reader' }).click();
    await page.waitForURL(`${site}/callback?**`);
    const posted = bodies.find((body) => body.includes('certificate=')) ?? '';
    const fields = [...new URLSearchParams(posted.split(' ')[1]).keys()];
    assert.deepEqual(
      fields.filter((name) => /pin|certificate|signature/i.test(name)),
      ['certificate', 'signature'],
    );
    for (const body of bodies) assert.doesNotMatch(body, /\b(1234|4321)\b/, 'no PIN leaves the page');
    const tokens = await party.finish(new URL(page.url()), begun);
    assert.ok((await party.believe(tokens.id_token ?? '')).sub);
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
