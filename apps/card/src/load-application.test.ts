/** Applications loaded onto a software card of a resident, through citizen PKI, cards and the database, killed at every step. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import {
  applicationKeys,
  type CardApplicationsContext,
  type CardInReader,
  changeOnCard,
  endApplication,
  freeAreaKeys,
  type LoadingContents,
  loadApplication,
  noticesOf,
  noticeVoidCards,
  registerApplication,
  registerOwner,
} from '@ishizue/card-applications';
import { findCardStates, findVoidCards, strikeVoidCards, voidCard } from '@ishizue/cards';
import { authenticateHolder, type HolderChallenge } from '@ishizue/jpki';
import { mustSucceed, type Result } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import { type Desk, openDesk, PIN } from './testing/desk.ts';

const LIBRARY = 'D392100031C001';
const LICENCE = 'D392100031C002';
const TICKETS = 'D392100031C003';
const CONSENT = Buffer.from('the library’s card is loaded onto this card');

const codeOf = (result: Result<unknown>): string => (result.ok ? 'ok' : result.failure.code);

const contents: LoadingContents = {
  files: [
    { fid: 1, read: 'always', content: Buffer.from('清瀬市立図書館') },
    { fid: 2, read: 'pin', content: randomBytes(500) },
  ],
  pin: '4711',
};

class PowerCut extends Error {}

/** A reader that loses its power before or after the nth command. */
function cutAt(card: CardInReader, n: number, when: 'before' | 'after') {
  let commands = 0;
  const transmit = async (command: Uint8Array): Promise<Uint8Array> => {
    const isHere = ++commands === n;
    if (isHere && when === 'before') throw new PowerCut();
    const answer = await card.transmit(command);
    if (isHere) throw new PowerCut();
    return answer;
  };
  return { transmit, commands: () => commands };
}

interface Place {
  readonly consent: HolderChallenge;
  readonly desk: Desk;
  readonly context: CardApplicationsContext;
  readonly load: (
    requestId: string,
    aid: string,
    more?: {
      readonly contents?: LoadingContents;
      readonly reader?: (card: CardInReader) => CardInReader;
      readonly consent?: HolderChallenge;
      readonly context?: Partial<CardApplicationsContext>;
    },
  ) => Promise<string>;
  readonly change: (aid: string, act: 'block' | 'use' | 'delete') => Promise<string>;
}

async function openPlace(t: TestContext): Promise<Place> {
  const desk = await openDesk(t);
  const { jpki, cards, held, derive } = desk;
  const context: CardApplicationsContext = {
    sql: jpki.country.database.pool('card_applications'),
    clock: jpki.country.clock,
    pseudonyms: jpki.country.pseudonyms,
    freeAreaKeysOf: (cardId) => freeAreaKeys(derive, cardId),
    applicationKeysOf: (aid, keyVersion, cardId) => applicationKeys(derive, aid, keyVersion, cardId),
    authenticateHolder: (access, signed) => authenticateHolder(jpki.context, access, signed),
    findCardStates: (cardIds) => findCardStates(cards, cardIds),
    findVoidCards: (limit) => findVoidCards(cards, limit),
    strikeVoidCards: (cardIds) => strikeVoidCards(cards, cardIds),
    randomBytes,
  };
  const library = {
    owner: 'kiyose-library',
    name: '清瀬市',
    municipality: '132217',
    basisReference: '条例第一号',
  };
  const police = { owner: 'police', name: '警察', municipality: null, basisReference: '総務大臣確認第二号' };
  for (const owner of [library, police]) mustSucceed(await registerOwner(context, owner), 'an owner');
  for (const [aid, owner, areaBytes] of [
    [LIBRARY, library.owner, 600],
    [LICENCE, police.owner, 15_000],
    [TICKETS, library.owner, 1_000],
  ] as const) {
    const wish = { aid, owner, areaBytes, version: 1, keyVersion: 1 };
    mustSucceed(await registerApplication(context, wish), 'an application');
    mustSucceed(await registerApplication(context, wish), 'the same again');
  }
  const consent: HolderChallenge = {
    kind: 'authentication',
    certificate: mustSucceed(await held.readCertificate('authentication'), 'the certificate'),
    challenge: CONSENT,
    signature: mustSucceed(await held.sign('authentication', PIN, CONSENT), 'the consent'),
  };
  const inReader = async (work: (card: CardInReader) => Promise<Result<unknown>>): Promise<string> => {
    let said = '';
    mustSucceed(
      await held.inReader(async (card) => {
        said = codeOf(await work(card));
        return { ok: true, value: undefined };
      }),
      'a reader',
    );
    return said;
  };
  return {
    consent,
    desk,
    context,
    load: (requestId, aid, more = {}) =>
      inReader((card) =>
        loadApplication(
          { ...context, ...more.context },
          testAccess,
          { requestId, aid, contents: more.contents ?? contents, consent: more.consent ?? consent },
          more.reader?.(card) ?? card,
        ),
      ),
    change: (aid, act) => inReader((card) => changeOnCard(context, testAccess, { aid, act, consent }, card)),
  };
}

/** How the two looks of each minute read what they look at, beside so many planted loadings of other cards; `[]` where by index. */
async function scansAmong(
  database: Place['desk']['jpki']['country']['database'],
  loadings: number,
): Promise<readonly string[]> {
  const sql = database.superuser();
  try {
    await sql.begin(async (tx) => {
      await tx`SET LOCAL session_replication_role = replica`;
      await tx`
        INSERT INTO card_applications.loading (loading_id, request_id, aid, card_id, card_hash, contents_digest, version,
          key_version, area_bytes, state, sequence, changed_at, is_looked_at)
        SELECT gen_random_uuid(), 'planted ' || n, ${TICKETS}, lpad(n::text, 16, 'X'), sha256('x'), sha256('x'), 1, 1, 1, 'loaded', 1,
          now(), true
        FROM generate_series(1, ${loadings}::int) n`;
    });
    await sql`ANALYZE card_applications.loading`;
    const plans = await Promise.all(
      [
        'SELECT loading_id, card_id FROM card_applications.loading WHERE NOT is_looked_at ORDER BY loading_id LIMIT 1000',
        "SELECT FROM card_applications.loading WHERE card_id = ANY ('{A,B}') AND state NOT IN ('deleted', 'refused') AND card_void_at IS NULL",
        'SELECT card_id FROM cards.void_card_untold ORDER BY card_id LIMIT 1000',
      ].map((look) => sql.unsafe(`EXPLAIN ${look}`)),
    );
    return plans.flatMap((plan) =>
      plan.map((row) => String(row['QUERY PLAN'])).filter((line) => /Seq Scan on loading/.test(line)),
    );
  } finally {
    await sql.end();
  }
}

async function historiesOf({ context }: Place): Promise<readonly string[]> {
  return context.sql<{ states: string }[]>`
    SELECT string_agg(c.state, ' ' ORDER BY c.sequence) AS states
    FROM card_applications.loading l JOIN card_applications.loading_change c USING (loading_id)
    GROUP BY l.loading_id, l.request_id ORDER BY l.request_id`.then((rows) =>
    rows.map(({ states }) => states),
  );
}

test('an application is loaded, used, blocked, deleted; its owner hears when the card is void', async (t) => {
  const place = await openPlace(t);
  const { context, desk, load, change } = place;
  assert.equal(await load('one', LIBRARY), 'ok');
  assert.equal(await load('one', LIBRARY), 'ok', 'the same request again');
  assert.equal(await load('other', LIBRARY), 'already-on-card');
  assert.equal(await load('one', LICENCE), 'request-id-reused');
  assert.equal(await load('two', LICENCE), 'ok', 'another owner’s, beside it');
  assert.equal(await load('three', TICKETS), 'capacity-short');
  assert.equal(await load('three', TICKETS), 'loading-over', 'a refused request stays refused');
  assert.equal(await load('four', 'D392100031C0FF'), 'application-unknown');
  const unfit = { ...contents, files: [{ fid: 1, read: 'always' as const, content: randomBytes(993) }] };
  assert.equal(await load('five', TICKETS, { contents: unfit }), 'contents-unfit');
  assert.equal(await change(TICKETS, 'delete'), 'not-on-card');
  for (const [act, says] of [
    ['use', 'ok'],
    ['block', 'ok'],
    ['block', 'ok'],
    ['use', 'ok'],
    ['delete', 'ok'],
    ['delete', 'not-on-card'],
  ] as const)
    assert.equal(await change(LICENCE, act), says, act);
  assert.equal(
    await load('six', TICKETS, { contents: { files: contents.files.slice(0, 1) } }),
    'ok',
    'there is room again',
  );
  assert.deepEqual(await historiesOf(place), [
    'consented authentic installed personalised loaded',
    'consented authentic installed personalised loaded',
    'consented authentic refused',
    'consented authentic installed personalised loaded blocked loaded deleted',
  ]);
  assert.equal(await noticeVoidCards(context, testAccess), 0);
  assert.deepEqual(await scansAmong(desk.jpki.country.database, 5_000), []);
  const unasked = { ...context, findCardStates: () => Promise.reject(new Error('nothing is new')) };
  assert.equal(
    await noticeVoidCards(unasked, testAccess),
    0,
    'of thousands of standing loadings none is asked about',
  );
  mustSucceed(await voidCard(desk.cards, testAccess, desk.cardId, 'lost'), 'voiding');
  const dying = { ...unasked, strikeVoidCards: () => Promise.reject(new Error('killed')) };
  await assert.rejects(noticeVoidCards(dying, testAccess), /killed/);
  assert.equal(
    await noticeVoidCards(context, testAccess),
    0,
    'the killed run told it, the next one only strikes',
  );
  assert.equal((await context.findVoidCards(10)).length, 0);
  const notices = await noticesOf(context, 'kiyose-library');
  assert.deepEqual(notices.map(({ aid, reason }) => `${aid} ${reason}`).toSorted(), [
    `${LIBRARY} card-void`,
    `${TICKETS} card-void`,
  ]);
  const hash = createHash('sha256').update(`card serial\nkiyose-library\n${desk.cardId}`).digest('hex');
  assert.deepEqual(new Set(notices.map(({ cardHash }) => cardHash)), new Set([hash]));
  assert.equal((await noticesOf(context, 'police')).length, 0);
  mustSucceed(await endApplication(context, LIBRARY), 'ending');
  assert.equal(await load('seven', LIBRARY), 'certificate-revoked', 'nobody consents with a void card');
});

test('killed before or after any command, the same request completes the loading', async (t) => {
  const place = await openPlace(t);
  const { load, change, context } = place;
  const short: LoadingContents = { files: [{ fid: 1, read: 'owner', content: randomBytes(100) }] };
  let commands = 0;
  for (let n = 1; n === 1 || n <= commands; n++)
    for (const when of ['before', 'after'] as const) {
      const requestId = `r-${n}-${when}`;
      const reader = (card: CardInReader): CardInReader => cutAt(card, n, when);
      await assert.rejects(load(requestId, LIBRARY, { contents: short, reader }), PowerCut);
      let counted: ReturnType<typeof cutAt> | undefined;
      const counting = (card: CardInReader): CardInReader => (counted = cutAt(card, 0, 'before'));
      assert.equal(await load(requestId, LIBRARY, { contents: short, reader: counting }), 'ok', requestId);
      commands = Math.max(commands, counted?.commands() ?? 0);
      assert.equal(await change(LIBRARY, 'delete'), 'ok');
    }
  assert.ok(commands > 12, 'a new command needs its cuts here');
  for (const states of await historiesOf(place))
    assert.equal(states, 'consented authentic installed personalised loaded deleted');
  const [entries] = await context.sql<
    { states: number }[]
  >`SELECT count(*)::int AS states FROM card_applications.loading_change`;
  assert.equal(entries?.states, commands * 2 * 6);
});

test('a card of another’s keys, and a reader that changes answers, are believed in nothing', async (t) => {
  const place = await openPlace(t);
  const changing = (card: CardInReader): CardInReader => ({
    transmit: async (command) => {
      const answer = Buffer.from(await card.transmit(command));
      if (command[0] === 0x84 && answer.length > 2) answer[0] = (answer[0] ?? 0) ^ 1;
      return answer;
    },
  });
  assert.equal(await place.load('one', LIBRARY, { reader: changing }), 'card-not-authentic');
  const dead = (): CardInReader => ({ transmit: () => Promise.resolve(Buffer.from('6a82', 'hex')) });
  assert.equal(await place.load('one', LIBRARY, { reader: dead }), 'card-not-authentic');
  const other = { freeAreaKeysOf: () => freeAreaKeys(place.desk.derive, 'another card') };
  assert.equal(await place.load('one', LIBRARY, { context: other }), 'card-not-authentic');
  const strangers = { ...place.consent, signature: Buffer.alloc(256) };
  assert.equal(await place.load('one', LIBRARY, { consent: strangers }), 'challenge-signature-invalid');
  assert.equal(await place.load('one', LIBRARY), 'ok', 'and the same request goes on with the right one');
});
