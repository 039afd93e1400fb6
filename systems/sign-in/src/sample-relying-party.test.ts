/** The sample that developers copy, as a process of its own, against a provider. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { BrowserForTest, freePort, signOnPage, testSignIn } from './testing/scene.ts';

const SAMPLE = path.join(import.meta.dirname, '../../../examples/relying-party/main.ts');

async function startSample(t: TestContext, settings: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [SAMPLE], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  assert.match(said.toString(), /^listening at/);
}

test('the sample relying party signs people in, and shows what they consented to', async (t) => {
  const scene = await testSignIn(t);
  const port = String(await freePort());
  const site = `http://127.0.0.1:${port}`;
  const client = await scene.client('sample', { redirectUri: `${site}/callback` });
  const card = await scene.card({ name: '髙橋　遥' });
  await startSample(t, {
    ISSUER: scene.issuer,
    CLIENT_ID: client.client,
    CLIENT_SECRET: client.secret ?? '',
    SCOPE: 'openid profile',
    PORT: port,
  });
  const visit = async (address: string | URL, cookie = '') => {
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    const given = response.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      given,
      text: await response.text(),
    };
  };
  assert.match((await visit(site)).text, /Nobody is signed in/);
  const begun = await visit(`${site}/sign-in`);
  const browser = new BrowserForTest(scene.origin);
  const consent = await signOnPage(browser, await browser.open(begun.location), card);
  const { url } = await browser.open(`${consent.url.pathname}/consent`, { items: 'name' });
  assert.equal((await visit(url)).status, 400, 'another browser');
  const signed = await visit(url, begun.given);
  assert.deepEqual([signed.status, signed.location], [303, '/']);
  const shown = (await visit(site, signed.given)).text;
  assert.match(shown, /"subject": "[\w-]{43}"/);
  assert.match(shown, /"name": "髙橋　遥"/);
  assert.doesNotMatch(shown, /birthdate|gender|address/);
  assert.equal((await visit(url, begun.given)).status, 400, 'the callback again');
});
