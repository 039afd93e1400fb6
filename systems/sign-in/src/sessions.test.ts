/**
 * What becomes of sessions and tokens when something happens to the person, the client or the keys meanwhile
 * (docs/flows/sign-in.md steps 5 to 7).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dateInTokyo } from '@ishizue/clock';
import { changeVerifier } from '@ishizue/jpki';
import { decideByTwo, officer, requestOf } from '@ishizue/jpki/testing';
import { mustSucceed } from '@ishizue/outcome';
import { recordEvent } from '@ishizue/registry';
import { KIYOSE, testAccess } from '@ishizue/registry/testing';
import { decodeProtectedHeader } from 'jose';
import { registerClient } from './clients/register-client.ts';
import { ensureTokenKeys } from './provider/token-keys.ts';
import { goThrough, RelyingParty, signedIn } from './testing/relying-party.ts';
import { BrowserForTest, type CardForTest, signOnPage, testSignIn } from './testing/scene.ts';

const DAY_MS = 86_400_000;
const ATTRIBUTES = 'openid profile';
const GONE = 'https://bank.example/gone';

/** What a failed step answers: the protocol's code, or the HTTP status. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    const {
      error: code,
      status,
      cause,
    } = error as {
      error?: string;
      status?: number;
      cause?: { status?: number };
    };
    return code ?? status ?? cause?.status ?? String(error);
  }
}

test('sessions and tokens', async (t) => {
  const scene = await testSignIn(t);
  const { context, jpki } = scene;
  const { country } = jpki;
  const bank = await scene.client('bank', { signedOutUris: [GONE] });
  const today = dateInTokyo(country.clock.now());
  let persons = 0;
  const person = (more: Readonly<Record<string, string>> = {}): Promise<CardForTest> =>
    scene.card({ resident_number: String(++persons), ...more });
  const happens = async (event: Parameters<typeof recordEvent>[4]): Promise<string> => {
    const id = `${event.reason}-${++persons}`;
    const done = mustSucceed(await recordEvent(country.context, KIYOSE, testAccess, id, event), event.reason);
    await country.settle();
    return done.residentCode;
  };
  /** Signed in, with a second code that was not exchanged yet. */
  const inSession = async (card: CardForTest) => {
    const signed = await signedIn(scene, bank, card, ATTRIBUTES, ['name']);
    const unused = await signed.party.begin(ATTRIBUTES);
    const { url: waiting } = await goThrough(signed.browser, unused, card, ['name']);
    return { ...signed, unused, waiting };
  };
  const assertOver = async (
    { party, tokens, subject, browser, unused, waiting }: Awaited<ReturnType<typeof inSession>>,
    why: string,
  ): Promise<void> => {
    assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 401, why);
    assert.notEqual(await codeOf(party.finish(waiting, unused)), 'ok', why);
    const silent = await browser.open((await party.begin('openid', { prompt: 'none' })).address);
    assert.equal(silent.url.searchParams.get('error'), 'login_required', why);
  };

  await t.test('who died is signed in no more, and is not signed in again', async () => {
    const card = await person();
    const session = await inSession(card);
    await happens({ reason: 'death', residentCode: card.residentCode, eventDate: today });
    await assertOver(session, 'death');
    const page = await session.browser.open((await session.party.begin('openid')).address);
    assert.match((await signOnPage(session.browser, page, card)).text, /certificate-revoked/);
  });

  await t.test(
    'with a changed resident code the session ends, and with the next card the person is who they were',
    async () => {
      const card = await person();
      const session = await inSession(card);
      const newCode = await happens({
        reason: 'resident-code-change',
        residentCode: card.residentCode,
        eventDate: today,
      });
      assert.notEqual(newCode, card.residentCode);
      await assertOver(session, 'the code has changed');
      const order = { residentCode: newCode, certificationRequest: requestOf(card.key) };
      const { certificate, serial } = await jpki.issue(order);
      const again = await signedIn(
        scene,
        bank,
        { residentCode: newCode, key: card.key, certificate, serial },
        ATTRIBUTES,
        ['name'],
      );
      assert.equal(again.subject, session.subject);
      const told = await again.party.userInfo(again.tokens.access_token, again.subject);
      assert.ok(told['name']);
      assert.equal(await codeOf(session.party.userInfo(session.tokens.access_token, session.subject)), 401);
    },
  );

  await t.test('revoked between the signature and the consent, nothing is consented to', async () => {
    const card = await person();
    const party = await RelyingParty.of(scene, bank);
    const browser = new BrowserForTest(scene.origin);
    const page = await browser.open((await party.begin(ATTRIBUTES)).address);
    const consent = await signOnPage(browser, page, card);
    assert.match(consent.text, /\/consent\?/);
    await scene.revoke(card);
    const seen = await browser.open(`${consent.url.pathname}/consent`, { items: 'name' });
    assert.equal(seen.status, 409);
    assert.match(seen.text, /act-ended/);
    await assertOver(
      await inSession(await person()).then(async (session) => {
        const newest = await jpki.context.sql<{ serial: number }[]>`
        SELECT serial FROM jpki.certificate ORDER BY issued_at DESC, ctid DESC LIMIT 1`;
        const serial = (newest[0]?.serial ?? 0).toString(16).padStart(8, '0');
        await scene.revoke({ ...card, serial });
        return session;
      }),
      'revoked',
    );
  });

  await t.test(
    'max_age and prompt ask for the card again, and the client can check that it was',
    async () => {
      const card = await person();
      const first = await signedIn(scene, bank, card);
      const { browser, party, subject } = first;
      const asks = async (more: Readonly<Record<string, string>>): Promise<boolean> => {
        const seen = await browser.open((await party.begin('openid', more)).address);
        return seen.url.pathname.startsWith('/sign-in-with-card');
      };
      assert.equal(await asks({ max_age: '600' }), false, 'signed just now');
      assert.equal(await asks({ max_age: '0' }), true);
      assert.equal(await asks({ prompt: 'login' }), true);
      assert.equal(await asks({ prompt: 'consent' }), true, 'the page of consent');
      assert.equal(
        (await browser.open((await party.begin('openid', { max_age: '-1' })).address)).url.searchParams.get(
          'error',
        ),
        'invalid_request',
      );
      const both = await browser.open((await party.begin('openid', { prompt: 'none login' })).address);
      assert.equal(both.url.searchParams.get('error'), 'invalid_request');
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      assert.equal(await asks({ max_age: '1' }), true, 'two seconds ago');
      const silent = await browser.open(
        (await party.begin('openid', { max_age: '1', prompt: 'none' })).address,
      );
      assert.equal(silent.url.searchParams.get('error'), 'login_required');
      const begun = await party.begin('openid', { max_age: '0' });
      const { url } = await goThrough(browser, begun, card);
      const tokens = await party.finish(url, begun, 60);
      const claims = await party.believe(tokens.id_token ?? '');
      assert.equal(claims.sub, subject);
      assert.ok(Number(claims['auth_time']) >= Number(first.claims['auth_time']));
    },
  );

  await t.test(
    'signing out ends what the session gave, at every client, and goes where it is registered',
    async () => {
      const shop = await scene.client('shop');
      const card = await person();
      const { browser, party, tokens, subject } = await signedIn(scene, bank, card);
      const other = await RelyingParty.of(scene, shop);
      const begun = await other.begin('openid');
      const asked = await browser.open(begun.address);
      const { url } = await browser.open(`${asked.url.pathname}/consent`, {});
      const there = await other.finish(url, begun);
      const elsewhere = await browser.open(
        party.signOut(tokens.id_token ?? '', 'https://evil.example/', 's'),
      );
      assert.match(elsewhere.text, /post_logout_redirect_uri not registered/);
      const page = await browser.open(party.signOut(tokens.id_token ?? '', GONE, 'a-state'));
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 'ok', 'not by a link alone');
      const forged = await browser.open('/oidc/session/end/confirm', { xsrf: 'x', logout: 'yes' });
      assert.match(forged.text, /invalid_request/);
      const gone = await browser.open('/oidc/session/end/confirm', { xsrf, logout: 'yes' });
      assert.equal(gone.url.href, `${GONE}?state=a-state`);
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 401);
      const subjectThere = (await other.believe(there.id_token ?? '')).sub ?? '';
      assert.equal(await codeOf(other.userInfo(there.access_token, subjectThere)), 401);
      const silent = await browser.open((await party.begin('openid', { prompt: 'none' })).address);
      assert.equal(silent.url.searchParams.get('error'), 'login_required');
    },
  );

  await t.test(
    'a delegating firm’s client: its subjects are the firm’s, and it needs the firm and its operator alike',
    async () => {
      const firm = 'verifier/firm';
      const delegated = await scene.client('hub', { firm });
      const card = await person({ name: '清瀬　委託' });
      const own = mustSucceed(
        await registerClient(context, officer(), {
          verifier: 'verifier/hub',
          onBehalfOf: null,
          redirectUris: [delegated.redirectUri],
          signedOutUris: [],
          tokenAlg: 'ES256',
          keepsSecret: true,
        }),
        'a client of the operator itself',
      );
      const ofFirm = await signedIn(scene, delegated, card, ATTRIBUTES, ['name']);
      const ofHub = await signedIn(scene, { ...own, redirectUri: delegated.redirectUri }, card);
      assert.notEqual(ofFirm.subject, ofHub.subject, 'the same host, another organisation');
      const { party, tokens, subject } = ofFirm;
      assert.equal((await party.userInfo(tokens.access_token, subject))['name'], '清瀬　委託');
      const sql = country.database.superuser();
      t.after(() => sql.end());
      const [entry] = await sql<{ actor: string }[]>`
        SELECT actor FROM ledger.entry WHERE affair = 'sign-in-attributes' AND actor_kind = 'site'
        ORDER BY era DESC, tx DESC, id DESC LIMIT 1`;
      assert.equal(entry?.actor, firm, 'the holder sees the firm');
      for (const suspended of [firm, 'verifier/hub']) {
        mustSucceed(await changeVerifier(context.jpki, officer(), suspended, 'suspend'), 'suspend');
        assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 401, suspended);
        const begun = await new BrowserForTest(scene.origin).open((await party.begin('openid')).address);
        assert.match(begun.text, /invalid_client/, suspended);
        await decideByTwo(context.jpki, suspended, { act: 'restore' });
      }
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 'ok', 'restored');
      const stranger = await registerClient(context, officer(), {
        verifier: 'verifier/bank',
        onBehalfOf: firm,
        redirectUris: ['https://firm.example/cb'],
        signedOutUris: [],
        tokenAlg: 'ES256',
        keepsSecret: true,
      });
      assert.equal(stranger.ok ? 'ok' : stranger.failure.code, 'delegation-unknown');
    },
  );

  // the last: it lets months pass
  await t.test(
    'keys turn: the next is published a day ahead, the last a day after, and tokens of both hold',
    async () => {
      const card = await person();
      const kidOf = (token: string | undefined) => decodeProtectedHeader(token ?? '').kid ?? '';
      const published = async (): Promise<readonly string[]> => {
        const { keys } = (await (await fetch(`${scene.issuer}/jwks`)).json()) as {
          keys: { kid: string; alg: string }[];
        };
        return keys.filter(({ alg }) => alg === 'ES256').map(({ kid }) => kid);
      };
      const pass = async (days: number): Promise<void> => {
        country.clock.advance(days * DAY_MS);
        await ensureTokenKeys(context);
      };
      const { party, tokens } = await signedIn(scene, bank, card);
      const old = kidOf(tokens.id_token);
      assert.deepEqual(await published(), [old]);
      await pass(90);
      const next = (await published()).find((kid) => kid !== old) ?? '';
      assert.ok(next !== '', 'published before it signs');
      assert.equal(kidOf((await signedIn(scene, bank, card)).tokens.id_token), old);
      await pass(1);
      assert.equal(kidOf((await signedIn(scene, bank, card)).tokens.id_token), next);
      assert.deepEqual((await published()).toSorted(), [old, next].toSorted());
      assert.ok((await party.believe(tokens.id_token ?? '')).sub);
      await pass(1);
      assert.deepEqual(await published(), [next]);
      await assert.rejects(party.believe(tokens.id_token ?? ''), /no applicable key/);
    },
  );
});
