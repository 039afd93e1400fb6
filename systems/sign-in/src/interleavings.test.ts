/**
 * Sessions of several persons at several clients and browsers, in any order and at once, with cards revoked, sign-ins ended
 * and browsers signed out between: a token tells its own person alone, what was consented to in its own sign-in, and
 * nobody else's anything (docs/flows/sign-in.md steps 4 to 8).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NATIONAL_SITE } from '@ishizue/registry';
import * as fc from 'fast-check';
import { endOwnAct, ownActs } from './acts/own-acts.ts';
import { type BegunSignIn, goThrough, RelyingParty } from './testing/relying-party.ts';
import { BrowserForTest, type CardForTest, type TestSignIn, testSignIn } from './testing/scene.ts';

const NAMES = ['髙橋　遥', '清瀬　太郎', '中里　花'];
const RUNS = 5;

interface Step {
  readonly act: 'sign-in' | 'ask' | 'swap' | 'revoke' | 'end' | 'sign-out';
  readonly person: number;
  readonly client: number;
  readonly browser: number;
  readonly isNameTold: boolean;
}

const stepsOf = (act: fc.Arbitrary<Step['act']>): fc.Arbitrary<Step> =>
  fc.record({
    act,
    person: fc.nat(NAMES.length - 1),
    client: fc.nat(1),
    browser: fc.nat(1),
    isNameTold: fc.boolean(),
  });

const signIns = stepsOf(fc.constant('sign-in'));
const steps = stepsOf(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step['act']>('sign-in') },
    { weight: 2, arbitrary: fc.constantFrom<Step['act'][]>('ask', 'swap') },
    { weight: 2, arbitrary: fc.constantFrom<Step['act'][]>('revoke', 'end', 'sign-out') },
  ),
);

interface Token {
  readonly client: number;
  readonly value: string;
  readonly idToken: string;
  readonly subject: string;
  readonly isNameTold: boolean;
}

interface Person {
  readonly name: string;
  readonly card: CardForTest;
  /** By client, as a sign-in by themselves alone told them. */
  readonly subjects: readonly string[];
}

type Scene = TestSignIn & { readonly parties: readonly RelyingParty[]; readonly persons: readonly Person[] };

/** One run: browsers whose steps are one after the other, each beside the other. */
class Run {
  readonly tokens: Token[] = [];
  answered = 0;
  readonly #scene: Scene;
  readonly #browsers: readonly { readonly browser: BrowserForTest; last: Promise<unknown> }[];

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#browsers = [0, 1].map(() => ({
      browser: new BrowserForTest(scene.origin),
      last: Promise.resolve(),
    }));
  }

  perform(step: Step): Promise<unknown> {
    const place = this.#browsers[step.browser];
    assert.ok(place);
    place.last = place.last.then(() => this.#perform(step, place.browser));
    return place.last;
  }

  async #perform(step: Step, browser: BrowserForTest): Promise<unknown> {
    const person = this.#scene.persons[step.person];
    const party = this.#scene.parties[step.client];
    assert.ok(person && party);
    switch (step.act) {
      case 'sign-in':
        return this.#signIn(step, browser);
      case 'ask':
        return this.checkAll();
      case 'swap': {
        // what one client was given, another one cannot exchange
        const begun = await party.begin('openid profile', { prompt: 'login' });
        const { url } = await goThrough(browser, begun, person.card, ['name']);
        const other = this.#scene.parties[1 - step.client];
        return assert.rejects(async () => other?.finish(url, begun));
      }
      case 'revoke':
        await this.#scene.revoke(person.card);
        return this.#scene.renew(person.card);
      case 'end': {
        const { context } = this.#scene;
        const pseudonym = context.pseudonyms.of(NATIONAL_SITE, person.card.residentCode);
        const self = { pseudonym, correlation: 'c' };
        const [newest] = await ownActs(context, self);
        return newest && endOwnAct(context, self, newest.act);
      }
      case 'sign-out': {
        const page = await browser.open('/oidc/session/end');
        const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
        return browser.open('/oidc/session/end/confirm', { xsrf, logout: 'yes' });
      }
    }
  }

  async #signIn({ person, client, isNameTold }: Step, browser: BrowserForTest): Promise<void> {
    const who = this.#scene.persons[person];
    const party = this.#scene.parties[client];
    assert.ok(who && party);
    const begun: BegunSignIn = await party.begin('openid profile', { prompt: 'login' });
    const { url } = await goThrough(browser, begun, who.card, isNameTold ? ['name'] : []);
    // the card may have been revoked meanwhile
    const tokens = await party.finish(url, begun).catch(() => undefined);
    if (!tokens) return;
    const idToken = tokens.id_token ?? '';
    const subject = (await party.believe(idToken)).sub ?? '';
    assert.equal(subject, who.subjects[client], 'who signed is who is told');
    this.tokens.push({ client, value: tokens.access_token, idToken, subject, isNameTold });
  }

  /** Of every token that still answers, whose it is and what it tells. */
  async checkAll(): Promise<void> {
    await Promise.all(this.tokens.map((token) => this.#check(token)));
  }

  async #check({ client, value, subject, isNameTold }: Token): Promise<void> {
    const party = this.#scene.parties[client];
    const told = await party?.userInfo(value, subject).catch((error: { status?: number }) => {
      assert.equal(error.status ?? (error as { cause?: { status?: number } }).cause?.status, 401);
    });
    if (!told) return;
    this.answered += 1;
    const owner = this.#scene.persons.find(({ subjects }) => subjects[client] === subject);
    assert.ok(owner);
    assert.deepEqual(told, isNameTold ? { sub: subject, name: owner.name } : { sub: subject });
  }
}

async function makeScene(base: TestSignIn): Promise<Scene> {
  const clients = [await base.client('bank'), await base.client('shop')];
  const parties = await Promise.all(clients.map((client) => RelyingParty.of(base, client)));
  const persons: Person[] = [];
  for (const [index, name] of NAMES.entries()) {
    const card = await base.card({ name, resident_number: String(index + 1) });
    const subjects: string[] = [];
    for (const party of parties) {
      const begun = await party.begin('openid');
      const { url } = await goThrough(new BrowserForTest(base.origin), begun, card);
      subjects.push((await party.believe((await party.finish(url, begun)).id_token ?? '')).sub ?? '');
    }
    persons.push({ name, card, subjects });
  }
  return { ...base, parties, persons };
}

test('in any interleaving of sessions no token tells anybody but whose it is, nor more than they consented to', async (t) => {
  const scene = await makeScene(await testSignIn(t));
  const subjects = scene.persons.flatMap((person) => person.subjects);
  assert.equal(new Set(subjects).size, subjects.length);
  let answered = 0;
  await fc.assert(
    fc.asyncProperty(signIns, fc.array(steps, { minLength: 5, maxLength: 11 }), async (first, all) => {
      const run = new Run(scene);
      // alone, so that each run has a token that answers, whatever follows
      await run.perform(first);
      await run.checkAll();
      await Promise.all(all.map((step) => run.perform(step)));
      await run.checkAll();
      answered += run.answered;
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  assert.ok(answered >= RUNS, `${answered} answers were looked at`);
});
