/**
 * The act itself: the face that was compared is the one that the factory put onto this very chip, and a process that is killed
 * (kill -9) in the act leaves it done or not done, never half.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, type TestContext, test } from 'node:test';
import { mustSucceed, ok } from '@ishizue/outcome';
import { testAccess } from '@ishizue/registry/testing';
import type { CardView } from '../card/card-view.ts';
import { photoDigest } from '../photo/card-photo.ts';
import { codeOf, countryOf, open, proofBy, setUpFor } from '../testing/counter.ts';
import type { HandingOverOrder } from '../testing/handing-over-process.ts';
import type { CardsCountry } from '../testing/index.ts';
import { type CounterProof, completeHandOver } from './complete-hand-over.ts';

const PROGRAM = path.resolve(import.meta.dirname, '../testing/handing-over-process.ts');
const ORDER_VARIABLE = 'ISHIZUE_TEST_HANDING_OVER_ORDER';
const UNTIL = ['answered', 'unanswered', 'uncommitted'] as const;

/** Cards are made with a photo, each with its own. */
let country: CardsCountry;
let codes: readonly string[];
const closers: (() => unknown)[] = [];

before(async () => {
  const made = await countryOf({ after: (work: () => unknown) => void closers.push(work) } as never, 6);
  const { press } = made.country.cards;
  const photographed = {
    ...press,
    photoOf: ({ applicationId }: { readonly applicationId: string }) =>
      Promise.resolve(ok(photoFor(applicationId))),
  };
  country = { ...made.country, cards: { ...made.country.cards, press: photographed } };
  codes = made.codes;
});
after(async () => {
  for (const close of closers.toReversed()) await close();
});

const photoFor = (said: string): Buffer =>
  Buffer.concat([Buffer.from('0000000c6a5020200d0a870a', 'hex'), Buffer.from(said)]);

const proofOf = async (card: CardView) =>
  proofBy(country, card.cardId, mustSucceed(await open(country, card), 'opening'));
const complete = (proof: CounterProof) => completeHandOver(country.cards, testAccess, proof);

test('the face is compared with the photo that the factory put onto this very chip', async () => {
  const [one, two] = await setUpFor(country, codes.slice(0, 2));
  assert.ok(one && two);
  const proof = await proofOf(one);
  assert.deepEqual(proof.faceSha256, photoDigest(photoFor(one.applicationId)));
  // planted: the photo of another card, one that was changed on the way, and none at all
  const others = [photoFor(two.applicationId), photoFor(`${one.applicationId}!`)].map(photoDigest);
  for (const faceSha256 of [...others, null])
    assert.equal(codeOf(await complete({ ...proof, faceSha256 })), 'photo-of-another-card');
  assert.equal(codeOf(await complete({ ...proof, comparedWith: null })), 'face-not-compared');
  assert.equal(codeOf(await complete(proof)), 'ok', 'the hand-over was open all the time');
  const [row] = await country.cards.sql<{ kept: Buffer; seen: Buffer }[]>`
    SELECT p.sha256 AS kept, h.face_sha256 AS seen FROM cards.hand_over h JOIN cards.card_photo p USING (card_id)
    WHERE h.state = 'completed'`;
  assert.ok(row);
  assert.deepEqual(row.seen, row.kept);
  const [entries] = await country.database.superuser()<{ n: number }[]>`
    SELECT count(*)::int AS n FROM ledger.entry WHERE result = 'photo-of-another-card'`;
  assert.equal(entries?.n, 3, 'refusals are on the ledger');
});

test('a card without a photo has nothing to compare, and no photo is said of it', async () => {
  const { press } = country.cards;
  const bare = { ...press, photoOf: () => Promise.resolve(ok(undefined)) };
  const cards = { ...country.cards, press: bare };
  const [plain] = await setUpFor({ ...country, cards }, codes.slice(2, 3));
  assert.ok(plain);
  const proof = await proofOf(plain);
  assert.equal(proof.faceSha256, null);
  const said = photoDigest(photoFor('somebody'));
  assert.equal(codeOf(await complete({ ...proof, faceSha256: said })), 'photo-of-another-card');
  assert.equal(codeOf(await complete({ ...proof, comparedWith: 'document' })), 'face-not-compared');
  assert.equal(codeOf(await complete({ ...proof, comparedWith: null })), 'ok');
});

/** What the process said, and how it ended. */
async function handedOverBy(t: TestContext, order: HandingOverOrder) {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, [ORDER_VARIABLE]: JSON.stringify(order) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? code)));
  return { said: await text(child.stdout), end: await ended };
}

test('killed before the commit nothing has changed; after it, what was done is answered again', async (t) => {
  const cards = await setUpFor(country, codes.slice(3, 6));
  const proofs = await Promise.all(cards.map(proofOf));
  const [named] = await country.cards.sql<{ database: string }[]>`SELECT current_database() AS database`;
  assert.ok(named);
  const base64 = (octets: Uint8Array): string => Buffer.from(octets).toString('base64');
  const { said, end } = await handedOverBy(t, {
    ...named,
    now: country.cards.clock.now(),
    handOvers: proofs.map((proof, index) => ({
      until: UNTIL[index] ?? 'answered',
      proved: { cardId: cards[index]?.cardId ?? '', residentCode: codes[3 + index] ?? '' },
      proof: {
        ...proof,
        certificate: base64(proof.certificate),
        signature: base64(proof.signature),
        faceSha256: base64(proof.faceSha256 ?? Buffer.of()),
      },
    })),
  });
  assert.equal(end, 'SIGKILL');
  const states = async () => {
    const rows = await country.cards.sql<{ of: string; said: string }[]>`
      SELECT c.card_id AS of, concat_ws(' ', c.state, a.state, h.state,
        (SELECT count(*) FROM cards.card_change x WHERE x.card_id = c.card_id AND x.state = 'active')) AS said
      FROM cards.card c JOIN cards.application a USING (application_id) JOIN cards.hand_over h USING (card_id)`;
    const found = new Map(rows.map((row) => [row.of, row.said]));
    return cards.map(({ cardId }) => found.get(cardId));
  };
  const done = 'active handed-over completed 1';
  assert.deepEqual(await states(), [done, done, 'made set-up open 0']);
  const again = await Promise.all(proofs.map(async (proof) => mustSucceed(await complete(proof), 'again')));
  assert.deepEqual(
    again.map(({ cardId, state }) => [cardId, state]),
    cards.map(({ cardId }) => [cardId, 'active']),
  );
  assert.deepEqual(JSON.parse(said), again[0], 'the same answer as before the kill');
  assert.deepEqual(await states(), [done, done, done]);
});
