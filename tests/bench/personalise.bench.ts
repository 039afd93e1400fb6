/**
 * `personalise`: cards from their accepted application to made, as a factory makes them: contents with photo, pictures and signatures,
 * both keys, both certificates, writing, and every file read back by commands. With the keys drawn for each card the limit is
 * what OpenSSL makes of keys; with keys that lie ready it is what OpenSSL signs, of which a card takes seven.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { softwareWorkshop } from '@ishizue/card';
import { makeKeySlot } from '@ishizue/card/testing';
import { applyForCard, CARD_CLERK, type CardWorkshop, makeCard } from '@ishizue/cards';
import { mustSucceed } from '@ishizue/outcome';
import { drawPortrait } from '@ishizue/photo';
import { type BenchCountry, withCountry } from './bench-country.ts';
import type { Benchmark } from './benchmark.ts';
import { enrolHolders, ISSUE_ACCESS, MUNICIPALITY } from './card-orders.ts';
import { type Alternated, alternate, inParallel, rate } from './measure.ts';
import { KEYS_LIMIT_NAME, opensslKeys } from './openssl-keys.ts';
import { opensslLimitName, opensslSignatures } from './openssl-speed.ts';
import { peakMiB } from './peak-memory.ts';

const ROUNDS = 3;
const WITH_KEYS = { cards: 24, name: 'personalise with key generation' };
const WITHOUT_KEYS = { cards: 120, name: 'personalise without key generation' };
/** Machines of the factory that work at once. */
const MACHINES = 16;
const READY_KEYS = 16;
const KEYS_IN_ROUND = 24;
const OPENSSL_SECONDS = 3;
const KEYS_OF_A_CARD = 2;
/** Two requests, two certificates, three files. */
const SIGNATURES_OF_A_CARD = 7;

/** So many portraits, of nobody, stand for all photographs. */
const PORTRAITS = 8;

/** Gives each application a photograph, as an office would have accepted it. */
async function photograph(
  { country, superuser }: BenchCountry,
  applicationIds: readonly string[],
): Promise<void> {
  const { actor: id, terminal, correlation } = ISSUE_ACCESS;
  const by = { actor: { kind: 'operator', id, roles: [CARD_CLERK] }, terminal, correlation } as const;
  const kept: string[] = [];
  for (let seed = 0; seed < PORTRAITS; seed++) {
    const bytes = Readable.from([drawPortrait(seed)]);
    const attached = await country.systems.applicationDesk.attach(by, 'photo', bytes);
    kept.push(mustSucceed(attached, 'a photograph').sha256);
  }
  await superuser`
    INSERT INTO cards.application_wish (application_id, case_id, channel, wants_signature, is_braille, is_represented,
      substitutes, photo_sha256)
    SELECT id, n, 'counter', true, false, false, '{}', decode((${kept}::text[])[1 + n % ${PORTRAITS}], 'hex')
    FROM unnest(${[...applicationIds]}::text[]) WITH ORDINALITY AS given(id, n)`;
}

/** Applications that wait to be made, one a person. */
async function applications(bench: BenchCountry, holders: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const residentCode of holders) {
    const wish = { requestId: `bench-${residentCode}`, residentCode };
    const applied = await applyForCard(bench.country.systems.cards, ISSUE_ACCESS, wish);
    ids.push(mustSucceed(applied, 'an application').applicationId);
  }
  await photograph(bench, ids);
  return ids;
}

export const benchmark: Benchmark = (place) =>
  withCountry(place, [MUNICIPALITY], async (bench) => {
    const needed = (ROUNDS + 1) * (WITH_KEYS.cards + WITHOUT_KEYS.cards);
    const waiting = await applications(bench, await enrolHolders(place, bench, needed));
    const { cards } = bench.country.systems;
    const makeSome = (count: number, workshop: CardWorkshop): Promise<number> => {
      const mine = waiting.splice(0, count);
      return rate(count, () =>
        inParallel(count, MACHINES, async (index) => {
          mustSucceed(await makeCard(cards, ISSUE_ACCESS, mine[index] ?? '', workshop), 'making');
        }),
      );
    };
    const ready = await Promise.all(Array.from({ length: READY_KEYS }, makeKeySlot));
    let drawn = 0;
    const makeKey = () => {
      const key = ready[drawn++ % READY_KEYS];
      return key ? Promise.resolve(key) : Promise.reject(new Error('no key lies ready'));
    };
    const folder = path.join(place.folder, 'cards');
    mkdirSync(folder);
    const drawing = softwareWorkshop(folder);
    const given = softwareWorkshop(folder, { makeKey });
    await makeSome(WITH_KEYS.cards, drawing);
    await makeSome(WITHOUT_KEYS.cards, given);
    place.say('with key generation');
    const withKeys = await alternate(
      ROUNDS,
      () => makeSome(WITH_KEYS.cards, drawing),
      async () => (await opensslKeys(KEYS_IN_ROUND)) / KEYS_OF_A_CARD,
    );
    place.say('without');
    const withoutKeys = await alternate(
      ROUNDS,
      () => makeSome(WITHOUT_KEYS.cards, given),
      async () => (await opensslSignatures(OPENSSL_SECONDS)) / SIGNATURES_OF_A_CARD,
    );
    const figure = (
      { name, cards: count }: typeof WITH_KEYS,
      { value, limit, rounds }: Alternated,
      limitName: string,
    ) => ({
      bench: name,
      value,
      unit: '1/s',
      limit,
      limitName,
      peakMiB: peakMiB(),
      note: `${count} cards a round, ${MACHINES} at once; ${rounds}`,
      postgresql: bench.postgresql,
    });
    return [
      figure(WITH_KEYS, withKeys, `${KEYS_LIMIT_NAME}, ${KEYS_OF_A_CARD} a card`),
      figure(WITHOUT_KEYS, withoutKeys, `${opensslLimitName('rsa2048')}, ${SIGNATURES_OF_A_CARD} a card`),
    ];
  });
