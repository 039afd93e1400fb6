import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeVerifier } from '@ishizue/jpki';
import { decideByTwo, officer } from '@ishizue/jpki/testing';
import { NATIONAL_SITE } from '@ishizue/registry';
import { deleteOver } from './acts/delete-over.ts';
import { endOwnAct, ownActs } from './acts/own-acts.ts';
import { ACT_LIFETIME_MS } from './acts/sign-in-by-card.ts';
import { endClient, registerClient } from './clients/register-client.ts';
import { goThrough, RelyingParty, signedIn } from './testing/relying-party.ts';
import { BrowserForTest, signOnPage, testSignIn, wrongSignature } from './testing/scene.ts';

const ATTRIBUTES = 'openid profile address';

/** The error of openid-client, or of the callback, by the protocol's code. */
async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    const {
      error: code,
      status,
      cause,
    } = error as { error?: string; status?: number; cause?: { status?: number } };
    return code ?? status ?? cause?.status ?? String(error);
  }
}

// one country for all: making one takes longer than what is tried in it
test('sign-in with the card', async (t) => {
  const scene = await testSignIn(t);
  const { context, jpki } = scene;
  const card = await scene.card({ name: '髙橋　遥', birth_date: '1998-02-17' });
  const bank = await scene.client('bank');
  const library = await scene.client('library', { terms: { services: [] }, keepsSecret: false });
  const superuser = jpki.country.database.superuser();
  t.after(() => superuser.end());
  const entriesOf = async (affair: string): Promise<readonly string[]> => {
    const rows = await superuser<{ line: string }[]>`
      SELECT concat_ws(' ', actor_kind, actor = encode(subject, 'hex'), result, array_to_string(fields, ',')) AS line
      FROM ledger.entry WHERE affair = ${affair} ORDER BY tx, id`;
    return rows.map(({ line }) => line);
  };

  await t.test(
    'a client believes who signed in by our published keys, and is told a subject alone',
    async () => {
      const { claims, tokens, party, subject } = await signedIn(scene, bank, card);
      assert.deepEqual([claims['acr'], claims['amr']], ['urn:ishizue:acr:card', ['sc', 'pin', 'mfa']]);
      assert.ok(Math.abs(Number(claims['auth_time']) - Date.now() / 1000) < 60);
      assert.match(subject, /^[\w-]{43}$/);
      const names = ['acr', 'amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub'];
      assert.deepEqual(Object.keys(claims).toSorted(), names);
      assert.deepEqual(await party.userInfo(tokens.access_token, subject), { sub: subject });
      assert.equal(tokens.refresh_token, undefined);
      assert.deepEqual(await entriesOf('sign-in-with-card'), ['person t ok authentication-certificate']);
      assert.deepEqual(await entriesOf('sign-in-attributes'), []);
    },
  );

  await t.test(
    'the same person is one subject at a client, also after renewal, and another one at another',
    async () => {
      const first = await signedIn(scene, bank, card);
      await scene.renew(card);
      const again = await signedIn(scene, bank, card);
      assert.equal(again.subject, first.subject);
      const elsewhere = await signedIn(scene, library, card);
      assert.notEqual(elsewhere.subject, first.subject);
      const other = await signedIn(scene, bank, await scene.card({ resident_number: '77' }));
      assert.notEqual(other.subject, first.subject);
      assert.equal(
        await codeOf(first.party.userInfo(first.tokens.access_token, first.subject)),
        401,
        'superseded',
      );
    },
  );

  await t.test(
    'attributes are told by item, as the register has them, each time on the person’s ledger',
    async () => {
      const { party, tokens, subject } = await signedIn(scene, bank, card, ATTRIBUTES, ['name', 'address']);
      const address = { formatted: '東京都清瀬市元町一丁目4番5号', country: 'JP' };
      assert.deepEqual(await party.userInfo(tokens.access_token, subject), {
        sub: subject,
        name: '髙橋　遥',
        address,
      });
      assert.deepEqual(
        await entriesOf('sign-in-consent').then((lines) => lines.at(-1)),
        'person t ok name,address',
      );
      // JPKI asks the registry, which has an entry of its own; then it answers the client
      assert.deepEqual((await entriesOf('sign-in-attributes')).slice(-2), [
        'system f ok name,birth-date,sex,address,individual-number',
        'site f ok name,address',
      ]);
      const all = await signedIn(scene, bank, card, ATTRIBUTES, ['name', 'birth-date', 'sex', 'address']);
      const told = await all.party.userInfo(all.tokens.access_token, all.subject);
      assert.deepEqual([told['birthdate'], told['gender']], ['1998-02-17', 'female']);
      const none = await signedIn(scene, bank, card, ATTRIBUTES, []);
      assert.deepEqual(await none.party.userInfo(none.tokens.access_token, none.subject), {
        sub: none.subject,
      });
      const party2 = await RelyingParty.of(scene, library);
      const seen = await new BrowserForTest(scene.origin).open((await party2.begin(ATTRIBUTES)).address);
      assert.equal(seen.url.searchParams.get('error'), 'invalid_scope', 'its verifier has not the service');
    },
  );

  await t.test(
    'a code is exchanged once, by its client, with its verifier; the second try ends what came of the first',
    async () => {
      const party = await RelyingParty.of(scene, bank);
      const begun = await party.begin('openid');
      const { url } = await goThrough(new BrowserForTest(scene.origin), begun, card);
      assert.equal(await codeOf(party.finish(url, { ...begun, verifier: 'x'.repeat(43) })), 'invalid_grant');
      const another = await RelyingParty.of(scene, library);
      assert.equal(await codeOf(another.finish(url, begun)), 'invalid_grant');
      const wrong = await RelyingParty.of(scene, { ...bank, secret: 'not this one' });
      assert.equal(await codeOf(wrong.finish(url, begun)), 401);
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => party.finish(url, begun)));
      const won = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      assert.equal(won.length, 1);
      assert.equal(await codeOf(party.finish(url, begun)), 'invalid_grant');
      for (const { access_token } of won) assert.equal(await codeOf(party.userInfo(access_token, 'x')), 401);
    },
  );

  await t.test('what is not as registered does not begin', async () => {
    const party = await RelyingParty.of(scene, bank);
    const errorOf = async (more: Record<string, string>): Promise<string | null> => {
      const { address } = await party.begin('openid', more);
      for (const [name, value] of Object.entries(more)) if (value === '') address.searchParams.delete(name);
      const seen = await new BrowserForTest(scene.origin).open(address);
      const { searchParams, hash } = seen.url;
      const inHash = new URLSearchParams(hash.slice(1)).get('error');
      return searchParams.get('error') ?? inHash ?? /<code>(\w+)<\/code>/.exec(seen.text)?.[1] ?? null;
    };
    assert.equal(await errorOf({ redirect_uri: 'https://bank.example/callback/' }), 'invalid_redirect_uri');
    assert.equal(
      await errorOf({ redirect_uri: 'https://bank.example.evil/callback' }),
      'invalid_redirect_uri',
    );
    assert.equal(await errorOf({ client_id: 'aaaaaaaaaaaaaaaaaaaa' }), 'invalid_client');
    assert.equal(await errorOf({ code_challenge: '', code_challenge_method: '' }), 'invalid_request');
    assert.equal(await errorOf({ code_challenge_method: 'plain' }), 'invalid_request');
    assert.equal(await errorOf({ response_type: 'id_token' }), 'invalid_request');
    assert.equal(await errorOf({ prompt: 'none' }), 'login_required');
  });

  await t.test('only a signature over what the page showed, once, by a good card, goes on', async () => {
    const party = await RelyingParty.of(scene, bank);
    const browser = new BrowserForTest(scene.origin);
    const page = await browser.open((await party.begin('openid')).address);
    assert.match(page.text, /検証株式会社（bank\.example）/);
    const path = `${page.url.pathname}/card`;
    const send = async (signature: string) => {
      const seen = await browser.open(path, { certificate: card.certificate.toString('base64'), signature });
      return [seen.status, /role="alert">[^<]*<code>([^<]*)/.exec(seen.text)?.[1]];
    };
    assert.deepEqual(await send(wrongSignature()), [422, 'challenge-signature-invalid']);
    assert.equal((await browser.open(path, { certificate: '!', signature: '' })).status, 400);
    const stranger = new BrowserForTest(scene.origin);
    assert.equal((await stranger.open(page.url)).status, 410, 'another browser');
    const revoked = await scene.card({ resident_number: '78' });
    await scene.revoke(revoked);
    const refused = await signOnPage(browser, page, revoked);
    assert.match(refused.text, /certificate-revoked/);
    assert.equal((await signOnPage(browser, page, card)).url.host, 'bank.example');
  });

  await t.test(
    'a session signs in elsewhere only with consent, and asks for the card again when it must',
    async () => {
      const { browser, party, subject } = await signedIn(scene, bank, card);
      const silent = await browser.open((await party.begin('openid', { prompt: 'none' })).address);
      assert.equal(silent.url.host, 'bank.example');
      assert.ok(silent.url.searchParams.get('code'));
      const other = await RelyingParty.of(scene, library);
      const there = await browser.open((await other.begin('openid')).address);
      assert.match(there.text, /サインインしたことだけが伝わります/);
      const none = await browser.open((await other.begin('openid', { prompt: 'none' })).address);
      assert.equal(none.url.searchParams.get('error'), 'consent_required');
      const begun = await party.begin('openid', { prompt: 'login' });
      const { url } = await goThrough(browser, begun, card);
      const tokens = await party.finish(url, begun);
      assert.equal((await party.believe(tokens.id_token ?? '')).sub, subject);
      const cancelled = await browser.open((await party.begin('openid', { prompt: 'login' })).address);
      const back = await browser.open(`${cancelled.url.pathname}/cancel`, {});
      assert.equal(back.url.searchParams.get('error'), 'access_denied');
      // somebody else at the same browser is somebody else, with none of what was granted
      const guest = await scene.card({ resident_number: '79' });
      const theirs = await party.begin('openid', { prompt: 'login' });
      const { url: callback } = await goThrough(browser, theirs, guest);
      const guestTokens = await party.finish(callback, theirs);
      assert.notEqual((await party.believe(guestTokens.id_token ?? '')).sub, subject);
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 401);
    },
  );

  await t.test('revoked, suspended, ended or over: sessions and answers end at once', async () => {
    const ends: Readonly<Record<string, (signed: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>>> =
      {
        'the certificate is revoked': () => scene.revoke(fresh),
        'the holder has ended it': async () => {
          const self = {
            pseudonym: context.pseudonyms.of(NATIONAL_SITE, fresh.residentCode),
            correlation: 'c',
          };
          const [newest] = await ownActs(context, self);
          assert.deepEqual(newest?.clients, [{ organisation: 'verifier/bank', items: ['name'] }]);
          const stranger = { ...self, pseudonym: context.pseudonyms.of(NATIONAL_SITE, card.residentCode) };
          assert.equal((await endOwnAct(context, stranger, newest.act)).ok, false);
          assert.ok((await endOwnAct(context, self, newest.act)).ok);
        },
        'the verifier is suspended': () =>
          changeVerifier(context.jpki, officer(), 'verifier/bank', 'suspend'),
        'the time of the act is over': () => Promise.resolve(jpki.country.clock.advance(ACT_LIFETIME_MS)),
      };
    let fresh = card;
    for (const [why, end] of Object.entries(ends)) {
      fresh = await scene.card({ resident_number: String(100 + Object.keys(ends).indexOf(why)) });
      const signed = await signedIn(scene, bank, fresh, ATTRIBUTES, ['name']);
      const { party, tokens, subject, browser } = signed;
      const unused = await party.begin('openid');
      const { url: waiting } = await goThrough(browser, unused, fresh);
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 'ok', why);
      await end(signed);
      assert.equal(await codeOf(party.userInfo(tokens.access_token, subject)), 401, why);
      assert.notEqual(await codeOf(party.finish(waiting, unused)), 'ok', why);
      const again = await browser.open((await party.begin('openid', { prompt: 'none' })).address);
      assert.equal(again.url.searchParams.get('code'), null, why);
      if (why.includes('suspended')) await decideByTwo(context.jpki, 'verifier/bank', { act: 'restore' });
    }
  });

  await t.test('a client is registered to the letter, and is none any more when it is ended', async () => {
    const terms = {
      verifier: 'verifier/bank',
      onBehalfOf: null,
      redirectUris: ['https://other.example/cb'],
      signedOutUris: [],
      tokenAlg: 'RS256' as const,
      keepsSecret: true,
    };
    const refusal = async (changes: object): Promise<string> => {
      const registered = await registerClient(context, officer(), { ...terms, ...changes });
      return registered.ok ? 'ok' : registered.failure.code;
    };
    for (const address of [
      'http://other.example/cb',
      'https://other.example/cb#x',
      'https://user@other.example/cb',
      'https://OTHER.example/cb',
      'https://*.example/cb',
      'app:/cb',
      'cb',
    ])
      assert.equal(await refusal({ redirectUris: [address] }), 'address-unsuitable', address);
    assert.equal(
      await refusal({ redirectUris: ['https://a.example/', 'https://b.example/'] }),
      'address-unsuitable',
    );
    assert.equal(await refusal({ verifier: 'verifier/nobody' }), 'verifier-unknown');
    assert.equal(await refusal({}), 'ok');
    assert.ok((await endClient(context, officer(), library.client)).ok);
    assert.equal((await endClient(context, officer(), library.client)).ok, false);
    const seen = await new BrowserForTest(scene.origin).open(
      `/oidc/auth?client_id=${library.client}&response_type=code&scope=openid`,
    );
    assert.match(seen.text, /invalid_client/);
    const acts = await superuser`SELECT act, result FROM sign_in.client_act ORDER BY id DESC LIMIT 3`;
    assert.deepEqual(
      acts.map(({ act, result }) => `${act} ${result}`),
      ['client-end client-unknown', 'client-end ok', 'client-register ok'],
    );
  });

  await t.test('nothing that opens anything lies in the database, and what is over is deleted', async () => {
    const { tokens, callback } = await signedIn(scene, bank, await scene.card({ resident_number: '200' }));
    const [dump] = await superuser<{ text: string }[]>`
      SELECT string_agg(to_jsonb(artefact)::text, ' ') AS text FROM sign_in.artefact`;
    assert.ok(dump && dump.text.length > 1_000);
    for (const secret of [tokens.access_token, callback.searchParams.get('code'), bank.secret])
      assert.ok(secret && !dump.text.includes(secret));
    jpki.country.clock.advance(100 * 86_400_000);
    await deleteOver(context);
    const [left] = await superuser`
      SELECT (SELECT count(*) FROM sign_in.artefact) + (SELECT count(*) FROM sign_in.act)
        + (SELECT count(*) FROM sign_in.challenge) AS count`;
    assert.equal(left?.['count'], 0);
  });
});
