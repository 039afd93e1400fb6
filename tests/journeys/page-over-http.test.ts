/**
 * The page as it comes over the connection, without a browser: language, escaping, who may post what and when, what is
 * downloaded, and that nothing grows without bound.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '@ishizue/clock';
import { countryAt, sites } from './fixtures/page-country.ts';
import { servePage } from './fixtures/serve-page.ts';

const HOSTILE = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;

const post = (origin: string, path: string, fields: Record<string, string>, headers = {}) =>
  fetch(origin + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { 'sec-fetch-site': 'same-origin', ...headers },
    redirect: 'manual',
  });

test('the page is in the language that is asked for, or that the browser prefers', async (t) => {
  const { origin } = await servePage(t);
  const languageOf = async (path: string, header: string): Promise<string | undefined> => {
    const response = await fetch(origin + path, { headers: { 'accept-language': header } });
    assert.equal(response.status, 200);
    const [, language] = /<html lang="(\w+)">/.exec(await response.text()) ?? [];
    assert.equal(response.headers.get('content-language'), language);
    return language;
  };
  assert.equal(await languageOf('/', 'fr'), 'ja');
  assert.equal(await languageOf('/', 'en-GB,ja;q=0.5'), 'en');
  assert.equal(await languageOf('/?lang=ja', 'en'), 'ja');
  assert.equal(await languageOf('/?lang=en', 'ja'), 'en');
  assert.equal(await languageOf('/?lang=xx&played=zz', 'ja'), 'ja');
});

test('English pages say in Japanese only what is marked as Japanese', async (t) => {
  const { origin, life } = await servePage(t);
  for (const _ of life.steps) await life.playNext();
  const markup = await (await fetch(`${origin}/?lang=en`)).text();
  const unmarked = markup.replaceAll(/<(\w+)[^>]* lang="ja"[^>]*>.*?<\/\1>/gs, '');
  assert.doesNotMatch(unmarked.replace(/<!doctype.*?<body>/s, ''), /\p{Script=Han}|\p{Script=Hiragana}/u);
});

test('a result that is no refusal is not told as one', async (t) => {
  const { origin, life } = await servePage(t);
  await life.playNext();
  const [access] = await life.accesses();
  assert.ok(access);
  const results = ['ok', 'revoked', 'not-revoked', 'already-revoked', 'rendered', 'pin-wrong', 'unheard-of'];
  life.addAccesses(results.map((result) => ({ ...access, result })));
  const markup = await (await fetch(`${origin}/?lang=en`)).text();
  const refused = [...markup.matchAll(/Refused<\/span> <code class="code">([^<]+)/g)].map(([, code]) => code);
  assert.deepEqual(refused, ['pin-wrong', 'unheard-of']);
  assert.match(markup, /Left valid/);
});

test('a municipality below its prefecture does not repeat its name', async (t) => {
  const { origin } = await servePage(t);
  const markup = await (await fetch(`${origin}/?lang=ja`)).text();
  assert.match(markup, /<span class="site-name">清瀬市<\/span>/);
  assert.match(
    markup,
    /<span class="link-name">東京都清瀬市 /,
    'elsewhere it stands alone and is said whole',
  );
});

test('hostile text in a name, a detail, a code or a proof never becomes markup', async (t) => {
  const { origin, life } = await servePage(t, {
    country: () => ({
      ...countryAt(systemClock.now(), false),
      sites: [...sites, { site: HOSTILE, name: HOSTILE, kind: 'prefectural' }],
      links: [
        {
          link: HOSTILE,
          unacknowledged: 1,
          oldestSeconds: 1,
          held: 0,
          parked: 0,
          lastAckAt: null,
          lastErrorCode: HOSTILE,
        },
      ],
    }),
    artefacts: {
      list: async () => [{ name: HOSTILE, step: 1, title: { ja: HOSTILE, en: HOSTILE } }],
      find: async () => undefined,
    },
  });
  const both = { ja: HOSTILE, en: HOSTILE };
  life.replaceChecks([{ what: both, by: HOSTILE, outcome: 'failed', detail: HOSTILE }]);
  life.addAccesses([
    {
      site: HOSTILE,
      siteName: HOSTILE,
      at: new Date().toISOString(),
      actorKind: 'site',
      article: HOSTILE,
      affair: HOSTILE,
      fields: [HOSTILE],
      result: HOSTILE,
      proof: { index: 0, treeSize: 1, file: HOSTILE },
    },
  ]);
  await post(origin, '/life/steps', { step: '1' });
  life.stopNext(HOSTILE, HOSTILE);
  await post(origin, '/life/steps', { step: '2' });
  for (const language of ['ja', 'en']) {
    const response = await fetch(`${origin}/?lang=${language}&played=1&begun=${encodeURIComponent(HOSTILE)}`);
    const markup = await response.text();
    assert.doesNotMatch(markup, /<script|onerror=alert\(1\)>|<img src=x/);
    const escaped = markup.match(/&quot;&gt;&lt;script&gt;/g)?.length ?? 0;
    assert.ok(escaped >= 14, `${escaped} places show the text escaped`);
    assert.match(String(response.headers.get('content-security-policy')), /script-src 'self'/);
    assert.doesNotMatch(markup, / style=| on\w+="/);
  }
});

test('pressing twice at once plays one step; an outdated page plays none', async (t) => {
  const { origin, life } = await servePage(t, { takes_ms: 100 });
  const [first, second] = await Promise.all([
    post(origin, '/life/steps?lang=en', { step: '1' }),
    post(origin, '/life/steps?lang=en', { step: '1' }),
  ]);
  assert.deepEqual([first?.status, second?.status], [303, 303]);
  assert.equal(first?.headers.get('location'), '/?lang=en&played=1#step-1');
  assert.equal(life.plays(), 1);
  for (const step of ['1', '3', '11']) {
    const late = await post(origin, '/life/steps', { step });
    assert.equal(late.status, 409, step);
    const markup = await late.text();
    assert.match(markup, /この手順は、いまは実行できません/);
    assert.match(markup, /This step cannot be played now/);
  }
  for (const step of ['0', '-1', 'x', '1e9', '']) {
    const bad = await post(origin, '/life/steps', { step });
    assert.equal(bad.status, 400, step);
    assert.match(await bad.text(), /処理できませんでした/);
  }
  assert.equal(life.plays(), 1);
});

test('while a step is played the page says so, and the life cannot be begun again', async (t) => {
  const { origin, life } = await servePage(t, { takes_ms: 300 });
  const playing = post(origin, '/life/steps', { step: '1' });
  while (life.plays() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(await (await fetch(`${origin}/?lang=ja`)).text(), /ただいま実行中です/);
  const again = await post(origin, '/life/begin-again', {});
  assert.equal(again.status, 409);
  assert.match(await again.text(), /Another step is being played/);
  assert.equal((await playing).status, 303);
  assert.equal((await post(origin, '/life/begin-again', {})).status, 303);
  assert.deepEqual(life.played(), []);
});

test('a page of another origin cannot play a step', async (t) => {
  const { origin, life } = await servePage(t);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
    assert.equal((await post(origin, '/life/steps', { step: '1' }, headers)).status, 403);
    assert.equal((await post(origin, '/life/begin-again', {}, headers)).status, 403);
  }
  assert.equal(life.plays(), 0);
});

test('a step that stops says why, and is played again', async (t) => {
  const { origin, life } = await servePage(t);
  life.stopNext('no-answer-in-time', 'the number did not come');
  assert.equal((await post(origin, '/life/steps', { step: '1' })).status, 303);
  const stopped = await (await fetch(`${origin}/?lang=en`)).text();
  assert.match(stopped, /role="alert"/);
  assert.match(stopped, /<code>no-answer-in-time<\/code> the number did not come/);
  assert.equal((await post(origin, '/life/steps', { step: '1' })).status, 303);
  assert.doesNotMatch(await (await fetch(`${origin}/?lang=en`)).text(), /role="alert"/);
});

test('proofs and artefacts come as files; what is not there is a page that says so', async (t) => {
  const { origin, life } = await servePage(t, {
    artefacts: {
      list: async () => [{ name: 'copy.pdf', step: 1, title: { ja: '写し', en: 'Copy' } }],
      find: async (name) => (name === 'copy.pdf' ? Buffer.from('%PDF') : undefined),
    },
  });
  await life.playNext();
  const markup = await (await fetch(`${origin}/?lang=en`)).text();
  assert.match(markup, /href="\/life\/proofs\/municipal-132217-41\.json"/);
  assert.match(markup, /href="\/life\/artefacts\/copy\.pdf"/);
  const proof = await fetch(`${origin}/life/proofs/municipal-132217-41.json`);
  assert.equal(proof.headers.get('content-disposition'), 'attachment; filename="municipal-132217-41.json"');
  assert.equal(proof.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual(await proof.json(), { format: 'ishizue-ledger-proof/1', index: 1 });
  const artefact = await fetch(`${origin}/life/artefacts/copy.pdf`);
  assert.equal(artefact.headers.get('content-disposition'), 'attachment; filename="copy.pdf"');
  assert.equal(await artefact.text(), '%PDF');
  const missing = await fetch(`${origin}/life/proofs/municipal-132217-42.json`);
  assert.equal(missing.status, 404);
  assert.match(await missing.text(), /There is no such proof/);
  assert.equal((await fetch(`${origin}/life/artefacts/other.pdf`)).status, 404);
  for (const name of ['..%2fpackage.json', 'A.pdf', 'a'.repeat(101)])
    assert.equal((await fetch(`${origin}/life/artefacts/${name}`)).status, 400, name);
});

test('a country of ten thousand links, and a life of a thousand accesses, make a bounded page', async (t) => {
  const { origin, life } = await servePage(t, {
    country: () => {
      const country = countryAt(systemClock.now(), false);
      const [link] = country.links;
      assert.ok(link);
      const many = Array.from({ length: 10_000 }, (_, index) => ({
        ...link,
        link: `municipal/${String(index).padStart(6, '0')}>national:registry`,
        parked: index % 2,
      }));
      return { ...country, links: many };
    },
  });
  await life.playNext();
  const [access] = await life.accesses();
  assert.ok(access);
  life.addAccesses(Array.from({ length: 1_000 }, () => access));
  const markup = await (await fetch(`${origin}/?lang=en`)).text();
  assert.equal(markup.match(/<tr role="row" class="link-stopped">/g)?.length, 200);
  assert.equal(markup.match(/<tr role="row" class="link-quiet">/g)?.length, 200);
  assert.equal(markup.match(/<tr role="row" class="access-ok">/g)?.length, 220, '20 open, 200 folded');
  assert.match(markup, /4,800 more links are not shown/);
  assert.match(markup, /781 older accesses are not shown/);
  assert.ok(markup.length < 1_000_000, `${markup.length} characters`);
});

test('the stylesheet is the design tokens and ours, and is kept by browsers for good', async (t) => {
  const { origin } = await servePage(t);
  const markup = await (await fetch(origin)).text();
  const [, path = ''] = /href="(\/assets\/portal-[0-9a-f]{16}\.css)"/.exec(markup) ?? [];
  const response = await fetch(origin + path);
  assert.equal(response.headers.get('content-type'), 'text/css; charset=utf-8');
  assert.equal(response.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  const css = await response.text();
  const defined = new Set([...css.matchAll(/(--[\w-]+)\s*:/g)].map(([, name]) => name));
  const used = [...css.matchAll(/var\((--[\w-]+)/g)].map(([, name]) => name);
  assert.ok(defined.has('--color-primitive-blue-900'));
  assert.deepEqual(
    used.filter((name) => !defined.has(name)),
    [],
    'every variable that is used is defined',
  );
});
